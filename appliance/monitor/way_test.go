package monitor

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
)

// site is a small town of devices, each with one ping check (its ID times ten) and perhaps an SNMP check (plus one).
type site struct {
	parents map[appliance.ID][]appliance.ID
	stories map[appliance.ID]*story // by check
	now     time.Time
}

func town(tb testing.TB, parents map[appliance.ID][]appliance.ID) *site {
	s := &site{parents: parents, stories: map[appliance.ID]*story{}, now: morning}
	for id := range parents {
		s.add(tb, id, id*10, appliance.ProbePing)
	}
	return s
}

func (s *site) add(tb testing.TB, device, check appliance.ID, probe appliance.ProbeKind) {
	st := tell(tb)
	st.device = appliance.Device{ID: device, Name: "device " + device.String(), Address: "192.0.2.1", Parents: s.parents[device]}
	st.check.ID, st.check.Device, st.check.Probe = check, device, probe
	s.stories[check] = st
}

func (s *site) Parents(id appliance.ID) []appliance.ID { return s.parents[id] }

func (s *site) Answers(id appliance.ID) []Answer {
	var all []Answer
	for _, check := range s.checks() {
		st := s.stories[check]
		if st.device.ID == id && st.has(answer) {
			all = append(all, Answer{StateRecord: st.state(answer), Probe: st.check.Probe})
		}
	}
	return all
}

func (s *site) checks() []appliance.ID {
	var ids []appliance.ID
	for id := range s.stories {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// poll runs the named checks now.
func (s *site) poll(down func(device appliance.ID) bool, checks ...appliance.ID) {
	for _, id := range checks {
		st := s.stories[id]
		st.now, st.way = s.now, WayTo(st.check, st.device, s)
		if down(st.device.ID) {
			st.reading(silent)
			continue
		}
		st.reading()
	}
}

// minute polls everything once, in the order given or by number.
func (s *site) minute(down func(appliance.ID) bool, order ...appliance.ID) {
	if len(order) == 0 {
		order = s.checks()
	}
	s.poll(down, order...)
	s.now = s.now.Add(time.Minute)
}

func nobody(appliance.ID) bool { return false }
func these(ids ...appliance.ID) func(appliance.ID) bool {
	return func(id appliance.ID) bool { return slices.Contains(ids, id) }
}

func TestOneCauseOneAlarm(t *testing.T) {
	chain := map[appliance.ID][]appliance.ID{1: nil, 2: {1}, 3: {2}}
	for _, c := range []struct {
		name  string
		order []appliance.ID
	}{
		{"parents polled first", []appliance.ID{10, 20, 30}},
		{"children polled first", []appliance.ID{30, 20, 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := town(t, chain)
			s.minute(nobody, c.order...)
			s.minute(nobody, c.order...)
			for range 6 {
				s.minute(these(1, 2, 3), c.order...)
			}
			s.stories[10].is(answer, critical)
			for _, id := range []appliance.ID{20, 30} {
				if r := s.stories[id].is(answer, noData); r.UnreachableBy != 1 {
					t.Errorf("check %d unreachable by %d, want 1", id, r.UnreachableBy)
				}
				s.stories[id].recorded(answer, "nodata>ok ok>nodata@1")
			}
			for range 3 {
				s.minute(nobody, c.order...)
			}
			for _, id := range []appliance.ID{20, 30} {
				s.stories[id].is(answer, ok)
				s.stories[id].recorded(answer, "nodata>ok ok>nodata@1 nodata>ok")
			}
		})
	}
}

func TestChildIsFasterThanItsParent(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil, 2: {1}})
	s.stories[20].check.Interval = appliance.Duration(10 * time.Second)
	all := these(1, 2)
	s.poll(nobody, 10, 20)
	s.now = s.now.Add(30 * time.Second)
	for range 4 { // the parent's next poll is far away
		s.poll(all, 20)
		s.now = s.now.Add(10 * time.Second)
	}
	child := s.stories[20]
	child.is(answer, ok)
	if !slices.Equal(child.asked, []appliance.ID{10}) {
		t.Fatalf("asks for %v, want the parent's check 10", child.asked)
	}
	s.poll(all, 10, 20, 10, 20, 10, 20)
	child.is(answer, noData)
	child.recorded(answer, "nodata>ok ok>nodata@1")
}

