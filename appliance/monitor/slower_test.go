package monitor

import (
	"testing"

	"siteward/appliance"
)

func linked(label, oper string) func(*appliance.Reading) {
	return word("if.oper_status", "1", label, oper, appliance.SeverityNone)
}

// A line that carries less than it once did is told as slower than before, for ports that somebody expects something of.
func TestALineThatIsSlowerThanBefore(t *testing.T) {
	line := func(s *story, label string, speed float64) appliance.State {
		for range 2 {
			s.reading(linked(label, "up"), number("if.speed", "1", label, speed, "bit/s"))
		}
		if !s.has("if/1") {
			return appliance.StatePaused // not judged
		}
		return s.state("if/1").State
	}
	s := tell(t)
	for _, c := range []struct {
		name  string
		speed float64
		want  appliance.State
	}{
		{"at first any speed is right", 1e9, ok}, {"a tenth of it", 1e8, warning}, {"as before", 1e9, ok}, {"faster", 1e10, ok}, {"what was enough once", 1e9, warning},
	} {
		if got := line(s, "Gi1", c.speed); got != c.want {
			t.Fatalf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	ev := s.state("if/1").Evidence
	if ev.Why.Key != "monitor.port_slower" || ev.Why.Args["before"] != 1e10 {
		t.Errorf("%+v", ev.Why)
	}
	for range 2 { // the speed is read more rarely than the link
		s.reading(linked("Gi1", "up"))
	}
	if got := s.state("if/1").State; got != warning {
		t.Errorf("a reading without the speed: %s", got)
	}
	if s = tell(t); line(s, "Gi3", 1e9) != appliance.StatePaused || line(s, "Gi3", 1e8) != appliance.StatePaused {
		t.Error("a port that nobody marked is judged")
	}
}

// A port that lost its link says any speed; what it had is compared when it is up again.
func TestAPortWithoutLinkIsNotSlower(t *testing.T) {
	s := tell(t)
	for range 2 {
		s.reading(linked("Gi1", "up"), number("if.speed", "1", "Gi1", 1e9, "bit/s"))
	}
	for range 3 {
		s.reading(linked("Gi1", "down"), number("if.speed", "1", "Gi1", 1e7, "bit/s"))
	}
	if r := s.state("if/1"); r.State != critical || r.Speed != 1e9 || r.Evidence.Why.Key != "monitor.port_down" {
		t.Errorf("%s, %v, %s", r.State, r.Speed, r.Evidence.Why.Key)
	}
}
