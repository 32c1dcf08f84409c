package profile

import (
	"context"
	"sync"
	"testing"

	"siteward/appliance"
	"siteward/embed"
	"siteward/internal/peer"
)

// mustLoad loads the profiles that ship.
func mustLoad(tb testing.TB) *Set {
	tb.Helper()
	s, err := shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var shipped = sync.OnceValues(func() (*Set, error) { return Load(embed.Profiles) })

// mustPlan identifies and discovers a recorded device.
func mustPlan(tb testing.TB, s *Set, r *recording) *Plan {
	tb.Helper()
	m, err := s.Identify(context.Background(), r)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := m.Discover(context.Background(), r)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// mustRead polls a recorded device once, hot and cold.
func mustRead(tb testing.TB, p *Plan, r *recording) appliance.Reading {
	tb.Helper()
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	return p.Interpret(hot, cold)
}

// corpus is the path of a recording of the corpus.
func corpus(tb testing.TB, name string) string {
	tb.Helper()
	return peer.Corpus(tb, "snmp", name+".snmprec")
}

func TestInterfacesTakeThe64BitCountersAndFallBack(t *testing.T) {
	s := mustLoad(t)
	for _, c := range []struct {
		name, recording, instance, source string
		kind                              appliance.ValueKind
	}{
		{"ifXTable", "dsm", "3", "1.3.6.1.2.1.31.1.1.1.6.3", appliance.Counter64},
		{"ifTable only", "brother", "1", "1.3.6.1.2.1.2.2.1.10.1", appliance.Counter32},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readRecording(t, corpus(t, c.recording))
			reading := mustRead(t, mustPlan(t, s, r), r)
			for _, v := range reading.Values {
				if v.Metric == "if.in" && v.Instance == c.instance {
					if v.Source != c.source || v.Kind != c.kind || v.Scale != 8 {
						t.Errorf("if.in/%s = %+v, want kind %d of %s", c.instance, v, c.kind, c.source)
					}
					return
				}
			}
			t.Errorf("no if.in/%s", c.instance)
		})
	}
}
