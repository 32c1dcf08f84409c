package uplink

import (
	"encoding/json"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Tidy gives up what is too old or too much, and reports whether there is more to look at. An entry of the logbook that has not arrived
// is never given up.
func Tidy(tx Tx, st *appliance.UplinkState, site string, l Limits, now time.Time) (more bool, err error) {
	if st.Acked >= st.Looked {
		st.Looked = 0
	}
	from := max(st.First, st.Looked+1)
	lead := from == st.First // nothing is kept before
	if from > st.Last || st.First == 0 {
		return false, nil
	}
	events, err := list(tx, st, from, lookAtOnce)
	if err != nil {
		return false, err
	}
	var run []kept // that are given up, one after the other
	for _, k := range events {
		old := now.Sub(k.event.Time)
		arrived := k.n <= st.Acked
		switch {
		case arrived && (old > keepArrived || st.Bytes > l.Bytes/arrivedShare):
			st.Bytes -= k.size
			if err := tx.DeleteOutbox(st.Enrolment, k.n); err != nil {
				return false, err
			}
			if lead {
				st.First = k.n + 1
			}
		case arrived || old <= l.Age && st.Bytes <= l.Bytes:
			return false, giveUp(tx, st, site, run, now)
		case k.event.Type == message.TypeLogbook || k.event.Type == message.TypeCheckpoint:
			if err := giveUp(tx, st, site, run, now); err != nil {
				return false, err
			}
			run, lead = nil, false
		default:
			st.Bytes -= k.size
			run, lead = append(run, k), false
		}
		st.Looked = k.n
	}
	return len(events) == lookAtOnce, giveUp(tx, st, site, run, now)
}

// giveUp puts the report of a gap in the place of events that follow each other. A gap right before them becomes part of it.
func giveUp(tx Tx, st *appliance.UplinkState, site string, run []kept, now time.Time) error {
	if len(run) == 0 {
		return nil
	}
	first, last := run[0], run[len(run)-1]
	why := "size"
	if now.Sub(first.event.Time) > DefaultLimits.Age {
		why = "age"
	}
	gap := message.Gap{From: first.n, To: last.n, Why: why, Since: first.event.Time, Until: last.event.Time}
	before, err := list(tx, st, first.n-1, 1)
	if err != nil {
		return err
	}
	if len(before) == 1 && before[0].n == first.n-1 && before[0].n > st.Acked && before[0].event.Type == message.TypeGap {
		run = append(before, run...)
		st.Bytes -= before[0].size
	}
	for _, k := range run {
		var g message.Gap
		if message.Read(k.event, &g) == nil { // a gap is given up like another event, and what it tells is not lost
			gap.From, gap.Since = min(gap.From, g.From), earlier(gap.Since, g.Since)
		} else {
			st.Lost++
		}
		if err := tx.DeleteOutbox(st.Enrolment, k.n); err != nil {
			return err
		}
	}
	return putGap(tx, st, site, gap, now)
}

// withhold puts the report of a gap in the place of each event whose kind does not leave any more.
func withhold(tx Tx, st *appliance.UplinkState, site string, events []kept, now time.Time) (changed bool, err error) {
	list, err := tx.UplinkPolicy()
	if err != nil {
		return false, err
	}
	for _, k := range events {
		if list.Leaves(message.Kind(k.event.Type)) {
			continue
		}
		st.Bytes -= k.size
		gap := message.Gap{From: k.n, To: k.n, Why: message.Withheld, Since: k.event.Time, Until: k.event.Time}
		if err := putGap(tx, st, site, gap, now); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

func putGap(tx Tx, st *appliance.UplinkState, site string, g message.Gap, now time.Time) error {
	e, err := message.New(site, &g, "", now)
	if err != nil {
		return err
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return put(tx, st, g.To, b)
}
