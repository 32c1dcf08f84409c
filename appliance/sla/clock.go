package sla

import (
	"iter"
	"slices"
	"time"

	"siteward/appliance"
)

// Clock is one promise that runs: so many minutes of service hours from Start until Stop, the pauses aside.
type Clock struct {
	Hours  *Hours
	Start  time.Time
	Stop   time.Time // when it was kept; zero while it runs
	Target int       // minutes; that of the present priority, counted from Start whenever it was changed
	Pauses []appliance.Wait
}

// Status is how a promise stands.
type Status string

// The ways in which a promise stands.
const (
	Running  Status = "running"
	Paused   Status = "paused"
	Kept     Status = "kept"
	Breached Status = "breached" // late, and kept late or not at all
)

// Working is a clock that was read, with all that it was counted from.
type Working struct {
	Status  Status    `json:"status"`
	Target  int       `json:"target"` // minutes
	Used    int       `json:"used"`   // minutes
	Percent int       `json:"percent"`
	Due     time.Time `json:"due,omitzero"` // zero while it is paused, and when the hours do not open within ten years
	Start   time.Time `json:"start"`
	Stop    time.Time `json:"stop,omitzero"`
	Lines   []Line    `json:"lines,omitempty"`
	More    int       `json:"more,omitempty"` // lines that were left out
}

// Left is how many minutes of the target are left, 0 when it is used up.
func (w Working) Left() int { return max(0, w.Target-w.Used) }

// Kind sorts lines of a working.
type Kind string

// The kinds of lines.
const (
	Counted Kind = "counted"
	Ahead   Kind = "ahead"  // will be counted until it is due
	Over    Kind = "over"   // counted after it was due
	Halted  Kind = "halted" // service hours that are not counted: a pause
	Closed  Kind = "closed" // outside the service hours
)

// Line is one line of a working: from when to when, and how many minutes of service hours that makes.
type Line struct {
	Kind    Kind              `json:"kind"`
	From    time.Time         `json:"from"`
	To      time.Time         `json:"to"`
	Minutes int               `json:"minutes"`
	For     appliance.WaitFor `json:"reason,omitempty"` // of a pause
	Free    []Free            `json:"free,omitempty"`   // public holidays that lie in closed time
}

// Free is a holiday: its key in the locale files, or its name.
type Free struct {
	Day  string `json:"day"`
	Key  string `json:"key,omitempty"`
	Name string `json:"name"`
}

const maxLines = 200 // a ticket forgotten for months says no more with more of them

// Read says how the clock stands at now.
func (c Clock) Read(now time.Time) Working {
	c = c.whole()
	w := Working{Target: c.Target, Start: c.Start, Stop: c.Stop}
	end := c.Stop
	if end.IsZero() {
		end = later(c.Start, now.Truncate(time.Minute))
	}
	w.Used = c.used(end)
	w.Percent = 100
	if c.Target > 0 {
		w.Percent = w.Used * 100 / c.Target
	}
	w.Due = c.reach(c.Target)
	switch {
	case !w.Due.IsZero() && end.After(w.Due):
		w.Status = Breached
	case !c.Stop.IsZero():
		w.Status = Kept
	case c.pause(end) != nil:
		w.Status = Paused
	default:
		w.Status = Running
	}
	w.Lines = c.lines(end, w.Due)
	if n := len(w.Lines); n > maxLines {
		w.More, w.Lines = n-maxLines, w.Lines[:maxLines]
	}
	return w
}

// Reach is when so many percent of the target are used, if nothing pauses it that is not known yet: the time of a warning.
// It is zero while an open pause comes before.
func (c Clock) Reach(percent int) time.Time {
	c = c.whole()
	return c.reach((c.Target*percent + 99) / 100)
}

// whole rounds all times down to minutes and puts the pauses in order, those that overlap made one.
func (c Clock) whole() Clock {
	c.Start, c.Stop = c.Start.Truncate(time.Minute), c.Stop.Truncate(time.Minute)
	var list []appliance.Wait
	for _, p := range c.Pauses {
		p.From, p.Until = p.From.Truncate(time.Minute), p.Until.Truncate(time.Minute)
		if !c.Stop.IsZero() && !p.From.Before(c.Stop) {
			continue // what came after it was kept changes nothing
		}
		if p.Until.IsZero() || p.From.Before(p.Until) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b appliance.Wait) int { return a.From.Compare(b.From) })
	c.Pauses = nil
	for _, p := range list {
		if last := len(c.Pauses) - 1; last >= 0 {
			before := c.Pauses[last]
			if before.Until.IsZero() {
				break // it never ended, nothing comes after it
			}
			if p.From.Before(before.Until) {
				p.From = before.Until
			}
			if !p.Until.IsZero() && !p.From.Before(p.Until) {
				continue
			}
		}
		c.Pauses = append(c.Pauses, p)
	}
	return c
}

// pause is the one that t lies in.
func (c Clock) pause(t time.Time) *appliance.Wait {
	for i, p := range c.Pauses {
		if !t.Before(p.From) && (p.Until.IsZero() || t.Before(p.Until)) {
			return &c.Pauses[i]
		}
	}
	return nil
}

// used is how many minutes count from the start until end.
func (c Clock) used(end time.Time) int {
	var sum time.Duration
	for a, b := range c.running(end) {
		sum += c.Hours.Between(a, b)
	}
	return int(sum / time.Minute)
}

// reach is when so many minutes have been counted.
func (c Clock) reach(minutes int) time.Time {
	left := time.Duration(minutes) * time.Minute
	for a, b := range c.running(c.Start.Add(horizon)) {
		if t := c.Hours.within(a, b, &left); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// within is when left is used up between from and to, or zero, and left is what is left of it then.
func (h *Hours) within(from, to time.Time, left *time.Duration) time.Time {
	for a, b := range h.pieces(from, to) {
		if open := b.Sub(a); open < *left {
			*left -= open
			continue
		}
		return a.Add(*left)
	}
	return time.Time{}
}

// running are the times between the pauses.
func (c Clock) running(end time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		t := c.Start
		for _, p := range c.Pauses {
			if stop := earlier(p.From, end); t.Before(stop) && !yield(t, stop) {
				return
			}
			if p.Until.IsZero() {
				return
			}
			t = later(t, p.Until)
		}
		if t.Before(end) {
			yield(t, end)
		}
	}
}
