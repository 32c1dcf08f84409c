package ingest

import (
	"errors"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/silence"
)

// intake is a batch on its way into a site.
type intake struct {
	*batch
	t        *central.Taking
	before   central.Facts
	report   *central.Report
	stopping *message.Stopping
	last     uint64 // number of the site's newest event, as the report says
	taken    uint64 // events
	book     *bookIn
}

// keepEnded is how long the last word about something that has ended is kept where the current ones are.
const keepEnded = 90 * 24 * time.Hour

// event takes in one numbered event.
func (in *intake) event(e *message.Event) error {
	in.stopping = nil // it has spoken since
	in.taken++
	switch e.Type {
	case message.TypeSummary:
		return in.summary(e)
	case message.TypeLogbook:
		return in.entry(e)
	case message.TypeCheckpoint:
		return in.checkpoint(e)
	case message.TypeGap:
		if err := in.gap(e); err != nil {
			return err
		}
	case message.TypeOffer:
		if err := in.offer(e); err != nil {
			return err
		}
	case message.TypeStopping:
		in.stopping = &message.Stopping{}
		if err := message.Read(*e, in.stopping); err != nil {
			return err
		}
	}
	kept := central.Event{Site: in.t.Site.ID, Seq: e.Sequence, ID: e.ID, Type: e.Type, Subject: e.Subject, Time: e.Time, Received: in.now, Data: e.Data}
	in.t.Events = append(in.t.Events, kept)
	return errors.Join(in.current(e, kept), in.notice(e))
}

// current keeps the newest word about a record where it is found at once.
func (in *intake) current(e *message.Event, kept central.Event) error {
	if e.Subject == "" {
		return nil
	}
	r, err := central.Current.Set(central.CurrentKey(in.t.Site.ID, e.Type, e.Subject), kept, 0)
	if err != nil {
		return err
	}
	r.Any = true
	if ended(e) {
		r.Expires = in.now.Add(keepEnded)
	}
	in.t.Write = append(in.t.Write, r)
	return nil
}

// ended says whether nothing more is to come about the record of an event.
func ended(e *message.Event) bool {
	v := message.DataOf(e.Type)
	if v == nil || message.Read(*e, v) != nil {
		return false
	}
	switch v := v.(type) {
	case *message.Incident:
		return !v.Closed.IsZero()
	case *message.Ticket:
		return !v.Closed.IsZero()
	case *message.Window:
		return v.State == "done" || v.State == "cancelled"
	case *message.Outage:
		return !v.Ended.IsZero()
	}
	return false
}

// notice hands an event to other systems, when one of them wants it.
func (in *intake) notice(e *message.Event) error {
	if in.h.Wanted == nil || !in.h.Wanted(e.Type) {
		return nil
	}
	text := appliance.Message{Key: "central.said_event", English: fmt.Sprintf("%s: %s %s", in.t.Site.Name, e.Type, e.Subject), Args: map[string]any{
		"name": appliance.Message{English: in.t.Site.Name}, "kind": central.KindWord(e.Type), "what": central.Said(e.Type, e.Data)}}
	n := central.NewNotice(central.NoticeKind(e.Type), in.now, text.English)
	n.Words = message.WordsOf(text)
	n.Site, n.Name, n.Group, n.Event = in.t.Site.ID, in.t.Site.Name, in.t.Site.Group, raw(e)
	return central.Keep(in.t, central.Notices, central.NoticeKey(n), n)
}

// gap notes what the site no longer has, and tells somebody. What it keeps back by its own choice is no loss.
func (in *intake) gap(e *message.Event) error {
	var g message.Gap
	if err := message.Read(*e, &g); err != nil {
		return err
	}
	if g.Why == message.Withheld {
		return nil
	}
	from := max(g.From, in.t.Status.Acknowledged+1)
	lost := g.To - from + 1
	in.t.Status.Lost += lost
	a := central.NewAlarm(central.AlarmLost, &in.t.Site, in.now)
	a.State, a.Since = appliance.StateWarning, g.Since
	a.Because(central.Missing(lost, from, g.To, g.Why))
	return a.Open(in.t)
}

// summary takes in a numbered summary: it is the truth unless a live one of the same site is newer.
func (in *intake) summary(e *message.Event) error {
	var s message.Summary
	if err := message.Read(*e, &s); err != nil {
		return err
	}
	// A live summary went ahead of this one. It counts only while the site's clock has not been set back.
	if st := &in.t.Status; e.Time.Before(st.Reported) && e.Time.After(in.now.Add(-maxAhead)) && st.Reported.Before(in.now.Add(maxAhead)) {
		return nil
	}
	in.take(e, &s)
	return nil
}

