package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/round"
)

// Rounds gives rounds, newest first.
func (a *App) Rounds(_ context.Context, before appliance.ID, limit int) (out []appliance.Round, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range slices.Backward(a.rounds) {
		if (before == 0 || r.ID < before) && (limit <= 0 || len(out) < limit) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Round gives one round.
func (a *App) Round(_ context.Context, id appliance.ID) (appliance.Round, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id == 0 || int(id) > len(a.rounds) {
		return appliance.Round{}, appliance.ErrNotFound
	}
	r := a.rounds[id-1]
	r.Points = slices.Clone(r.Points)
	return r, nil
}

// CurrentRound is the newest one, when it is open.
func (a *App) CurrentRound(ctx context.Context) (appliance.Round, error) {
	r, err := a.Round(ctx, appliance.ID(len(a.rounds)))
	if err == nil && !r.Open() {
		err = appliance.ErrNotFound
	}
	return r, err
}

// StartRound makes a round in which nothing happened.
func (a *App) StartRound(ctx context.Context, _ appliance.Actor) (appliance.Round, error) {
	if r, err := a.CurrentRound(ctx); err == nil {
		return r, nil
	}
	r := appliance.Round{ID: appliance.ID(len(a.rounds) + 1), Day: "2026-11-20", Since: a.now.Add(-24 * time.Hour), Made: a.now, Deadline: a.now.Add(time.Hour), Points: round.Make(round.Input{Now: a.now})}
	return r, a.change("start round", appliance.Change{Config: true}, func() error { a.rounds = append(a.rounds, r); return nil })
}

// JudgeRound keeps judgements.
func (a *App) JudgeRound(ctx context.Context, by appliance.Actor, id appliance.ID, answers []appliance.RoundAnswer) (appliance.Round, []appliance.RoundAnswer, error) {
	r, err := a.Round(ctx, id)
	if err != nil {
		return r, answers, err
	}
	return r, answers, a.change("judge round", appliance.Change{Config: true}, func() error {
		round.Judge(&r, answers, by.Name, a.now)
		a.rounds[id-1] = r
		return nil
	})
}

// SignRound signs a round.
func (a *App) SignRound(ctx context.Context, by appliance.Actor, id appliance.ID, _ time.Time, comment string) (appliance.Round, error) {
	r, err := a.Round(ctx, id)
	if err != nil {
		return r, err
	}
	if err := round.Complete(r); err != nil {
		return r, err
	}
	return r, a.change("sign round", appliance.Change{Config: true}, func() error {
		r.Signed, r.By, r.Comment = a.now, by.Name, comment
		seen, err := round.Seen(r)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(seen)
		r.SHA256 = hex.EncodeToString(sum[:])
		e, err := a.book.Append(appliance.LogbookEntry{At: a.now, Written: a.now, By: by.Name, Kind: appliance.LogbookRound, Round: id, Text: comment,
			Message: &appliance.Message{Key: "round.entry", Args: map[string]any{"day": r.Day, "odd": 1, "points": len(r.Points)}}})
		r.Entry = e.Seq
		a.rounds[id-1] = r
		return err
	})
}

// RoundSeen gives what was signed.
func (a *App) RoundSeen(ctx context.Context, id appliance.ID) ([]byte, error) {
	r, err := a.Round(ctx, id)
	if err != nil {
		return nil, err
	}
	return round.Seen(r)
}

// RoundSettings are the default ones, or those that were saved.
func (a *App) RoundSettings(context.Context) (appliance.RoundSettings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.roundSettings, nil
}

// SaveRoundSettings keeps settings.
func (a *App) SaveRoundSettings(_ context.Context, _ appliance.Actor, s appliance.RoundSettings) error {
	return a.change("save round settings", appliance.Change{Config: true}, func() error { a.roundSettings = s; return nil })
}

// NextRound is on Monday.
func (a *App) NextRound(context.Context) (time.Time, error) {
	return time.Date(2026, 11, 23, 7, 30, 0, 0, Present.Location()), nil
}

// makeRounds makes three rounds: one signed, one that nobody read, and today's.
func (a *App) makeRounds() {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, Present.Location())
	}
	a.roundSettings = appliance.DefaultRound
	in := round.Input{Since: at(19, 7, 30), Now: at(20, 7, 30), Names: func(id appliance.ID) string { return a.devices[id].Name }}
	for _, list := range a.states {
		in.States = append(in.States, list...)
	}
	in.Runs = []appliance.Run{
		{Product: "veeam", Job: "srv-praxis", Status: appliance.RunSuccess, Started: at(19, 22, 0), Evidence: appliance.RunEvidence{Line: "Job srv-praxis finished with Success at 19.11.2026 22:41:07"}},
		{Product: "hyper-backup", Job: "nas-1 to cloud", Status: appliance.RunWarning, Started: at(20, 1, 0), Evidence: appliance.RunEvidence{Line: "[nas-1 to cloud] Backup task finished partially: 3 files were in use"}},
		{Product: "borg", Job: "dateiserver", Status: appliance.RunIncomplete, Started: at(20, 2, 0), Evidence: appliance.RunEvidence{Line: "02:31:55 copied 512.4 GB <script>alert(1)</script>"}},
	}
	quiet := round.Make(round.Input{Since: at(18, 7, 30), Now: at(19, 7, 30)})
	for i := range quiet {
		quiet[i].Judgement, quiet[i].By, quiet[i].At = appliance.RoundNothing, "m.muster", at(18, 8, 10+i)
	}
	a.rounds = []appliance.Round{
		{ID: 1, Day: "2026-11-18", Since: at(17, 7, 30), Made: at(18, 7, 30), Deadline: at(18, 10, 0), Points: quiet, Signed: at(18, 8, 16), By: "m.muster", Entry: 2,
			SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		{ID: 2, Day: "2026-11-19", Since: at(18, 7, 30), Made: at(19, 7, 30), Deadline: at(19, 10, 0), Points: round.Make(round.Input{}), Missed: true},
		{ID: 3, Day: "2026-11-20", Since: in.Since, Made: in.Now, Deadline: at(20, 10, 0), Points: round.Make(in)},
	}
	p := &a.rounds[2].Points[1]
	p.Judgement, p.By, p.At = appliance.RoundNothing, "k.empfang", at(20, 8, 9)
}
