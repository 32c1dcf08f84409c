package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

var eight = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// world is a site whose states a test sets, looked at every ten seconds.
type world struct {
	t       *testing.T
	now     time.Time
	since   time.Time
	states  map[appliance.StateKey]appliance.StateRecord
	follows map[appliance.StateKey]Root // what hangs on a problem
	all     map[appliance.ID]appliance.Incident
	ways    map[appliance.ID][]appliance.ID
	battery map[appliance.ID]time.Time
	mains   map[appliance.ID]bool
	next    appliance.ID
	writes  int
}

func newWorld(t *testing.T) *world {
	return &world{t: t, now: eight, since: eight.Add(-24 * time.Hour), states: map[appliance.StateKey]appliance.StateRecord{}, follows: map[appliance.StateKey]Root{},
		all: map[appliance.ID]appliance.Incident{}, ways: map[appliance.ID][]appliance.ID{}, battery: map[appliance.ID]time.Time{}, mains: map[appliance.ID]bool{}}
}

func answer(device appliance.ID) appliance.StateKey {
	return appliance.StateKey{Check: device, Item: appliance.ItemAnswer}
}

func item(device appliance.ID, name string) appliance.StateKey {
	return appliance.StateKey{Check: device, Item: name}
}

func (w *world) set(k appliance.StateKey, s appliance.State) {
	r := w.states[k]
	r.StateKey, r.Device, r.Seen = k, k.Check, w.now
	if r.State != s || r.Since.IsZero() {
		r.State, r.Since = s, w.now
	}
	w.states[k] = r
}

func (w *world) judge() {
	in := Input{Now: w.now, Since: w.since, Battery: w.battery, Mains: w.mains,
		State: func(k appliance.StateKey) (appliance.StateRecord, bool) { r, ok := w.states[k]; return r, ok },
		Ways:  func(d appliance.ID) []appliance.ID { return w.ways[d] }}
	for _, r := range w.states {
		if r.State.Problem() && r.UnreachableBy == 0 {
			root := w.follows[r.StateKey]
			root.StateRecord, root.Name = r, "device "+r.Device.String()
			in.Roots = append(in.Roots, root)
		}
	}
	slices.SortFunc(in.Roots, func(a, b Root) int { return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Item, b.Item)) })
	for _, i := range w.all {
		if i.Open() || w.now.Sub(i.Closed) < Again {
			in.Before = append(in.Before, i)
		}
	}
	slices.SortFunc(in.Before, func(a, b appliance.Incident) int { return cmp.Compare(a.ID, b.ID) })
	for _, i := range Judge(in) {
		if i.ID == 0 {
			w.next++
			i.ID = w.next
		}
		w.writes++
		w.all[i.ID] = i
	}
}

func (w *world) pass(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(10 * time.Second)
		w.judge()
	}
}

