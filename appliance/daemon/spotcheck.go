package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/eventlog"
	"siteward/appliance/store"
)

// What a spot check asks of a person at most: days that nobody read are read with the next one, and a week is as far as that goes.
const (
	spotDays    = 7
	spotDrawn   = 10 // by chance, in all
	maxSpotHits = 50
	maxSpotText = 1000 // octets of a message
)

// spotDraw is the check that was drawn last: days that are over do not change, and drawing reads all of them.
type spotDraw struct {
	mu   sync.Mutex
	last appliance.SpotCheck
}

// SpotCheck is SpotChecks.SpotCheck.
func (d *Daemon) SpotCheck(ctx context.Context) (appliance.SpotCheck, error) {
	now := d.now().In(d.location())
	until := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	signed, err := d.store.SpotChecks(1)
	if err != nil {
		return appliance.SpotCheck{}, err
	}
	from := until.AddDate(0, 0, -1)
	if len(signed) > 0 {
		if from = signed[0].Until.In(now.Location()); !from.Before(until) {
			return signed[0], nil
		}
		if first := until.AddDate(0, 0, -spotDays); from.Before(first) {
			from = first
		}
	}
	d.spot.mu.Lock()
	defer d.spot.mu.Unlock()
	if !d.spot.last.From.Equal(from) || !d.spot.last.Until.Equal(until) {
		s, err := d.drawSpot(ctx, from, until)
		if err != nil {
			return s, err
		}
		d.spot.last = s
	}
	s := d.spot.last
	s.Messages = slices.Clone(s.Messages)
	return s, nil
}

func (d *Daemon) drawSpot(ctx context.Context, from, until time.Time) (appliance.SpotCheck, error) {
	s := appliance.SpotCheck{Day: until.Format(time.DateOnly), From: clean(from), Until: clean(until)}
	sample, err := d.inbox.log.Sample(ctx, from, until, spotDrawn)
	if err != nil {
		return s, err
	}
	s.All = sample.All
	hits := eventlog.Fold(sample.Hits)
	if s.More = len(hits) - maxSpotHits; s.More > 0 {
		hits = hits[:maxSpotHits]
	}
	s.More = max(s.More, 0)
	add := func(ms []appliance.LogMessage, drawn bool) {
		for _, m := range ms {
			if m.Raw = ""; len(m.Text) > maxSpotText {
				m.Text = strings.ToValidUTF8(m.Text[:maxSpotText], "") + " …"
			}
			s.Messages = append(s.Messages, appliance.SpotMessage{LogMessage: m, Drawn: drawn})
		}
	}
	add(hits, false)
	add(sample.Drawn, true)
	return s, nil
}

// SignedSpotCheck is SpotChecks.SignedSpotCheck.
func (d *Daemon) SignedSpotCheck(_ context.Context, id appliance.ID) (appliance.SpotCheck, error) {
	return d.store.SpotCheck(id)
}

// SpotChecks is SpotChecks.SpotChecks.
func (d *Daemon) SpotChecks(_ context.Context, limit int) ([]appliance.SpotCheck, error) {
	return d.store.SpotChecks(min(max(limit, 1), 1000))
}

// SignSpotCheck is SpotChecks.SignSpotCheck. Check, entry and how far each source was read are one step.
func (d *Daemon) SignSpotCheck(ctx context.Context, by appliance.Actor, day string, answers map[uint64]appliance.SpotAnswer) (appliance.SpotCheck, error) {
	s, err := d.SpotCheck(ctx)
	if err != nil {
		return s, err
	}
	if !s.Due() || s.Day != day {
		return s, errSpotClosed()
	}
	if err := s.Judge(answers); err != nil {
		return s, err
	}
	seen, err := d.SeenUntil(ctx)
	if err != nil {
		return s, err
	}
	odd, lines := 0, []string(nil)
	for _, m := range s.Messages {
		seen[m.Source] = max(seen[m.Source], m.ID)
		if m.Judgement == appliance.SpotConspicuous {
			odd++
		}
		if m.Note != "" {
			lines = append(lines, m.Host+": "+m.Note)
		}
	}
	until, err := json.Marshal(seen)
	if err != nil {
		return s, err
	}
	s.Signed, s.By = clean(d.now()), by.Name
	what, err := json.Marshal(s)
	if err != nil {
		return s, err
	}
	sum := sha256.Sum256(what)
	s.SHA256 = hex.EncodeToString(sum[:])
	text := strings.Join(lines, "\n")
	if len(text) > maxLogReason {
		text = strings.ToValidUTF8(text[:maxLogReason-4], "") + " …"
	}
	e := appliance.LogbookEntry{At: s.Signed, By: by.Name, Kind: appliance.LogbookSpot, Text: text,
		Message: &appliance.Message{Key: "spotcheck.entry", Args: map[string]any{"day": s.Day, "odd": odd, "messages": len(s.Messages)},
			English: fmt.Sprintf("spot check of messages of %s read and signed, %d of %d conspicuous", s.Day, odd, len(s.Messages))},
		Files: []appliance.LogbookFileRef{{Name: "spot-check-" + s.Day + ".json", SHA256: s.SHA256, Bytes: int64(len(what))}}}
	err = d.store.Update(func(tx *store.Tx) error {
		last, err := tx.SpotChecks(1)
		if err != nil {
			return err
		}
		if len(last) > 0 && !last[0].Until.Before(s.Until) {
			return errSpotClosed()
		}
		if err := tx.AppendLogbook(&e); err != nil {
			return err
		}
		s.Entry = e.Seq
		if err := tx.PutMeta(logSeenKey, until); err != nil {
			return err
		}
		return tx.PutSpotCheck(&s)
	})
	d.changes.publish(appliance.Change{Config: true})
	return s, err
}

func errSpotClosed() error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "spotcheck.error.closed",
		English: "this spot check is signed already, or a new day has begun; open the page again"}}
}
