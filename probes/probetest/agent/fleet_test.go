package agent

import (
	"context"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// TestFleet has a hundred copies of a switch, each at its own address or port, and asks each for its name.
func TestFleet(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	for name, l := range map[string]Layout{
		"addresses": {Listen: "127.77.0.1:0", PerAddress: true, Repeat: 100, Community: "public"},
		"ports":     {Listen: "127.0.0.1:0", PerPort: true, Repeat: 100, Community: "public"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Listen(l, Options{Moving: true}, rec)
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			done := make(chan error)
			go func() { done <- f.Run(ctx) }()
			f.Endpoints[99].Agent.Device("switch").Set(MustOID("1.3.6.1.2.1.1.5.0"), OctetString("the last"))
			for i, e := range f.Endpoints {
				for _, community := range []string{"public", "switch"} {
					c := mustConnect(t, &gosnmp.GoSNMP{Target: e.Addr.Addr().String(), Port: e.Addr.Port(), Version: gosnmp.Version2c, Community: community, Timeout: 3e9})
					p, err := c.Get([]string{".1.3.6.1.2.1.1.5.0"})
					if err != nil {
						t.Fatal(err)
					}
					if got := string(p.Variables[0].Value.([]byte)); (got == "the last") != (i == 99) {
						t.Errorf("%s is %q", e.Addr, got)
					}
				}
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := f.Counters(); n.Answers != 200 || n.Requests != 200 || n.Get != 200 {
				t.Errorf("%+v", n)
			}
		})
	}
}

func TestFleetOnOneSocket(t *testing.T) {
	f, err := Listen(Layout{Listen: "127.0.0.1:0", Repeat: 2}, Options{}, mustOpen(t, "testdata/switch.snmprec"), MustParse("b", "1.3.6.1|2|1"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if names := f.Endpoints[0].Agent.Names(); len(f.Endpoints) != 1 || len(names) != 4 || names[0] != "b-1" || names[3] != "switch-2" {
		t.Errorf("%d sockets, %v", len(f.Endpoints), names)
	}
}

func TestFleetRefuses(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	for name, l := range map[string]Layout{
		"no address":         {Listen: "nowhere"},
		"both":               {Listen: "127.0.0.1:0", PerAddress: true, PerPort: true},
		"foreign address":    {Listen: "192.0.2.1:0"},
		"past the last port": {Listen: "127.0.0.1:65535", PerPort: true, Repeat: 2},
	} {
		if f, err := Listen(l, Options{}, rec); err == nil {
			f.Close()
			t.Errorf("%s is taken", name)
		}
	}
}