// maxAhead is how far a site's clock may be ahead until its times are not believed.
const maxAhead = 48 * time.Hour

// live takes in a summary that was sent ahead of history. An old one that somebody sends again is passed over.
func (in *intake) live(e *message.Event) error {
	if !e.Time.After(in.t.Status.Reported) {
		return nil
	}
	var s message.Summary
	if err := message.Read(*e, &s); err != nil {
		return err
	}
	in.take(e, &s)
	return nil
}

func (in *intake) take(e *message.Event, s *message.Summary) {
	st := &in.t.Status
	st.Reported, st.Facts = e.Time, factsOf(s)
	if skew := in.signed.At.Sub(in.now); skew.Abs() > tellSkew {
		st.Facts.Shift(-skew)
	}
	in.report = &central.Report{Site: in.t.Site.ID, Type: e.Type, Time: e.Time, Received: in.now, Data: e.Data}
	in.last = s.Outbox.Last
}

// tellSkew is from where on a wrong clock is worth telling.
const tellSkew = 2 * time.Minute

// dayEvery is how often the report of the day is kept anew: the last of a day is no older than that.
const dayEvery = time.Hour

// finish writes what follows from the whole batch.
func (in *intake) finish() (cosigned string, err error) {
	st := &in.t.Status
	st.Skew = 0
	if skew := in.signed.At.Sub(in.now); skew.Abs() > tellSkew {
		st.Skew = appliance.Duration(skew.Round(time.Second))
	}
	if in.report == nil {
		st.Behind -= min(st.Behind, in.taken)
	} else {
		st.Behind = 0
		if in.last > st.Acknowledged {
			st.Behind = in.last - st.Acknowledged
		}
		if err := in.reports(); err != nil {
			return "", err
		}
	}
	if in.stopping != nil {
		in.stop()
	}
	if in.book != nil {
		return in.book.finish()
	}
	return "", nil
}

func (in *intake) reports() error {
	st, id := &in.t.Status, string(in.t.Site.ID)
	if err := central.Keep(in.t, central.Reports, id, *in.report); err != nil {
		return err
	}
	if st.DayKept.IsZero() || in.now.Sub(st.DayKept) >= dayEvery || in.now.UTC().YearDay() != st.DayKept.UTC().YearDay() {
		st.DayKept = in.now
		r, err := central.DayReports.Set(central.Key(id, in.now.UTC().Format(time.DateOnly)), *in.report, 0)
		if err != nil {
			return err
		}
		r.Any, r.Expires = true, in.now.AddDate(2, 0, 0)
		in.t.Write = append(in.t.Write, r)
	}
	if st.Facts.State == in.before.State && st.Facts.Version == in.before.Version {
		return nil
	}
	v := central.Turn{Site: in.t.Site.ID, Name: in.t.Site.Name, Group: in.t.Site.Group, At: in.now,
		From: in.before.State, To: st.Facts.State, Why: st.Facts.Worst, WhyIn: st.Facts.WorstIn, WhyOf: st.Facts.WorstOf}
	if st.Facts.Version != in.before.Version {
		v.Version = st.Facts.Version
	}
	r, err := central.Turns.Set(central.TurnKey(v), v, 0)
	if err != nil {
		return err
	}
	r.Any, r.Expires = true, in.now.AddDate(1, 0, 0)
	in.t.Write = append(in.t.Write, r)
	return nil
}

// stop notes that the last word of the batch was a farewell. Its times are by the site's clock, which may be wrong.
func (in *intake) stop() {
	s := in.stopping
	until := s.Until
	if !until.IsZero() {
		until = until.Add(in.now.Sub(in.signed.At))
	}
	why := s.Text
	if why == "" {
		why = s.Reason
	}
	silence.Stopping(in.t, why, s.Back || s.Reason == "restart" || s.Reason == "update", until, in.now)
}

// answersKept is how long it is known what a site has done with an offer.
const answersKept = 800 * 24 * time.Hour

// offer notes what became of something that was offered to the site.
func (in *intake) offer(e *message.Event) error {
	var v message.Offer
	if err := message.Read(*e, &v); err != nil {
		return err
	}
	a := central.OfferAnswer{N: v.Number, Site: in.t.Site.ID, Name: in.t.Site.Name, State: short(v.State, 20), At: v.Decided, By: short(v.By, 60), Reason: short(v.Reason, 300), ReasonIn: v.Words}
	if a.At.IsZero() {
		a.At = e.Time
	}
	r, err := central.OfferAnswers.Set(central.OfferAnswerKey(v.Number, a.Site), a, 0)
	r.Any, r.Expires = true, in.now.Add(answersKept)
	in.t.Write = append(in.t.Write, r)
	return err
}
