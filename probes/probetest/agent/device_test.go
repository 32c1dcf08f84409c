package agent

import (
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestDeviceSet(t *testing.T) {
	d := NewDevice("", mustOpen(t, "testdata/switch.snmprec"))
	name, added, gone := MustOID("1.3.6.1.2.1.1.5.0"), MustOID("1.3.6.1.2.1.1.7.0"), MustOID("1.3.6.1.2.1.1.1.0")
	d.Set(name, OctetString("renamed"))
	d.Set(added, Integer(72))
	d.Set(added, Integer(2))
	d.Delete(gone)
	for oid, want := range map[OID]string{name: "renamed", added: "2", MustOID("1.3.6.1.4.1.32473.1.5"): "a|b"} {
		if v, ok := d.Get(oid, epoch); !ok || v.Text() != want {
			t.Errorf("%s = %q, %v; want %q", oid, v.Text(), ok, want)
		}
	}
	if _, ok := d.Get(gone, epoch); ok {
		t.Errorf("%s is still there", gone)
	}
	a, err := New(Options{}, d)
	if err != nil {
		t.Fatal(err)
	}
	p := exchange(t, a, gosnmp.GetBulkRequest, []string{".1.3.6.1.2.1.1"}, 6)
	if got := p.Variables[5].Name; got != ".1.3.6.1.2.1.1.7.0" {
		t.Errorf("the added object is not the sixth: %s", got)
	}
	if other := NewDevice("copy", mustOpen(t, "testdata/switch.snmprec")); !has(other, gone) || has(other, added) {
		t.Error("another device of the same recording changed too")
	}
}

func has(d *Device, o OID) bool { _, ok := d.Get(o, epoch); return ok }

func TestDeviceSilence(t *testing.T) {
	d := NewDevice("", mustOpen(t, "testdata/switch.snmprec"))
	a, err := New(Options{}, d)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() bool { return exchange(t, a, gosnmp.GetRequest, []string{".1.3.6.1.2.1.1.5.0"}, 0) != nil }
	for _, silent := range []bool{false, true, false} {
		d.Silence(silent)
		if ask() == silent {
			t.Errorf("silent %v, answered %v", silent, !silent)
		}
	}
	if n := a.Counters(); n.Lost != 1 || n.Answers != 2 {
		t.Errorf("%+v", n)
	}
}

// TestDeviceChangesWhileItIsAsked is for the race detector.
func TestDeviceChangesWhileItIsAsked(t *testing.T) {
	r := mustStart(t, Options{Moving: true}, mustOpen(t, "testdata/switch.snmprec"))
	var group sync.WaitGroup
	for i := range 4 {
		c := mustConnect(t, client(t, r, gosnmp.Version2c, "switch"))
		group.Go(func() {
			for n := range 50 {
				if i == 0 {
					r.Device("switch").Set(MustOID("1.3.6.1.2.1.1.5.0"), OctetString("x"))
					r.Device("switch").Set(MustOID("1.3.6.1.2.1.1.9").Append(uint32(n%3)), Integer(1))
					r.Device("switch").Delete(MustOID("1.3.6.1.2.1.1.9.1"))
				}
				if _, err := c.GetBulk([]string{".1.3.6.1.2.1"}, 0, 20); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestMoving(t *testing.T) {
	rec := MustParse("x", `
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.2.2.1.5.1|66|1000000000
1.3.6.1.2.1.2.2.1.9.1|67|4711
1.3.6.1.2.1.2.2.1.10.1|65|4294967290
1.3.6.1.2.1.2.2.1.14.1|65|0
1.3.6.1.2.1.17.7.1.4.5.1.1.1|66|100
1.3.6.1.2.1.25.3.3.1.2.1|2|50
1.3.6.1.2.1.31.1.1.1.6.1|70|864000000000
1.3.6.1.4.1.32473.2.0|66|23000
1.3.6.1.4.1.32473.3.0|66|4294967295
1.3.6.1.4.1.32473.4.0|2|7
`)
	at := func(seed uint64, after time.Duration) map[string]int64 {
		d := NewDevice("", rec)
		d.Move(epoch, seed)
		out := map[string]int64{}
		for o := range rec.All() {
			v, _ := d.Get(o, epoch.Add(after))
			out[o.String()], _ = v.Int()
		}
		return out
	}
	first, later, again, other := at(1, 0), at(1, time.Hour), at(1, time.Hour), at(2, time.Hour)
	const in32, in64, load, watts = "1.3.6.1.2.1.2.2.1.10.1", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.25.3.3.1.2.1", "1.3.6.1.4.1.32473.2.0"
	still := map[string]bool{
		"1.3.6.1.2.1.2.2.1.5.1": true, "1.3.6.1.2.1.2.2.1.9.1": true, "1.3.6.1.2.1.2.2.1.14.1": true,
		"1.3.6.1.2.1.17.7.1.4.5.1.1.1": true, "1.3.6.1.4.1.32473.3.0": true, "1.3.6.1.4.1.32473.4.0": true,
	}
	for o, v := range rec.All() {
		recorded, _ := v.Int()
		if name := o.String(); first[name] != recorded {
			t.Errorf("%s begins at %d, recorded is %d", name, first[name], recorded)
		} else if still[name] != (later[name] == recorded) {
			t.Errorf("%s goes from %d to %d", name, recorded, later[name])
		} else if later[name] != again[name] {
			t.Errorf("%s is not repeatable: %d and %d", name, later[name], again[name])
		}
	}
	if later["1.3.6.1.2.1.1.3.0"] != 8640000+360000 {
		t.Errorf("sysUpTime after an hour: %d", later["1.3.6.1.2.1.1.3.0"])
	}
	grown := later[in64] - first[in64]
	if rate := grown / 3600; rate < 9_000_000 || rate > 11_000_000 { // it was 10 MB a second until the recording
		t.Errorf("ifHCInOctets grows by %d a second", rate)
	}
	if (first[in32]+grown)%(1<<32) != later[in32] {
		t.Errorf("ifInOctets and ifHCInOctets grow differently: %d to %d, by %d", first[in32], later[in32], grown)
	}
	if later[watts] == other[watts] && later[in64] == other[in64] {
		t.Error("the seed changes nothing")
	}
	if v := later[load]; v < 0 || v > 100 {
		t.Errorf("hrProcessorLoad %d", v)
	}
}

func TestMovingCountersNeverFall(t *testing.T) {
	d := NewDevice("", MustParse("x", "1.3.6.1.2.1.31.1.1.1.6.1|70|86400000\n1.3.6.1.2.1.25.3.3.1.2.1|2|99\n"))
	d.Move(epoch, 3)
	var last int64
	for s := range 4000 {
		now := epoch.Add(time.Duration(s) * time.Second)
		v, _ := d.Get(MustOID("1.3.6.1.2.1.31.1.1.1.6.1"), now)
		n, _ := v.Int()
		if n < last {
			t.Fatalf("after %d s: %d after %d", s, n, last)
		}
		last = n
		if v, _ := d.Get(MustOID("1.3.6.1.2.1.25.3.3.1.2.1"), now); v.Text() > "9" && v.Text() != "100" && len(v.Text()) != 2 {
			t.Fatalf("after %d s a load of %s", s, v.Text())
		}
	}
}
