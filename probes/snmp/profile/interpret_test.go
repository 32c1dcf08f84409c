package profile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"unicode/utf8"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

func mustSet(t *testing.T, text string) *Set {
	t.Helper()
	s, err := Load(folder(map[string]string{"x.yaml": text}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func num(oid mib.OID, n int64) mib.Varbind {
	return mib.Varbind{OID: oid, Type: mib.Integer, Num: uint64(n)}
}

func str(oid mib.OID, s string) mib.Varbind {
	return mib.Varbind{OID: oid, Type: mib.OctetString, Bytes: []byte(s)}
}

const diskProfile = `
name: disks
title: DISK-MIB
match: [{always: true}]
enums:
  state: {1: fine ok, 2: broken critical, '*': odd warning}
  words: {GOOD: ok, '/fail/': critical}
tables:
  - name: disks
    label: "{name}"
    columns:
      - {name: name, oid: 1.3.9.1.1}
      - {name: state, oid: 1.3.9.1.2, status: disk.status, enum: state}
      - {name: smart, oid: 1.3.9.1.3, status: disk.smart, enum: words}
      - {name: used, oid: 1.3.9.1.4, poll: hot}
      - {name: size, oid: 1.3.9.1.5, poll: cold}
    rows:
      - metrics: [{metric: disk.used_percent, unit: '%', value: 100 * used / size}]
    aggregates:
      - {metric: disk.count, over: count, value: used}
`

func disks() *recording {
	return newRecording([]mib.Varbind{
		str("1.3.9.1.1.1", "Disk 1"), str("1.3.9.1.1.2", "Disk 2"),
		num("1.3.9.1.2.1", 1), num("1.3.9.1.2.2", 2),
		str("1.3.9.1.3.1", "GOOD"), str("1.3.9.1.3.2", "Failing soon"),
		num("1.3.9.1.4.1", 50), num("1.3.9.1.4.2", 75),
		num("1.3.9.1.5.1", 100), num("1.3.9.1.5.2", 300),
	})
}

func TestTablesBecomeValuesAndStatuses(t *testing.T) {
	r := disks()
	reading := mustRead(t, mustPlan(t, mustSet(t, diskProfile), r), r)
	if v := value(reading, "disk.used_percent", "2"); v == nil || v.Number != 25 || v.Label != "Disk 2" || v.Source != "1.3.9.1.4.2" {
		t.Errorf("disk.used_percent/2 = %+v", v)
	}
	if v := value(reading, "disk.count", ""); v == nil || v.Number != 2 {
		t.Errorf("disk.count = %+v", v)
	}
	want := []string{"Disk 1 fine 1", "Disk 2 broken 3"}
	for i, s := range statuses(reading, "disk.status") {
		if got := fmt.Sprint(s.Label, " ", s.Word, " ", s.Severity); got != want[i] {
			t.Errorf("status %d = %q, want %q", i, got, want[i])
		}
	}
	if s := statuses(reading, "disk.smart"); len(s) != 2 || s[1].Severity != appliance.SeverityCritical || s[1].Raw != "Failing soon" {
		t.Errorf("smart = %+v", s)
	}
}

func TestStatusFollowsTheDeviceInBothTypes(t *testing.T) {
	r := disks()
	p := mustPlan(t, mustSet(t, diskProfile), r)
	mustRead(t, p, r)
	for _, c := range []struct {
		answer mib.Varbind
		word   string
	}{
		{num("1.3.9.1.2.1", 2), "broken"}, {num("1.3.9.1.2.1", 7), "odd"}, {str("1.3.9.1.2.1", "gone"), "odd"}, {num("1.3.9.1.2.1", 1), "fine"},
	} {
		hot, _ := r.Get(context.Background(), p.Hot())
		for i := range hot {
			if hot[i].OID == c.answer.OID {
				hot[i] = c.answer
			}
		}
		if s := statuses(p.Interpret(hot, nil), "disk.status"); s[0].Word != c.word {
			t.Errorf("after %+v: %+v, want %s", c.answer, s[0], c.word)
		}
	}
}

func TestWhatIsNotAnsweredIsLeftOutAndSaidToBePartial(t *testing.T) {
	r := disks()
	p := mustPlan(t, mustSet(t, diskProfile), r)
	hot, _ := r.Get(context.Background(), p.Hot())
	for i := range hot {
		if hot[i].OID == "1.3.9.1.4.1" {
			hot[i] = mib.Varbind{OID: hot[i].OID, Type: mib.NoAnswer}
		}
	}
	reading := p.Interpret(hot, nil)
	if !reading.Partial {
		t.Error("a reading with a missing answer is partial")
	}
	if v := value(reading, "disk.used_percent", "1"); v != nil {
		t.Errorf("disk.used_percent/1 = %+v, want none", v)
	}
	if v := value(reading, "disk.used_percent", "2"); v == nil {
		t.Error("disk.used_percent/2 is missing: it was answered")
	}
	if empty := p.Interpret(nil, nil); len(empty.Values) > 1 || !empty.Partial { // the count of rows that are known is 0
		t.Errorf("without answers: %+v", empty)
	}
}

func TestAnswersInAnotherOrderAreFoundByTheirOID(t *testing.T) {
	r := disks()
	p := mustPlan(t, mustSet(t, diskProfile), r)
	hot, _ := r.Get(context.Background(), p.Hot())
	for i, j := 0, len(hot)-1; i < j; i, j = i+1, j-1 {
		hot[i], hot[j] = hot[j], hot[i]
	}
	if v := value(p.Interpret(hot, nil), "disk.used_percent", "2"); v == nil || v.Number != 25 {
		t.Errorf("disk.used_percent/2 = %+v", v)
	}
}

func TestLabelsFollowTheColdAnswers(t *testing.T) {
	r := disks()
	p := mustPlan(t, mustSet(t, diskProfile), r)
	mustRead(t, p, r)
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	for i := range cold {
		if cold[i].OID == "1.3.9.1.1.1" {
			cold[i].Bytes = []byte("Renamed")
		}
	}
	p.Interpret(hot, cold)
	if v := value(p.Interpret(hot, nil), "disk.used_percent", "1"); v == nil || v.Label != "Renamed" {
		t.Errorf("label = %+v", v)
	}
}

func TestGone(t *testing.T) {
	r := portSwitch(2)
	p := mustPlan(t, mustLoad(t), r)
	hot := func(change func(*mib.Varbind)) []mib.Varbind {
		all, _ := r.Get(context.Background(), p.Hot())
		for i := range all {
			change(&all[i])
		}
		return all
	}
	same := func(*mib.Varbind) {}
	steps := []struct {
		name   string
		change func(*mib.Varbind)
		want   bool
	}{
		{"first", same, false},
		{"the same again", same, false},
		{"no answer is not gone", func(v *mib.Varbind) { v.Type = mib.NoAnswer }, false},
		{"an instance is gone", func(v *mib.Varbind) {
			if v.OID == "1.3.6.1.2.1.2.2.1.8.2" {
				v.Type = mib.NoSuchInstance
			}
		}, true},
		{"restarted", func(v *mib.Varbind) {
			if v.OID == "1.3.6.1.2.1.1.3.0" {
				v.Num = 5
			}
		}, true},
	}
	for _, s := range steps {
		if got := p.Gone(hot(s.change)); got != s.want {
			t.Errorf("%s: %v, want %v", s.name, got, s.want)
		}
	}
}

// Two MIBs of one UPS tell the charge: the standard's counts, and the vendor's steps in when that is silent.
func TestTheBetterProfileWinsAndTheOtherStepsIn(t *testing.T) {
	vars := []mib.Varbind{
		{OID: "1.3.6.1.2.1.1.2.0", Type: mib.ObjectID, Bytes: []byte("1.3.6.1.4.1.318.1.3.27")},
		num("1.3.6.1.2.1.33.1.2.1.0", 2), num("1.3.6.1.2.1.33.1.2.4.0", 90),
		num("1.3.6.1.4.1.318.1.1.1.1.1.1.0", 0), num("1.3.6.1.4.1.318.1.1.1.2.2.1.0", 80),
	}
	r := newRecording(vars)
	p := mustPlan(t, mustLoad(t), r)
	hot, _ := r.Get(context.Background(), p.Hot())
	if v := value(p.Interpret(hot, nil), "ups.charge_percent", ""); v == nil || v.Number != 90 {
		t.Errorf("charge = %+v, want 90 of the UPS-MIB", v)
	}
	for i := range hot {
		if hot[i].OID == "1.3.6.1.2.1.33.1.2.4.0" {
			hot[i].Type = mib.NoAnswer
		}
	}
	if v := value(p.Interpret(hot, nil), "ups.charge_percent", ""); v == nil || v.Number != 80 {
		t.Errorf("charge = %+v, want 80 of PowerNet", v)
	}
}

// Two MIBs may call different objects by one name.
func TestAMissingObjectIsNotTakenFromAnotherMIB(t *testing.T) {
	s, err := Load(folder(map[string]string{
		"a.yaml": "name: a\ntitle: A\npriority: 2\nmatch: [{always: true}]\nenums: {e: {2: bad critical}}\nscalars: [{name: state, oid: 1.3.9.1, status: status.a, enum: e}]\n",
		"b.yaml": "name: b\ntitle: B\npriority: 1\nmatch: [{always: true}]\nenums: {e: {2: good ok}}\nscalars: [{name: state, oid: 1.3.9.2, status: status.b, enum: e}]\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := newRecording([]mib.Varbind{num("1.3.9.2.0", 2)})
	reading := mustRead(t, mustPlan(t, s, r), r)
	if len(reading.Statuses) != 1 || reading.Statuses[0].Word != "good" {
		t.Errorf("statuses: %+v, want only good of B", reading.Statuses)
	}
}

// cutShort breaks off each walk, as a slow or looping agent makes the reader do.
type cutShortWalks struct{ *recording }

func (c cutShortWalks) Walk(ctx context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	vars, _ := c.recording.Walk(ctx, columns)
	return vars[:len(vars)/2], fmt.Errorf("30 s are over: %w", mib.ErrPartial)
}

func TestAPartialDiscoveryStillGivesAPlan(t *testing.T) {
	r := cutShortWalks{portSwitch(4)}
	m, err := mustLoad(t).Identify(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Discover(context.Background(), r)
	if p == nil || !errors.Is(err, mib.ErrPartial) || len(p.Hot()) == 0 {
		t.Fatalf("plan %v, error %v", p, err)
	}
}

type deaf struct{}

func (deaf) Get(context.Context, []mib.OID) ([]mib.Varbind, error) {
	return nil, errors.New("no answer")
}
func (deaf) Walk(context.Context, []mib.OID) ([]mib.Varbind, error) {
	return nil, errors.New("no answer")
}

func TestADeviceThatDoesNotAnswerIsAnError(t *testing.T) {
	if m, err := mustLoad(t).Identify(context.Background(), deaf{}); err == nil {
		t.Errorf("match %+v of a device that says nothing", m)
	}
	m, err := mustLoad(t).Named("ups-mib")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := m.Discover(context.Background(), deaf{}); err == nil || p != nil {
		t.Errorf("plan %v, error %v", p, err)
	}
}

// FuzzInterpret answers a plan with arbitrary types and values.
func FuzzInterpret(f *testing.F) {
	f.Add([]byte{2, 0, 4, 1, 0x80, 0}, []byte("text\x00"), uint64(1)<<63)
	f.Add([]byte{0}, []byte{0x9f, 0x78, 4, 0x7f, 0xc0, 0, 0}, uint64(65535))
	f.Add([]byte{6, 64, 65, 66, 67, 68, 70, 128, 129, 130}, []byte("1.3.6"), uint64(0))
	set := mustLoad(f)
	r := newRecording(append(disks().vars, portSwitch(3).vars...))
	for _, v := range []mib.Varbind{num("1.3.6.1.2.1.33.1.2.1.0", 2), num("1.3.6.1.2.1.33.1.2.4.0", 5), str("1.3.6.1.2.1.25.3.5.1.2.1", "\x01"), str("1.3.6.1.2.1.43.11.1.1.6.1.1", "Toner"), num("1.3.6.1.2.1.43.11.1.1.9.1.1", -3)} {
		r = newRecording(append(r.vars, v))
	}
	f.Fuzz(func(t *testing.T, types, octets []byte, n uint64) {
		p := mustPlan(t, set, r)
		answer := func(oids []mib.OID) []mib.Varbind {
			var vars []mib.Varbind
			for i, o := range oids {
				v := mib.Varbind{OID: o, Num: n >> (i % 64), Bytes: octets}
				if len(types) > 0 {
					v.Type = mib.Type(types[i%len(types)])
				}
				if i%7 == 6 {
					v.OID = mib.OID(octets)
				}
				vars = append(vars, v)
			}
			return vars
		}
		hot, cold := answer(p.Hot()), answer(p.Cold())
		p.Gone(hot)
		check(t, p.Interpret(hot, cold))
		check(t, p.Interpret(hot[:len(hot)/2], nil))
		p.Facts(hot, cold)
	})
}

func check(t *testing.T, r appliance.Reading) {
	t.Helper()
	for _, v := range r.Values {
		if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) || !utf8.ValidString(v.Label) || len(v.Label) > maxText {
			t.Fatalf("value %+v", v)
		}
	}
	for _, s := range r.Statuses {
		if !utf8.ValidString(s.Word+s.Raw+s.Label) || s.Raw == "" {
			t.Fatalf("status %+v", s)
		}
	}
	for _, x := range r.Texts {
		if !utf8.ValidString(x.Value) || len(x.Value) > 4*maxText || x.Value == "" {
			t.Fatalf("text %+v", x)
		}
	}
}
