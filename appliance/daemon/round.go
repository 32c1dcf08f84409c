package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/round"
	"siteward/appliance/store"
)

// roundMeta is where the store keeps when the daily round is due.
const roundMeta = "round"

// RoundSettings is Rounds.RoundSettings.
func (d *Daemon) RoundSettings(context.Context) (appliance.RoundSettings, error) {
	s := appliance.DefaultRound
	b, err := d.store.Meta(roundMeta)
	if err != nil || len(b) == 0 {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

// SaveRoundSettings is Rounds.SaveRoundSettings.
func (d *Daemon) SaveRoundSettings(ctx context.Context, by appliance.Actor, s appliance.RoundSettings) error {
	if s.Minute < 0 || s.Minute >= 24*60 {
		return appliance.Invalid("minute", "round.error.minute", "enter a time of day, for example 07:30", nil)
	}
	if s.Grace < 10 || s.Grace > 16*60 {
		return appliance.Invalid("grace", "round.error.grace", "enter 10 minutes to 16 hours", nil)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = d.change(by, "audit.round_settings", "daily round", "", func(tx *store.Tx) error { return tx.PutMeta(roundMeta, b) })
	if err != nil {
		return err
	}
	return d.watchRound(ctx)
}

// Rounds is Rounds.Rounds.
func (d *Daemon) Rounds(_ context.Context, before appliance.ID, limit int) ([]appliance.Round, error) {
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	return d.store.Rounds(before, limit)
}

// Round is Rounds.Round.
func (d *Daemon) Round(_ context.Context, id appliance.ID) (appliance.Round, error) {
	return d.store.Round(id)
}

// CurrentRound is Rounds.CurrentRound.
func (d *Daemon) CurrentRound(context.Context) (appliance.Round, error) {
	last, err := d.store.Rounds(0, 1)
	if err == nil && (len(last) == 0 || !last[0].Open()) {
		err = appliance.ErrNotFound
	}
	if err != nil {
		return appliance.Round{}, err
	}
	return last[0], nil
}

// siteDays is when rounds are due by the clock on the wall of the site.
type siteDays struct{ *calendar.Calendar }

// Due is round.Days.Due.
func (s siteDays) Due(t time.Time, minute int, everyDay bool) (time.Time, bool) {
	day := calendar.DayOf(t.In(s.Location()))
	return day.At(minute, s.Location()), everyDay || s.Business(day)
}

// NextRound is Rounds.NextRound.
func (d *Daemon) NextRound(ctx context.Context) (time.Time, error) {
	s, err := d.RoundSettings(ctx)
	if err != nil || s.Off {
		return time.Time{}, err
	}
	return round.Next(s, siteDays{d.calendar()}, d.now()), nil
}

// StartRound is Rounds.StartRound.
func (d *Daemon) StartRound(ctx context.Context, _ appliance.Actor) (appliance.Round, error) {
	s, err := d.RoundSettings(ctx)
	if err != nil {
		return appliance.Round{}, err
	}
	return d.makeRound(ctx, s, d.now(), true)
}

// makeRound puts a round together that is due now. With again the open one is put together anew; else it becomes a missed one.
func (d *Daemon) makeRound(ctx context.Context, s appliance.RoundSettings, due time.Time, again bool) (appliance.Round, error) {
	last, err := d.store.Rounds(0, 1)
	if err != nil {
		return appliance.Round{}, err
	}
	now := d.now()
	r := appliance.Round{Day: due.In(d.location()).Format(time.DateOnly), Made: clean(now), Deadline: due.Add(time.Duration(s.Grace) * time.Minute), Since: clean(now.Add(-24 * time.Hour))}
	var missed *appliance.Round
	if len(last) > 0 {
		old := last[0]
		switch {
		case old.Open() && again:
			r.ID, r.Version, r.Day, r.Since, r.Deadline = old.ID, old.Version, old.Day, old.Since, old.Deadline
		case old.Open():
			missed, r.Since = &old, old.Since
			missed.Missed = true
		case old.Missed:
			r.Since = old.Since
		default:
			r.Since = old.Made
		}
	}
	in, err := d.roundInput(ctx, r.Since, now)
	if err != nil {
		return r, err
	}
	r.Points = round.Make(in)
	if len(last) > 0 && r.ID != 0 {
		round.Keep(r.Points, last[0].Points)
	}
	err = d.store.Update(func(tx *store.Tx) error {
		if missed != nil {
			if err := tx.PutRound(missed); err != nil {
				return err
			}
		}
		return tx.PutRound(&r)
	})
	d.changes.publish(appliance.Change{Config: true})
	return r, err
}

// freshRound puts the round that is open together anew, because something that it looks at was done meanwhile. Judgements of what is
// the same stay, and a page that was opened before cannot sign it.
func (d *Daemon) freshRound(ctx context.Context) error {
	last, err := d.store.Rounds(0, 1)
	if err != nil || len(last) == 0 || !last[0].Open() {
		return err
	}
	s, err := d.RoundSettings(ctx)
	if err != nil {
		return err
	}
	_, err = d.makeRound(ctx, s, d.now(), true)
	return err
}

func clean(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// JudgeRound is Rounds.JudgeRound.
func (d *Daemon) JudgeRound(_ context.Context, by appliance.Actor, id appliance.ID, answers []appliance.RoundAnswer) (r appliance.Round, _ []appliance.RoundAnswer, err error) {
	err = d.store.Update(func(tx *store.Tx) error {
		if r, err = tx.Round(id); err != nil {
			return err
		}
		if !r.Open() {
			return errRoundClosed(r)
		}
		if !round.Judge(&r, answers, by.Name, clean(d.now())) {
			return errNothing
		}
		return tx.PutRound(&r)
	})
	if err == errNothing { //nolint:errorlint // our own, unwrapped
		err = nil
	}
	return r, answers, err
}

func errRoundClosed(r appliance.Round) error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "round.error.closed", Args: map[string]any{"by": r.By},
		English: "this round is signed or over already; look at the next one"}}
}

// SignRound is Rounds.SignRound. Round and entry are one step.
func (d *Daemon) SignRound(ctx context.Context, by appliance.Actor, id appliance.ID, made time.Time, comment string) (r appliance.Round, err error) {
	comment = strings.TrimSpace(strings.ToValidUTF8(comment, "\uFFFD"))
	if len(comment) > maxLogReason {
		return r, appliance.Invalid("comment", "logbook.error.long", "this is too long to be kept; shorten it", map[string]any{"max": maxLogReason})
	}
	err = d.store.Update(func(tx *store.Tx) error {
		if r, err = tx.Round(id); err != nil {
			return err
		}
		if !r.Open() {
			return errRoundClosed(r)
		}
		if !r.Made.Equal(made) {
			return appliance.Invalid("", "round.error.anew", "the round was put together anew; read what is new and sign then", nil)
		}
		if err := round.Complete(r); err != nil {
			return err
		}
		r.Signed, r.By, r.Comment = clean(d.now()), by.Name, comment
		seen, err := round.Seen(r)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(seen)
		r.SHA256 = hex.EncodeToString(sum[:])
		odd := 0
		for _, p := range r.Points {
			if p.Judgement == appliance.RoundConspicuous {
				odd++
			}
		}
		e := appliance.LogbookEntry{At: r.Signed, By: by.Name, Kind: appliance.LogbookRound, Round: r.ID, Text: comment,
			Message: &appliance.Message{Key: "round.entry", Args: map[string]any{"day": r.Day, "odd": odd, "points": len(r.Points)}, English: fmt.Sprintf("daily round of %s read and signed, %d of %d points conspicuous", r.Day, odd, len(r.Points))},
			Files:   []appliance.LogbookFileRef{{Name: "round-" + r.Day + ".json", SHA256: r.SHA256, Bytes: int64(len(seen))}}}
		for _, p := range r.Points {
			if p.Note != "" {
				e.Text = strings.TrimSpace(e.Text + "\n" + p.Key + ": " + p.Note)
			}
		}
		if err := tx.AppendLogbook(&e); err != nil {
			return err
		}
		r.Entry = e.Seq
		return tx.PutRound(&r)
	})
	if err != nil {
		return r, err
	}
	d.changes.publish(appliance.Change{Config: true})
	return r, d.watchRound(ctx)
}

// RoundSeen is Rounds.RoundSeen.
func (d *Daemon) RoundSeen(_ context.Context, id appliance.ID) ([]byte, error) {
	r, err := d.store.Round(id)
	if err != nil {
		return nil, err
	}
	return round.Seen(r)
}
