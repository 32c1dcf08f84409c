package ups

import (
	"slices"
	"sort"
	"time"

	"siteward/appliance"
)

// Together is how far apart two tellers may date one event: a poll sees it up to a minute or two late.
const Together = 2 * time.Minute

// opposite is what lies between two events of one kind that are not one.
var opposite = map[appliance.UPSEventKind][]appliance.UPSEventKind{
	appliance.UPSOnBattery:           {appliance.UPSOnLine},
	appliance.UPSPowerFailure:        {appliance.UPSOnLine},
	appliance.UPSOnLine:              {appliance.UPSOnBattery, appliance.UPSPowerFailure},
	appliance.UPSLowBattery:          {appliance.UPSLowBatteryCleared, appliance.UPSOnLine},
	appliance.UPSLowBatteryCleared:   {appliance.UPSLowBattery},
	appliance.UPSCommLost:            {appliance.UPSCommOK},
	appliance.UPSCommOK:              {appliance.UPSCommLost},
	appliance.UPSBatteryDisconnected: {appliance.UPSBatteryReattached},
	appliance.UPSBatteryReattached:   {appliance.UPSBatteryDisconnected},
	appliance.UPSSelfTestPassed:      {appliance.UPSSelfTestStarted},
	appliance.UPSSelfTestFailed:      {appliance.UPSSelfTestStarted},
}

// Join puts an event among those of one UPS, which are in the order of time: into the one that another teller told, or as one of
// its own. What was read before is left out.
func Join(events []appliance.UPSEvent, e appliance.UPSEvent) []appliance.UPSEvent {
	from := sort.Search(len(events), func(i int) bool { return !events[i].At.Before(e.At.Add(-Together)) })
	to := sort.Search(len(events), func(i int) bool { return events[i].At.After(e.At.Add(Together)) })
	best, distance := -1, Together+1
	for i := from; i < to; i++ {
		k := &events[i]
		if k.Kind != e.Kind {
			continue
		}
		if k.At.Equal(e.At) && k.Text == e.Text && overlap(k.Told, e.Told) {
			return events
		}
		d := e.At.Sub(k.At).Abs()
		if d < distance && (!overlap(k.Told, e.Told) || stays(e.Kind)) && !between(events[from:to], k.At, e.At, e.Kind) {
			best, distance = i, d
		}
	}
	if best < 0 {
		best = unchanged(events[:to], e)
	}
	if best < 0 {
		at := sort.Search(len(events), func(i int) bool { return events[i].At.After(e.At) })
		return slices.Insert(events, at, e)
	}
	k := &events[best]
	for _, teller := range e.Told {
		if !slices.Contains(k.Told, teller) {
			k.Told = append(slices.Clone(k.Told), teller)
		}
	}
	if e.At.Before(k.At) { // who tells late is the one who asks now and then
		moved := *k
		moved.At = e.At
		events = slices.Delete(events, best, best+1)
		at := sort.Search(len(events), func(i int) bool { return events[i].At.After(e.At) })
		return slices.Insert(events, at, moved)
	}
	return events
}

// stays says that a word told again tells nothing new, as long as nobody tells the opposite: two computers on one UPS both write it
// into one log, and apcupsd says in two lines that the mains are back.
func stays(kind appliance.UPSEventKind) bool {
	return kind == appliance.UPSOnBattery || kind == appliance.UPSOnLine
}

// unchanged finds the word that already says that nothing is heard of the UPS, or that it is heard again: upsmon repeats it each
// second, and upsd and upsmon both tell of one loss. The battery that is to be replaced is told twice a day.
func unchanged(before []appliance.UPSEvent, e appliance.UPSEvent) int {
	if e.Kind != appliance.UPSCommLost && e.Kind != appliance.UPSCommOK && e.Kind != appliance.UPSReplaceBattery {
		return -1
	}
	for i := len(before) - 1; i >= 0 && len(before)-i < 1000; i-- {
		k := &before[i]
		switch {
		case k.At.After(e.At):
		case k.Kind == e.Kind && (e.Kind != appliance.UPSReplaceBattery || e.At.Sub(k.At) < 24*time.Hour):
			return i
		case slices.Contains(opposite[e.Kind], k.Kind):
			return -1
		}
	}
	return -1
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// between says whether the opposite happened between two times.
func between(events []appliance.UPSEvent, a, b time.Time, kind appliance.UPSEventKind) bool {
	if b.Before(a) {
		a, b = b, a
	}
	return slices.ContainsFunc(events, func(e appliance.UPSEvent) bool {
		return slices.Contains(opposite[kind], e.Kind) && e.At.After(a) && e.At.Before(b)
	})
}