func TestChildAloneIsDown(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil, 2: {1}})
	s.minute(nobody)
	for range 4 {
		s.minute(these(2))
	}
	s.stories[20].is(answer, critical)
	for range 5 { // the parent goes down later: the child's own outage stays what it is
		s.minute(these(1, 2))
	}
	if r := s.stories[20].is(answer, critical); r.UnreachableBy != 0 {
		t.Errorf("unreachable by %d", r.UnreachableBy)
	}
}

func TestGraceAfterTheParent(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil, 2: {1}})
	s.minute(nobody)
	for range 5 {
		s.minute(these(1, 2))
	}
	child := s.stories[20]
	s.minute(these(2)) // the parent answers once
	s.minute(these(2)) // and is confirmed: the child's grace begins
	if r := child.is(answer, noData); r.UnreachableBy != 0 || r.Evidence.Why.Key != "monitor.way_open" {
		t.Errorf("by %d: %s", r.UnreachableBy, r.Evidence.Why.English)
	}
	for range 3 {
		child.is(answer, noData)
		s.minute(these(2))
	}
	for range 2 {
		s.minute(these(2))
	}
	child.is(answer, critical)
	child.recorded(answer, "nodata>ok ok>nodata@1 nodata>critical")
}

func TestTwoWays(t *testing.T) {
	two := map[appliance.ID][]appliance.ID{1: nil, 2: nil, 3: {1, 2}}
	t.Run("one open way makes the outage the child's own", func(t *testing.T) {
		s := town(t, two)
		s.minute(nobody)
		for range 5 {
			s.minute(these(1, 3))
		}
		s.stories[30].is(answer, critical)
	})
	t.Run("both closed", func(t *testing.T) {
		s := town(t, two)
		s.minute(nobody)
		for range 5 {
			s.minute(these(1, 2, 3))
		}
		if r := s.stories[30].is(answer, noData); r.UnreachableBy != 1 {
			t.Errorf("by %d", r.UnreachableBy)
		}
	})
	t.Run("one closed, one unknown: nobody else can be blamed", func(t *testing.T) {
		s := town(t, two)
		delete(s.stories, 20)
		s.minute(nobody)
		for range 6 {
			s.minute(these(1, 3))
		}
		s.stories[30].is(answer, critical)
	})
}

func TestCircleOfParents(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: {2}, 2: {1}, 3: {2}, 4: {4}})
	s.minute(nobody)
	for range 6 {
		s.minute(these(1, 2, 3, 4))
	}
	s.stories[10].is(answer, critical)
	s.stories[20].is(answer, critical)
	s.stories[40].is(answer, critical)
	if r := s.stories[30].is(answer, noData); r.UnreachableBy != 2 {
		t.Errorf("by %d", r.UnreachableBy)
	}
}

func TestSilentDeviceHasOneAlarm(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil})
	s.add(t, 1, 11, appliance.ProbeSNMP)
	s.minute(nobody, 11, 10)
	for range 5 {
		s.minute(these(1), 11, 10)
	}
	s.stories[10].is(answer, critical)
	if r := s.stories[11].is(answer, noData); r.UnreachableBy != 1 {
		t.Errorf("by %d", r.UnreachableBy)
	}
	s.stories[11].recorded(answer, "nodata>ok ok>nodata@1")
	for range 3 {
		s.minute(nobody, 11, 10)
	}
	s.stories[11].is(answer, ok)
}

func TestAgentDownOnALivingDevice(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil})
	s.add(t, 1, 11, appliance.ProbeSNMP)
	s.minute(nobody)
	for range 4 {
		s.poll(nobody, 10)
		s.poll(these(1), 11)
		s.now = s.now.Add(time.Minute)
	}
	s.stories[11].is(answer, critical)
}

func TestAPausedParentBlocksNothing(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil, 2: {1}})
	s.stories[10].device.Paused = &appliance.Pause{By: "anna", Since: morning}
	s.minute(nobody)
	for range 3 {
		s.minute(these(2))
	}
	s.stories[20].is(answer, critical)
}

func TestAParentGoneSilentBlocksNothingForEver(t *testing.T) {
	s := town(t, map[appliance.ID][]appliance.ID{1: nil, 2: {1}})
	s.minute(nobody)
	for i := range 8 { // the parent's check is not run any more
		s.poll(these(2), 20)
		s.now = s.now.Add(time.Minute)
		parent := s.stories[10]
		parent.now = s.now
		parent.tick(0)
		if i == 2 {
			s.stories[20].is(answer, ok)
		}
	}
	s.stories[20].is(answer, critical)
}
