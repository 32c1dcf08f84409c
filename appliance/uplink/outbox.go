package uplink

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Tx is one step of the store.
type Tx interface {
	UplinkState(enrolment appliance.ID) (appliance.UplinkState, error)
	PutUplinkState(appliance.UplinkState) error
	PutOutbox(enrolment appliance.ID, n uint64, event []byte) error
	DeleteOutbox(enrolment appliance.ID, n uint64) error
	Outbox(enrolment appliance.ID, from uint64, visit func(n uint64, event []byte) (more bool)) error
	PutSent(*appliance.Sent) error
	UplinkPolicy() (appliance.UplinkPolicy, error)
}

// Limits bound what waits.
type Limits struct {
	Bytes int64
	Age   time.Duration
}

// DefaultLimits are those of an appliance: a provider may be away for a quarter of a year.
var DefaultLimits = Limits{Bytes: 500 << 20, Age: 92 * 24 * time.Hour}

// Events that have arrived are kept for a while, for a provider who restores an old backup.
const (
	keepArrived  = 7 * 24 * time.Hour
	arrivedShare = 5 // of the bytes: a fifth
)

// lookAtOnce bounds how many events one step looks at.
const lookAtOnce = 2000

// Append puts an event into the outbox and gives it the next number. Number and name of the outbox are stamped on it when it is read.
func Append(tx Tx, st *appliance.UplinkState, site string, v message.Data, subject string, at time.Time) error {
	e, err := message.New(site, v, subject, at)
	if err != nil {
		return err
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	st.Last++
	return put(tx, st, st.Last, b)
}

func put(tx Tx, st *appliance.UplinkState, n uint64, b []byte) error {
	st.Bytes += int64(len(b))
	if st.First == 0 || n < st.First {
		st.First = n
	}
	return tx.PutOutbox(st.Enrolment, n, b)
}

// kept is an event in the outbox.
type kept struct {
	n     uint64
	size  int64
	event message.Event
}

func list(tx Tx, st *appliance.UplinkState, from uint64, most int) (out []kept, err error) {
	bad := error(nil)
	err = tx.Outbox(st.Enrolment, from, func(n uint64, b []byte) bool {
		k := kept{n: n, size: int64(len(b))}
		if bad = json.Unmarshal(b, &k.event); bad != nil {
			return false
		}
		out = append(out, k)
		return len(out) < most
	})
	if err == nil {
		err = bad
	}
	return out, err
}

// Next gives the events that come next, within bounds. A number that is missing, for the store was damaged there or the provider wants
// more than is kept, becomes the report of a gap first, and so does an event that the site's list has kept back since it was put here;
// changed says so.
func Next(tx Tx, st *appliance.UplinkState, site string, most, bytes int, now time.Time) (out []message.Event, changed bool, err error) {
	want := st.Acked + 1
	if want > st.Last {
		return nil, false, nil
	}
	events, err := list(tx, st, want, most)
	if err != nil {
		return nil, false, err
	}
	if changed, err = withhold(tx, st, site, events, now); err != nil {
		return nil, false, err
	}
	if changed {
		out, _, err = Next(tx, st, site, most, bytes, now)
		return out, true, err
	}
	size := 0
	for _, k := range events {
		var g message.Gap
		covers := k.event.Type == message.TypeGap && message.Read(k.event, &g) == nil && g.From <= want
		if k.n != want && !covers {
			break
		}
		if size += int(k.size); size > bytes && len(out) > 0 {
			return out, false, nil
		}
		out = append(out, stamp(st, k))
		want = k.n + 1
	}
	if len(out) > 0 {
		return out, false, nil
	}
	to := st.Last
	if len(events) > 0 {
		to = events[0].n - 1
	}
	st.Lost += to - want + 1
	if err := putGap(tx, st, site, message.Gap{From: want, To: to, Why: "restored"}, now); err != nil {
		return nil, false, err
	}
	out, _, err = Next(tx, st, site, most, bytes, now)
	return out, true, err
}

func stamp(st *appliance.UplinkState, k kept) message.Event {
	e := k.event
	e.Sequence, e.Outbox, e.ID = k.n, st.Outbox, st.Outbox+"-"+strconv.FormatUint(k.n, 10)
	return e
}

// Acknowledge notes what has arrived. It says whether the receiver has more than ever left here: then the store was restored from a
// backup, and its numbers begin anew under another name.
func Acknowledge(st *appliance.UplinkState, n uint64) (restored bool) {
	if n > st.Offered {
		return true
	}
	st.Acked = max(st.Acked, n)
	return false
}

// Expect goes back to the number that the receiver wants.
func Expect(st *appliance.UplinkState, n uint64) (restored bool) {
	if n > st.Offered+1 && n > st.Acked+1 {
		return true
	}
	st.Acked = max(n, 1) - 1
	st.Looked = min(st.Looked, st.Acked)
	return false
}

// Rename begins to number anew under another name. What has not arrived keeps its numbers: a gap stands in the place of the others.
func Rename(tx Tx, st *appliance.UplinkState, site, name string, now time.Time) error {
	before := st.Acked
	st.Outbox, st.Acked, st.Offered = name, 0, 0
	if before == 0 {
		return nil
	}
	arrived := map[uint64]int64{}
	err := tx.Outbox(st.Enrolment, st.First, func(n uint64, b []byte) bool {
		if n <= before {
			arrived[n] = int64(len(b))
		}
		return n < before
	})
	for n, size := range arrived {
		st.Bytes -= size
		err = errors.Join(err, tx.DeleteOutbox(st.Enrolment, n))
	}
	if err != nil {
		return err
	}
	st.First, st.Looked = before, 0
	return putGap(tx, st, site, message.Gap{From: 1, To: before, Why: "restored"}, now)
}

// Drop puts a gap in the place of the event that comes next, for no receiver will ever take it. Who does not even take a gap takes nothing:
// then it says that nothing was dropped.
func Drop(tx Tx, st *appliance.UplinkState, site string, now time.Time) (dropped bool, err error) {
	events, err := list(tx, st, st.Acked+1, 1)
	if err != nil || len(events) == 0 || events[0].event.Type == message.TypeGap {
		return false, err
	}
	k := events[0]
	st.Bytes -= k.size
	st.Lost++
	return true, putGap(tx, st, site, message.Gap{From: st.Acked + 1, To: k.n, Why: "refused", Since: k.event.Time, Until: k.event.Time}, now)
}
