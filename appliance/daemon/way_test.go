package daemon_test

import (
	"testing"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

func TestOneCauseIsOneProblem(t *testing.T) {
	t.Parallel()
	s := settled(t)
	sw := s.device("sw-core", recording(t, "sw-core"))
	behind := func(d *appliance.Device, _ *appliance.Check) {
		d.Kind, d.Parents = appliance.KindAccessPoint, []appliance.ID{sw.ID}
	}
	ap := s.device("ap-empfang", recording(t, "ap-empfang"), behind)
	s.ask(sw.snmp, 1)
	s.ask(ap.snmp, 1)
	sw.agent.Silence(true)
	ap.agent.Silence(true)
	for range 4 {
		s.ask(ap.snmp, 1)
		s.ask(sw.snmp, 1)
	}
	s.is(sw.snmp, appliance.ItemAnswer, appliance.StateCritical)
	if st := s.is(ap.snmp, appliance.ItemAnswer, appliance.StateNoData); st.UnreachableBy != sw.ID {
		t.Errorf("the access point is unreachable because of %s, want the switch", st.UnreachableBy)
	}
	devices, _ := s.Devices(t.Context())
	states, _ := s.States(t.Context())
	var plain []appliance.Device
	for _, d := range devices {
		plain = append(plain, d.Device)
	}
	if sum := monitor.Summary(states, plain); len(sum.Problems) != 1 {
		t.Errorf("%d problems, want one: %+v", len(sum.Problems), sum.Problems)
	}
	calls := 0
	events, _ := s.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}})
	for _, e := range events {
		if e.To == appliance.StateCritical && e.Cause == 0 {
			calls++
		}
	}
	if calls != 1 {
		t.Errorf("%d events call somebody, want one", calls)
	}
	sw.agent.Silence(false)
	ap.agent.Silence(false)
	s.ask(sw.snmp, 2)
	s.ask(ap.snmp, 2)
	s.is(sw.snmp, appliance.ItemAnswer, appliance.StateOK)
	s.is(ap.snmp, appliance.ItemAnswer, appliance.StateOK)
}