// story tells all incidents: number, kind, state, causes, devices behind.
func (w *world) story() string {
	var out []string
	for id := appliance.ID(1); id <= w.next; id++ {
		i := w.all[id]
		end := i.State.String()
		switch {
		case i.With != 0:
			end = "part of " + i.With.String()
		case !i.Open():
			end = "closed after " + i.Lasted(w.now).String()
		case i.Muted != 0:
			end = i.Muted.String()
		case !i.Over.IsZero():
			end = "over"
		}
		s := fmt.Sprintf("%d %s %s %d", id, i.Kind, end, len(i.Causes))
		if len(i.Behind) > 0 {
			s += fmt.Sprintf("+%d", len(i.Behind))
		}
		if i.Relapses > 0 {
			s += fmt.Sprintf(" x%d", i.Relapses)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func (w *world) want(want string) {
	w.t.Helper()
	if got := w.story(); got != want {
		w.t.Fatalf("at %s: %s\nwant %s", w.now.Format(time.TimeOnly), got, want)
	}
}

func TestASwitchWithTwoHundredBehindIt(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	root := Root{Follows: 2000}
	for id := appliance.ID(2); id < 202; id++ {
		root.Behind = append(root.Behind, id)
	}
	w.follows[answer(1)] = root
	w.pass(10 * time.Minute)
	w.want("1 state critical 1+200")
	if w.writes != 1 {
		t.Errorf("written %d times while nothing changed", w.writes)
	}
	w.set(answer(1), appliance.StateOK)
	w.pass(30 * time.Second)
	w.want("1 state over 1+200")
	w.pass(time.Minute)
	w.want("1 state closed after 10m0s 1+200")
}

func TestWhatIsCabledBehindIt(t *testing.T) {
	w := newWorld(t) // nobody has declared the ways
	w.ways[3], w.ways[4] = []appliance.ID{2}, []appliance.ID{3}
	w.set(answer(4), appliance.StateCritical) // found before the switch is
	w.pass(30 * time.Second)
	w.want("1 state critical 1")
	w.set(answer(2), appliance.StateCritical)
	w.pass(30 * time.Second)
	w.want("1 state critical 2")
	if w.all[1].Device != 2 {
		t.Error("the switch is not what it is about")
	}
	w.set(answer(3), appliance.StateCritical)
	w.pass(30 * time.Second)
	w.want("1 state critical 3")
	w.set(answer(2), appliance.StateOK)
	w.set(answer(3), appliance.StateOK)
	w.pass(2 * time.Minute)
	w.want("1 state critical 3")
	w.set(answer(4), appliance.StateOK)
	w.pass(2 * time.Minute)
	w.want("1 state closed after 3m30s 3")
}

func TestTwoChecksOfADeviceAreOneTwoDisksAreNot(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	other := appliance.StateKey{Check: 9, Item: appliance.ItemAnswer}
	w.states[other] = appliance.StateRecord{StateKey: other, Device: 1, State: appliance.StateCritical, Since: w.now, Seen: w.now}
	w.set(item(2, "storage/1"), appliance.StateWarning)
	w.set(item(2, "storage/2"), appliance.StateCritical)
	w.pass(time.Minute)
	w.want("1 state critical 2; 2 state warning 1; 3 state critical 1")
}

func TestAPowerFailureIsOneStory(t *testing.T) {
	w := newWorld(t)
	w.set(answer(3), appliance.StateCritical) // no UPS stands before it: it is dark at once
	w.pass(20 * time.Second)
	w.battery[1] = w.now
	w.set(item(1, "ups"), appliance.StateWarning)
	w.pass(20 * time.Second)
	w.want("1 power critical 2")
	w.set(item(1, "ups.alarm/2"), appliance.StateWarning)
	w.set(answer(4), appliance.StateCritical)
	w.pass(2 * time.Minute)
	w.want("1 power critical 4")
	delete(w.battery, 1)
	w.mains[1] = true
	for _, k := range []appliance.StateKey{item(1, "ups"), item(1, "ups.alarm/2"), answer(3), answer(4)} {
		w.set(k, appliance.StateOK)
	}
	w.pass(2 * time.Minute)
	w.want("1 power closed after 2m40s 4")
}

func TestWhoDoesNotComeBackAfterThePowerIsNews(t *testing.T) {
	w := newWorld(t)
	w.battery[1] = w.now
	w.set(item(1, "ups"), appliance.StateWarning)
	w.pass(time.Minute)
	w.set(answer(3), appliance.StateCritical)
	w.pass(time.Minute)
	w.want("1 power critical 2")
	delete(w.battery, 1)
	w.mains[1] = true
	w.set(item(1, "ups"), appliance.StateOK)
	w.pass(14 * time.Minute)
	w.want("1 power critical 2")
	w.pass(3 * time.Minute)
	w.want("1 power closed after 2m0s 1; 2 state critical 1")
}

func TestAUPSThatHadAComplaintBefore(t *testing.T) {
	w := newWorld(t)
	w.mains[1] = true
	w.set(item(1, "ups"), appliance.StateWarning) // the battery is old
	w.pass(time.Minute)
	delete(w.mains, 1)
	w.battery[1] = w.now
	w.set(item(1, "ups"), appliance.StateCritical)
	w.pass(time.Minute)
	w.want("1 state warning 1; 2 power critical 1")
	delete(w.battery, 1)
	w.mains[1] = true
	w.set(item(1, "ups"), appliance.StateWarning)
	w.pass(2 * time.Minute)
	w.want("1 state warning 1; 2 power closed after 1m10s 1")
}

func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	for id := appliance.ID(1); id <= 30; id++ {
		w.set(answer(id), appliance.StateCritical)
		w.pass(10 * time.Second / 3)
	}
	w.pass(time.Minute)
	open := 0
	for _, i := range w.all {
		if i.Open() {
			open++
			if i.Kind != appliance.IncidentMany || len(i.Causes) != 30 {
				t.Errorf("%s with %d causes", i.Kind, len(i.Causes))
			}
		}
	}
	if open != 1 {
		t.Fatalf("%d are open: %s", open, w.story())
	}
}

func TestFlappingIsDamped(t *testing.T) {
	w := newWorld(t)
	for range 4 {
		w.set(answer(1), appliance.StateCritical)
		w.pass(3 * time.Minute)
		w.set(answer(1), appliance.StateOK)
		w.pass(3 * time.Minute)
	}
	w.want("1 state over 1 x3")
	w.pass(25 * time.Minute)
	w.want("1 state over 1 x3")
	w.pass(3 * time.Minute)
	w.want("1 state closed after 21m0s 1 x3")
	w.pass(Again)
	w.set(answer(1), appliance.StateCritical)
	w.pass(time.Minute)
	w.want("1 state closed after 21m0s 1 x3; 2 state critical 1")
}

func TestAWindowEndsNothing(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	w.pass(2 * time.Minute)
	w.set(answer(1), appliance.StateMaintenance)
	w.pass(time.Hour)
	w.want("1 state maintenance 1")
	w.set(answer(1), appliance.StateNoData) // nothing is known right after a window
	w.pass(time.Minute)
	w.set(answer(1), appliance.StateCritical)
	w.pass(2 * time.Minute)
	w.want("1 state critical 1")
	w.set(answer(1), appliance.StateMaintenance)
	w.pass(time.Hour)
	w.set(answer(1), appliance.StateOK)
	w.pass(2 * time.Minute)
	if i := w.all[1]; i.Open() || i.Relapses != 0 || w.next != 1 {
		t.Error(w.story())
	}
}

func TestARestartMakesNoNews(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	w.pass(time.Minute)
	before := w.all[1]
	w.now = w.now.Add(3 * time.Hour) // we were away
	w.since = w.now
	w.set(answer(1), appliance.StateCritical)
	k := answer(2) // was bad when we went, but nothing was opened for it any more
	w.states[k] = appliance.StateRecord{StateKey: k, Device: 2, State: appliance.StateCritical, Since: w.now.Add(-3 * time.Hour), Seen: w.now.Add(-3 * time.Hour)}
	w.pass(time.Minute)
	w.want("1 state critical 1")
	if !w.all[1].Updated.Equal(before.Updated) {
		t.Error("a restart changed the incident")
	}
	r := w.states[k]
	r.Seen = w.now // and it still is, read anew
	w.states[k] = r
	w.pass(time.Minute)
	w.want("1 state critical 1; 2 state critical 1")
}

func TestNoDataTakesItsTime(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateNoData)
	w.pass(14 * time.Minute)
	w.want("")
	w.pass(2 * time.Minute)
	w.want("1 state nodata 1")
	w.set(answer(2), appliance.StateCritical)
	w.pass(time.Minute)
	w.set(answer(2), appliance.StateNoData) // a gap of data ends nothing
	w.pass(time.Hour)
	w.want("1 state nodata 1; 2 state nodata 1")
	if w.all[2].Worst != appliance.StateCritical {
		t.Error("the worst is forgotten")
	}
}

func TestAnAcknowledgementSurvivesAGapOfData(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	w.pass(time.Minute)
	i := w.all[1]
	i.Ack = &appliance.Ack{By: "mara", Until: w.now.Add(24 * time.Hour)}
	w.all[1] = i
	w.set(answer(1), appliance.StateNoData)
	w.pass(2 * time.Hour)
	w.set(answer(1), appliance.StateCritical)
	w.pass(time.Minute)
	if w.want("1 state critical 1"); !w.all[1].Acked(w.now) || w.all[1].Relapses != 0 {
		t.Errorf("a gap of data ended it: %+v", w.all[1].Ack)
	}
	if w.all[1].Acked(w.now.Add(24 * time.Hour)) {
		t.Error("it does not expire")
	}
}

func TestWhatIsNotWatchedAnyMoreEndsQuietly(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	w.pass(2 * time.Minute)
	delete(w.states, answer(1))
	w.pass(2 * time.Minute)
	if i := w.all[1]; i.Open() || !i.Telling.Over || !i.Causes[0].Gone {
		t.Errorf("%+v", i)
	}
}

func TestTheFirstAcknowledgementComesAlong(t *testing.T) {
	w := newWorld(t)
	w.set(answer(1), appliance.StateCritical)
	r := w.states[answer(1)]
	r.Ack = &appliance.Ack{By: "mara"}
	w.states[answer(1)] = r
	w.pass(time.Minute)
	if !w.all[1].Acked(w.now) {
		t.Error("an incident of a state that was taken is not")
	}
	w.set(answer(1), appliance.StateOK)
	w.pass(3 * time.Minute)
	w.set(answer(1), appliance.StateCritical)
	w.pass(time.Minute)
	if w.all[1].Acked(w.now) {
		t.Error("an acknowledgement outlives the recovery")
	}
}
