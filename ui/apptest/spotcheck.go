package apptest

import (
	"context"
	"maps"
	"time"

	"siteward/appliance"
)

// Silence takes all messages away: nobody sends any.
func (a *App) Silence() { a.noMessages = true }

// SpotCheck has the sample's messages, until it is signed.
func (a *App) SpotCheck(context.Context) (appliance.SpotCheck, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.spots); n > 0 && a.spots[n-1].Day == "2026-11-20" {
		return a.spots[n-1], nil
	}
	s := appliance.SpotCheck{Day: "2026-11-20", From: Present.AddDate(0, 0, -2), Until: Present.AddDate(0, 0, -1)}
	if a.noMessages {
		return s, nil
	}
	s.All = 415
	for _, m := range sampleLog() {
		s.Messages = append(s.Messages, appliance.SpotMessage{LogMessage: m, Drawn: len(m.Rules) == 0})
	}
	return s, s.Judge(a.judged, "m.muster", a.now)
}

// JudgeSpotCheck keeps what was judged.
func (a *App) JudgeSpotCheck(ctx context.Context, _ appliance.Actor, _ string, answers map[uint64]appliance.SpotAnswer) (appliance.SpotCheck, error) {
	err := a.change("judge spot check", appliance.Change{Config: true}, func() error {
		all := maps.Clone(a.judged)
		if all == nil {
			all = map[uint64]appliance.SpotAnswer{}
		}
		maps.Copy(all, answers)
		a.judged = all
		return nil
	})
	if err != nil {
		return appliance.SpotCheck{}, err
	}
	return a.SpotCheck(ctx)
}

// SignedSpotCheck gives one by number.
func (a *App) SignedSpotCheck(_ context.Context, id appliance.ID) (appliance.SpotCheck, error) {
	for _, s := range a.spots {
		if s.ID == id {
			return s, nil
		}
	}
	return appliance.SpotCheck{}, appliance.ErrNotFound
}

// SpotChecks are those that were signed.
func (a *App) SpotChecks(context.Context, int) ([]appliance.SpotCheck, error) { return a.spots, nil }

// SignSpotCheck signs it.
func (a *App) SignSpotCheck(ctx context.Context, by appliance.Actor, _ string) (appliance.SpotCheck, error) {
	s, err := a.SpotCheck(ctx)
	if err != nil {
		return s, err
	}
	if err := s.Complete(); err != nil {
		return s, err
	}
	return s, a.change("sign spot check", appliance.Change{Config: true}, func() error {
		s.ID, s.Signed, s.By, s.Entry, s.SHA256 = appliance.ID(len(a.spots)+1), a.now, by.Name, 3, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
		a.spots = append(a.spots, s)
		return nil
	})
}

// makeSpots signs one of an earlier day.
func (a *App) makeSpots() {
	a.spots = []appliance.SpotCheck{{ID: 1, Day: "2026-11-19", From: Present.AddDate(0, 0, -3), Until: Present.AddDate(0, 0, -2), Signed: Present.Add(-24 * time.Hour), By: "m.muster", Entry: 2, All: 12,
		Messages: []appliance.SpotMessage{{LogMessage: sampleLog()[2], Drawn: true, Judgement: appliance.SpotNote, Note: "a test of ours"}}}}
}
