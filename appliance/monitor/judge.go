package monitor

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// Input is what one verdict rests on.
type Input struct {
	Device appliance.Device
	Check  appliance.Check
	// Reading is what the run brought back; Tick does not look at it. Counters are rates already, NaN is a number
	// that is not known.
	Reading  appliance.Reading
	Previous []appliance.StateRecord // all states of this check
	Now      time.Time
	// Running is when the appliance itself was at work. Time outside is never counted as silence of a device.
	// Nil means all the time.
	Running Running
	Way     Way // how the device is reached; the zero value has nothing in between
	// Sure says that a trap or a log has just told of a UPS's mains: what a reading says about it needs no second one.
	Sure bool
	// Window is the maintenance window that runs, nil when none does.
	Window *appliance.Window
}

// Verdict is what follows from an input. What is stored and shown follows from the verdict, never from the reading.
type Verdict struct {
	States  []appliance.StateRecord // all states of the check, by item
	Changed []appliance.StateRecord // those of States that are not as they were before: what to write
	Removed []appliance.StateKey    // of Previous, no longer states: what to delete
	Events  []appliance.Event       // for the journal, without Seq
	// Ask names checks of parents whose next answer decides whether this device is down or only cut off.
	// Running them now spares the wait.
	Ask []appliance.ID
}

// Judge gives the states of a check after a run. A paused check is not judged, whatever the run brought back.
func Judge(in Input) Verdict {
	if pauseOf(in) != nil {
		return Tick(in)
	}
	c := open(in)
	c.resume()
	c.answer()
	c.items()
	c.alarms()
	c.age()
	return c.verdict()
}

// Tick gives what time alone changes: pauses that begin or end, and readings that stay away. Call it for each check
// every few seconds to a minute; it is cheap and says in Changed whether there is anything to write.
func Tick(in Input) Verdict {
	in.Reading = appliance.Reading{}
	c := open(in)
	if p := pauseOf(in); p != nil {
		c.pause(*p)
		return c.verdict()
	}
	c.resume()
	c.age()
	return c.verdict()
}

// court is one case being heard: the states as they stand while the verdict is made.
type court struct {
	in      Input
	at      time.Time // of the reading
	states  map[string]*appliance.StateRecord
	told    map[string]bool // items that this reading told something about
	dirty   map[string]bool
	whole   map[string]map[string]float64 // numbers that others are a share of, by metric and instance
	kept    map[string]heldState          // by item
	removed []appliance.StateKey
	events  []appliance.Event
	ask     []appliance.ID
}

func open(in Input) *court {
	c := &court{in: in, at: in.Reading.At, states: make(map[string]*appliance.StateRecord, len(in.Previous)+1),
		told: map[string]bool{}, dirty: map[string]bool{}, whole: map[string]map[string]float64{}, kept: map[string]heldState{}}
	if c.at.IsZero() {
		c.at = in.Now
	}
	for _, r := range in.Previous {
		c.lift(&r)
		c.states[r.Item] = &r
	}
	return c
}

// state finds the record of an item or begins one: No data until something is known.
func (c *court) state(item, label string) *appliance.StateRecord {
	r, ok := c.states[item]
	if !ok {
		r = &appliance.StateRecord{StateKey: appliance.StateKey{Check: c.in.Check.ID, Item: item}, Device: c.in.Device.ID,
			State: appliance.StateNoData, Since: c.in.Now, Quiet: item != appliance.ItemAnswer}
		c.states[item] = r
	}
	if label != "" {
		r.Label = label
	}
	c.dirty[item] = true
	return r
}

// move changes the state of a record and writes the journal's line for it.
//
// cause is the device whose outage the change follows from, 0 for none. The items of a device that stops answering
// would fill the journal with what its answer has said already, so a way from OK through such a change back to OK is
// quiet. A way that begins or ends with an alarm is told step by step.
func (c *court) move(r *appliance.StateRecord, to appliance.State, ev appliance.Evidence, cause appliance.ID) {
	from := r.State
	r.Evidence = ev
	if from == to {
		return
	}
	r.State, r.Since = to, c.in.Now
	if to == appliance.StateOK || to == appliance.StatePaused {
		r.Ack = nil
	}
	follows := r.Quiet || cause != 0 && from == appliance.StateOK
	if follows && !alarm(to) && r.Item != appliance.ItemAnswer {
		r.Quiet = to != appliance.StateOK
		return
	}
	r.Quiet = false
	c.events = append(c.events, appliance.Event{At: c.in.Now, Kind: appliance.EventState, Device: r.Device, Check: r.Check,
		Item: r.Item, Label: r.Label, From: from, To: to, Message: ev.Why, Evidence: &ev, Cause: cause})
}

// drop ends a state for good.
func (c *court) drop(r *appliance.StateRecord, why appliance.Message) {
	delete(c.states, r.Item)
	c.removed = append(c.removed, r.StateKey)
	ev := appliance.Evidence{Why: why, At: c.in.Now}
	c.events = append(c.events, appliance.Event{At: c.in.Now, Kind: appliance.EventState, Device: r.Device, Check: r.Check,
		Item: r.Item, Label: r.Label, From: r.State, To: appliance.StateNoData, Message: why, Evidence: &ev})
}

func (c *court) verdict() Verdict {
	c.hold()
	v := Verdict{Removed: c.removed, Events: c.events, Ask: c.ask}
	for _, r := range c.states {
		v.States = append(v.States, *r)
	}
	byItem := func(a, b appliance.StateRecord) int { return strings.Compare(a.Item, b.Item) }
	slices.SortFunc(v.States, byItem)
	for _, r := range v.States {
		if c.dirty[r.Item] {
			v.Changed = append(v.Changed, r)
		}
	}
	return v
}

// alarm says whether a state is one that people are called for. No data is a problem to look at, but nobody's outage.
func alarm(s appliance.State) bool {
	return s == appliance.StateWarning || s == appliance.StateCritical
}
