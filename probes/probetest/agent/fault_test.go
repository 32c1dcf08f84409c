package agent

import (
	"slices"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// walk follows GETNEXT from a root as a trusting manager does, for at most n steps.
func walk(r *Recording, next func(*Recording, OID) (OID, Value, bool), root string, n int) (oids []string, octets int) {
	o := MustOID(root)
	for range n {
		var v Value
		var ok bool
		if o, v, ok = next(r, o); !ok || !o.HasPrefix(MustOID(root)) {
			break
		}
		oids = append(oids, o.String())
		octets += len(v.Octets)
	}
	return oids, octets
}

func TestFaultyWalks(t *testing.T) {
	var rows []Object
	for i := range uint32(40) {
		rows = append(rows, Object{MustOID("1.3.6.1.2.1.2.2.1.2").Append(i + 1), OctetString("port")})
	}
	r := NewRecording("x", append(rows, Object{MustOID("1.3.6.1.2.1.2.2.1.3.1"), Integer(6)}))
	const root = "1.3.6.1.2.1.2.2.1.2"

	loop, _ := walk(r, nextLoop, root, 500)
	if len(loop) != 500 || slices.Index(loop[1:], loop[0]) != 3 {
		t.Errorf("loop: %d steps, %v", len(loop), loop[:min(len(loop), 9)])
	}
	same, _ := walk(r, nextSame, root, 50)
	if len(same) != 50 || same[0] != root {
		t.Errorf("same: %v", same)
	}
	endless, _ := walk(r, nextEndless, root, 5000)
	for i := 1; i < len(endless); i++ {
		if MustOID(endless[i-1]).Compare(MustOID(endless[i])) >= 0 {
			t.Fatalf("endless: %s after %s", endless[i], endless[i-1])
		}
	}
	if len(endless) != 5000 {
		t.Errorf("endless ended after %d", len(endless))
	}
	if huge, octets := walk(r, nextHuge, root, 5000); octets != 10_000_000 {
		t.Errorf("huge: %d octets in %d values", octets, len(huge))
	}
	decreasing, _ := walk(r, nextDecreasing, root, 500)
	if len(decreasing) != 40 || decreasing[0] != root+".40" || decreasing[39] != root+".1" {
		t.Errorf("decreasing: %v", decreasing)
	}
}

// TestFaultsOverTheWire asks each evil agent and looks at what a manager gets.
func TestFaultsOverTheWire(t *testing.T) {
	const name = ".1.3.6.1.2.1.1.5.0"
	for fault, check := range map[Fault]func(p *answered, raw []byte) bool{
		"":              func(p *answered, _ []byte) bool { return string(p.Variables[0].Value.([]byte)) == "switch-1" },
		FaultSilent:     func(_ *answered, raw []byte) bool { return raw == nil },
		FaultTruncate:   func(_ *answered, raw []byte) bool { _, _, _, ok := readTLV(raw); return !ok && len(raw) > 10 },
		FaultGarbage:    func(p *answered, raw []byte) bool { return p == nil && raw[0] == berSequence },
		FaultWrongID:    func(p *answered, _ []byte) bool { return p.RequestID == 1234567^1 && len(p.Variables) == 1 },
		FaultEmpty:      func(p *answered, _ []byte) bool { return len(p.Variables) == 0 && p.Error == gosnmp.NoError },
		FaultType:       func(p *answered, _ []byte) bool { return p.Variables[0].Value == -5 },
		FaultHuge:       func(p *answered, _ []byte) bool { return len(p.Variables[0].Value.([]byte)) == hugeValue },
		FaultSame:       func(p *answered, _ []byte) bool { return p.Variables[0].Name == name },
		FaultLoop:       func(p *answered, _ []byte) bool { return p.Variables[0].Name == name },
		FaultEndless:    func(p *answered, _ []byte) bool { return p.Variables[0].Name == name },
		FaultDecreasing: func(p *answered, _ []byte) bool { return p.Variables[0].Name == name },
	} {
		a, err := New(Options{Fault: fault}, NewDevice("", mustOpen(t, "testdata/switch.snmprec")))
		if err != nil {
			t.Fatal(err)
		}
		in := mustEncode(t, gosnmp.Version2c, gosnmp.GetRequest, []string{name}, 0)
		raw := (&responder{agent: a}).respond(in, time.Unix(0, 0))
		var p *answered
		if decoded, err := (&gosnmp.GoSNMP{Version: gosnmp.Version2c}).SnmpDecodePacket(raw); err == nil {
			p = &answered{decoded, len(raw)}
		}
		if !check(p, raw) {
			t.Errorf("%s: %v, %x", fault, p, raw[:min(len(raw), 80)])
		}
	}
}

func TestParseFault(t *testing.T) {
	for _, name := range append(FaultNames(), "") {
		if f, err := ParseFault(name); err != nil || string(f) != name {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := ParseFault("rude"); err == nil {
		t.Error("rude is no fault")
	}
}

// TestMade holds the arithmetic of invented OIDs at its edges.
func TestMade(t *testing.T) {
	for from, want := range map[string]uint32{"1.3": 0, "2.4294967295": 0, "1.3.6.3999999999": 0, "1.3.6.4000000000": 1, "1.3.6.4000000009": 10} {
		if _, n := made(MustOID(from)); n != want {
			t.Errorf("%s: %d, want %d", from, n, want)
		}
	}
	if root, n := made(""); root != "" || n != 0 {
		t.Errorf("nothing: %q, %d", root, n)
	}
}
