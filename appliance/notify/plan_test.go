package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

var eight = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// tale tells one incident step by step and writes down what was told.
type tale struct {
	Case
	told []string
}

func newTale(routes ...appliance.Route) *tale {
	return &tale{Case: Case{Now: eight, Routes: routes, Contacts: team, Kinds: map[appliance.ID]appliance.Kind{5: appliance.KindSwitch},
		Incident: appliance.Incident{ID: 1, Opened: eight, State: appliance.StateCritical, Causes: []appliance.IncidentCause{{Device: 5}}}}}
}

func (t *tale) pass(d time.Duration) {
	for end := t.Now.Add(d); t.Now.Before(end); {
		t.Now = t.Now.Add(10 * time.Second)
		next, news := Plan(t.Case)
		t.Incident = next
		for _, n := range news {
			t.told = append(t.told, fmt.Sprint(int(t.Now.Sub(eight).Minutes()), " ", n.What, n.Contacts))
		}
	}
}

func (t *tale) over() { t.Incident.Over, t.Incident.State = t.Now, appliance.StateOK }
func (t *tale) close() {
	t.over()
	t.Incident.Closed = t.Now
}
func (t *tale) back() {
	t.Incident.Over, t.Incident.Closed, t.Incident.State = time.Time{}, time.Time{}, appliance.StateCritical
	t.Incident.Telling.Over, t.Incident.Relapsed = false, t.Now
	t.Incident.Relapses++
}

func (t *tale) want(tb testing.TB, want ...string) {
	tb.Helper()
	if !slices.Equal(t.told, want) {
		tb.Errorf("told %s\nwant %s", strings.Join(t.told, ", "), strings.Join(want, ", "))
	}
}

var steps = appliance.Route{ID: 7, Steps: []appliance.Step{{Contacts: []appliance.ID{1}}, {After: 15, Contacts: []appliance.ID{2}}, {After: 30, Roles: []appliance.ContactRole{appliance.ContactHotline}}}, Repeat: 120}

func TestStepsUntilSomebodyTakesCare(t *testing.T) {
	t.Parallel()
	nobody := newTale(steps)
	nobody.pass(4 * time.Hour)
	nobody.close()
	nobody.pass(time.Hour)
	nobody.want(t, "1 opened[1]", "16 escalated[2]", "31 escalated[3]", "151 reminder[1 2 3]", "240 over[1 2 3]")

	mara := newTale(steps)
	mara.pass(20 * time.Minute)
	mara.Incident.Ack = &appliance.Ack{By: "mara", Until: mara.Now.Add(time.Hour)}
	mara.pass(50 * time.Minute)
	mara.want(t, "1 opened[1]", "16 escalated[2]")
	mara.pass(30 * time.Minute) // it has run out, and the hotline is next
	mara.want(t, "1 opened[1]", "16 escalated[2]", "80 escalated[3]")
}

func TestWhatIsOverAtOnceIsNotTold(t *testing.T) {
	t.Parallel()
	s := newTale(steps)
	s.pass(50 * time.Second)
	s.close()
	s.pass(time.Hour)
	s.want(t)
}

func TestWithoutARouteTechniciansAreTold(t *testing.T) {
	t.Parallel()
	s := newTale()
	s.pass(2 * time.Hour)
	s.want(t, "1 opened[1 2]", "61 escalated[3]")
}

func TestWhichRouteFits(t *testing.T) {
	t.Parallel()
	first := []appliance.Step{{Contacts: []appliance.ID{1}}}
	for _, c := range []struct {
		name  string
		route appliance.Route
		state appliance.State
		told  bool
	}{
		{"kind", appliance.Route{Kinds: []appliance.Kind{appliance.KindSwitch}, Steps: first}, appliance.StateWarning, true},
		{"other kind", appliance.Route{Kinds: []appliance.Kind{appliance.KindServer}, Steps: first}, appliance.StateCritical, false},
		{"device", appliance.Route{Devices: []appliance.ID{5}, Kinds: []appliance.Kind{appliance.KindServer}, Steps: first}, appliance.StateWarning, true},
		{"not bad enough", appliance.Route{Least: appliance.StateCritical, Steps: first}, appliance.StateWarning, false},
		{"no data, not asked for", appliance.Route{Steps: first}, appliance.StateNoData, false},
		{"no data, asked for", appliance.Route{Least: appliance.StateNoData, Steps: first}, appliance.StateNoData, true},
		{"off", appliance.Route{Off: true, Steps: first}, appliance.StateCritical, false},
		{"no steps", appliance.Route{}, appliance.StateCritical, false},
	} {
		s := newTale(c.route)
		s.Incident.State = c.state
		s.pass(5 * time.Minute)
		if told := len(s.told) > 0; told != c.told {
			t.Errorf("%s: told %v", c.name, s.told)
		}
	}
}

