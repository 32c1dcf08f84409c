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
	"siteward/appliance/ticket"
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
	mu      sync.Mutex
	last    appliance.SpotCheck
	judging sync.Mutex // one judges or signs at a time
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
	return s, d.judgedSoFar(&s)
}

// spotMeta is where the store keeps what was judged of the check that is due.
const spotMeta = "spot_judged"

// spotDraft is what was judged so far, for whoever goes on.
type spotDraft struct {
	Day      string                           `json:"day"`
	Messages map[uint64]appliance.SpotMessage `json:"messages"` // only what was judged of them
}

func (d *Daemon) judgedSoFar(s *appliance.SpotCheck) error {
	b, err := d.store.Meta(spotMeta)
	if err != nil || len(b) == 0 {
		return err
	}
	var draft spotDraft
	if err := json.Unmarshal(b, &draft); err != nil {
		return fmt.Errorf("read what was judged of the spot check: %w", err)
	}
	if draft.Day != s.Day {
		return nil
	}
	for i := range s.Messages {
		m := &s.Messages[i]
		if j, ok := draft.Messages[m.ID]; ok {
			m.Judgement, m.Note, m.By, m.At, m.Ticket = j.Judgement, j.Note, j.By, j.At, j.Ticket
		}
	}
	return nil
}

func (d *Daemon) keepJudged(s appliance.SpotCheck) error {
	draft := spotDraft{Day: s.Day, Messages: map[uint64]appliance.SpotMessage{}}
	for _, m := range s.Messages {
		if m.Judgement != "" || m.Note != "" {
			draft.Messages[m.ID] = appliance.SpotMessage{Judgement: m.Judgement, Note: m.Note, By: m.By, At: m.At, Ticket: m.Ticket}
		}
	}
	b, err := json.Marshal(draft)
	if err != nil {
		return err
	}
	return d.store.Update(func(tx *store.Tx) error { return tx.PutMeta(spotMeta, b) })
}

// JudgeSpotCheck is SpotChecks.JudgeSpotCheck.
func (d *Daemon) JudgeSpotCheck(ctx context.Context, by appliance.Actor, day string, answers map[uint64]appliance.SpotAnswer) (appliance.SpotCheck, error) {
	d.spot.judging.Lock()
	defer d.spot.judging.Unlock()
	s, err := d.openSpot(ctx, day)
	if err != nil {
		return s, err
	}
	if err := s.Judge(answers, by.Name, clean(d.now())); err != nil {
		return s, err
	}
	return s, d.keepJudged(s)
}

func (d *Daemon) openSpot(ctx context.Context, day string) (appliance.SpotCheck, error) {
	s, err := d.SpotCheck(ctx)
	if err == nil && (!s.Due() || s.Day != day) {
		err = errSpotClosed()
	}
	return s, err
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
func (d *Daemon) SignSpotCheck(ctx context.Context, by appliance.Actor, day string) (appliance.SpotCheck, error) {
	d.spot.judging.Lock()
	defer d.spot.judging.Unlock()
	s, err := d.openSpot(ctx, day)
	if err != nil {
		return s, err
	}
	if err := s.Complete(); err != nil {
		return s, err
	}
	if err := d.openSpotTickets(ctx, by, &s); err != nil {
		return s, err
	}
	seen, err := d.SeenUntil(ctx)
	if err != nil {
		return s, err
	}
	odd, lines := 0, []string(nil)
	for _, m := range s.Messages {
		seen[m.Source] = max(seen[m.Source], m.ID)
		if m.Judgement.Odd() {
			odd++
		}
		if m.Note != "" {
			lines = append(lines, m.Host+": "+m.Note)
		}
		if m.Ticket != 0 {
			lines[len(lines)-1] += " (" + ticket.Number(m.Ticket) + ")"
		}
	}
	until, err := json.Marshal(seen)
	if err != nil {
		return s, err
	}
	s.Signed, s.By = clean(d.now()), by.Name
	what, err := s.Seen()
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
	if err != nil {
		return s, err
	}
	d.changes.publish(appliance.Change{Config: true})
	for _, m := range s.Messages {
		if m.Ticket != 0 {
			if _, err := d.EditTicket(ctx, by, m.Ticket, appliance.TicketEdit{Do: appliance.TicketAddLink, Link: appliance.TicketLink{Kind: "spot", ID: s.ID}}); err != nil {
				return s, err
			}
		}
	}
	return s, d.freshRound(ctx)
}

// openSpotTickets opens a ticket for each message that is somebody's work. It is noted at once, so that a second signature after a stop
// in between opens none again.
func (d *Daemon) openSpotTickets(ctx context.Context, by appliance.Actor, s *appliance.SpotCheck) error {
	for i := range s.Messages {
		m := &s.Messages[i]
		if m.Judgement != appliance.SpotTicket || m.Ticket != 0 {
			continue
		}
		t := appliance.Ticket{Title: m.Note, Category: appliance.TicketError, Impact: appliance.ImpactOne}
		if m.Device != 0 && d.standingDevice(m.Device) != 0 {
			t.Devices = []appliance.ID{m.Device}
		}
		t, err := d.OpenTicket(ctx, by, t, m.Note+"\n\n"+m.Host+" "+m.App+": "+m.Text, nil)
		if err != nil {
			return err
		}
		m.Ticket = t.ID
		if err := d.keepJudged(*s); err != nil {
			return err
		}
	}
	return nil
}

func errSpotClosed() error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "spotcheck.error.closed",
		English: "this spot check is signed already, or a new day has begun; open the page again"}}
}