func TestWorseAgainUnsteady(t *testing.T) {
	t.Parallel()
	s := newTale(appliance.Route{ID: 7, Steps: steps.Steps[:1]})
	s.Incident.State = appliance.StateWarning
	s.pass(10 * time.Minute)
	s.Incident.State = appliance.StateCritical
	s.pass(10 * time.Minute)
	s.close()
	s.pass(3 * time.Minute)
	for range 4 {
		s.back()
		s.pass(4 * time.Minute)
		s.over()
		s.pass(3 * time.Minute)
	}
	s.close()
	s.pass(time.Minute)
	s.want(t, "1 opened[1]", "10 worse[1]", "20 over[1]", "24 again[1]", "31 unsteady[1]", "51 over[1]")
}

func TestSnoozeAndWindowKeepQuiet(t *testing.T) {
	t.Parallel()
	s := newTale(appliance.Route{ID: 7, Steps: steps.Steps[:1], Repeat: 30})
	s.pass(10 * time.Minute)
	s.Incident.Snooze = &appliance.Snooze{By: "mara", Until: s.Now.Add(time.Hour)}
	s.pass(61 * time.Minute)
	s.Incident.Muted = appliance.StateMaintenance
	s.pass(5 * time.Hour)
	s.Incident.Muted = appliance.StateOK
	s.pass(time.Minute)
	s.want(t, "1 opened[1]", "70 reminder[1]", "371 reminder[1]")
	w := newTale(steps)
	w.Incident.Muted, w.Incident.State = appliance.StateMaintenance, appliance.StateOK
	w.pass(time.Hour)
	w.close()
	w.pass(time.Hour)
	w.want(t)
}

func TestARouteThatTellsNoEnd(t *testing.T) {
	t.Parallel()
	s := newTale(appliance.Route{ID: 7, Steps: steps.Steps[:1], Quiet: true})
	s.pass(10 * time.Minute)
	s.close()
	s.pass(time.Minute)
	s.want(t, "1 opened[1]")
}

func TestWaitGrowsToAnHour(t *testing.T) {
	t.Parallel()
	for tried, want := range map[int]time.Duration{1: 20 * time.Second, 2: 40 * time.Second, 5: 320 * time.Second, 9: time.Hour, 500: time.Hour} {
		if most, least := Wait(tried, 0), Wait(tried, 1); most != want || least != want*3/4 {
			t.Errorf("after %d tries: %s to %s", tried, least, most)
		}
	}
}

func waits(id appliance.ID, thread string, ago time.Duration, change ...func(*Waiting)) Waiting {
	w := Waiting{Notice: appliance.Notice{ID: id, Thread: thread}, Delivery: appliance.Delivery{Notice: id, Kind: appliance.NoticeIncident, Created: eight.Add(-ago)}}
	for _, f := range change {
		f(&w)
	}
	return w
}

func TestFold(t *testing.T) {
	t.Parallel()
	file := func(w *Waiting) { w.Notice.Files = []appliance.NoticeFile{{Name: "a.ics"}} }
	daily := func(w *Waiting) { w.Kind = appliance.NoticeDaily }
	for _, c := range []struct {
		name string
		in   []Waiting
		want string
	}{
		{"one", []Waiting{waits(1, "a", 0)}, "1"},
		{"a story", []Waiting{waits(1, "a", 0), waits(2, "a", 0)}, "1+2"},
		{"two new things", []Waiting{waits(1, "a", 0), waits(2, "b", 0)}, "1, 2"},
		{"a flood", []Waiting{waits(1, "a", 0), waits(2, "b", 0), waits(3, "c", 0), waits(4, "a", 0), waits(5, "d", 0)}, "1+4|2|3|5"},
		{"old news", []Waiting{waits(1, "a", time.Hour), waits(2, "b", 0)}, "1|2"},
		{"one old thing", []Waiting{waits(1, "a", time.Hour), waits(2, "a", 0)}, "1+2"},
		{"with a file", []Waiting{waits(1, "a", time.Hour, file), waits(2, "a", time.Hour), waits(3, "b", 0)}, "1, 2|3"},
		{"the summary of today", []Waiting{waits(1, "a", time.Hour), waits(2, "", 0, daily), waits(3, "b", 0)}, "2, 1|3"},
		{"summaries of days without a relay", []Waiting{waits(1, "", 48*time.Hour, daily), waits(2, "a", time.Hour), waits(3, "", 24*time.Hour, daily)}, "1|2|3"},
		{"without a thread", []Waiting{waits(1, "", 0), waits(2, "", 0)}, "1, 2"},
	} {
		var messages []string
		for _, m := range Fold(c.in, eight) {
			var parts []string
			for _, p := range m.Parts {
				var ids []string
				for _, w := range p {
					ids = append(ids, w.Notice.ID.String())
				}
				parts = append(parts, strings.Join(ids, "+"))
			}
			messages = append(messages, strings.Join(parts, "|"))
		}
		if got := strings.Join(messages, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
