package storetest

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

var contract = []struct {
	says string
	test func(*testing.T, Store)
}{
	{"there is no site before set-up", siteBeforeSetUp},
	{"a device goes with all that is its own", deviceGoes},
	{"names are taken once, in any case, within their scope", namesOnce},
	{"an old version is refused", oldVersion},
	{"a credential in use stays", credentialInUse},
	{"tokens are found by hash", tokensByHash},
	{"states are as the last batch left them", states},
	{"a batch is stored as a whole", batchWhole},
	{"the journal is newest first and pages both ways", journal},
	{"sessions end", sessions},
	{"the last reading and the identity are kept", readings},
	{"samples come back in their slots", samples},
	{"jobs and small values are kept", jobs},
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantCode(tb testing.TB, what string, err error, code appliance.Code) {
	tb.Helper()
	if got := appliance.CodeOf(err); got != code {
		tb.Errorf("%s: got %v (%q), want %q", what, err, got, code)
	}
}

func device(tb testing.TB, s Store, name string, parents ...appliance.ID) appliance.Device {
	tb.Helper()
	d := appliance.Device{Name: name, Kind: appliance.KindSwitch, Parents: parents}
	must(tb, s.PutDevice(&d))
	return d
}

func check(tb testing.TB, s Store, device appliance.ID, name string) appliance.Check {
	tb.Helper()
	c := appliance.Check{Device: device, Name: name, Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute)}
	must(tb, s.PutCheck(&c))
	return c
}

func siteBeforeSetUp(t *testing.T, s Store) {
	if _, err := s.Site(); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	want := appliance.Site{Name: "Muster GmbH", Language: "de", TimeZone: "Europe/Berlin", Created: Now}
	must(t, s.PutSite(want))
	if got, err := s.Site(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func deviceGoes(t *testing.T, s Store) {
	core := device(t, s, "core")
	edge := device(t, s, "edge", core.ID)
	ping, other := check(t, s, core.ID, "ping"), check(t, s, edge.ID, "ping")
	must(t, s.Record(store.Batch{At: Now, States: []appliance.StateRecord{
		{StateKey: appliance.StateKey{Check: ping.ID, Item: "answer"}, Device: core.ID},
		{StateKey: appliance.StateKey{Check: other.ID, Item: "answer"}, Device: edge.ID},
	}}))
	must(t, s.PutSnapshot(ping.ID, appliance.Reading{Check: ping.ID}))
	must(t, s.DeleteDevice(core.ID))
	_, err := s.Device(core.ID)
	wantCode(t, "the device", err, appliance.CodeNotFound)
	_, err = s.Check(ping.ID)
	wantCode(t, "its check", err, appliance.CodeNotFound)
	_, err = s.Snapshot(ping.ID)
	wantCode(t, "its last reading", err, appliance.CodeNotFound)
	wantCode(t, "a second time", s.DeleteDevice(core.ID), appliance.CodeNotFound)
	if got, err := s.States(); err != nil || len(got) != 1 || got[0].Check != other.ID {
		t.Errorf("states %+v, %v", got, err)
	}
	if got, err := s.Device(edge.ID); err != nil || len(got.Parents) != 0 || got.Version != 2 {
		t.Errorf("the child still has its parent: %+v, %v", got, err)
	}
	if got, err := s.ChecksOf(edge.ID); err != nil || len(got) != 1 {
		t.Errorf("checks of the other device: %+v, %v", got, err)
	}
	if d := device(t, s, "core"); d.ID == core.ID {
		t.Error("the number of a removed device was given again")
	}
}

func namesOnce(t *testing.T, s Store) {
	a, b := device(t, s, "Alpha"), device(t, s, "Beta")
	wantCode(t, "a second device", s.PutDevice(&appliance.Device{Name: "ALPHA"}), appliance.CodeConflict)
	check(t, s, a.ID, "ping")
	check(t, s, b.ID, "ping") // names of checks are unique within a device
	wantCode(t, "a second check", s.PutCheck(&appliance.Check{Device: a.ID, Name: "Ping"}), appliance.CodeConflict)
	wantCode(t, "a check of no device", s.PutCheck(&appliance.Check{Device: 99, Name: "ping"}), appliance.CodeNotFound)
	must(t, s.PutUser(&appliance.User{Name: "Anna"}))
	if got, err := s.UserByName("aNNa"); err != nil || got.Name != "Anna" {
		t.Errorf("user: %+v, %v", got, err)
	}
	wantCode(t, "a second user", s.PutUser(&appliance.User{Name: "anna"}), appliance.CodeConflict)
	if got, err := s.DeviceByName("beta"); err != nil || got.ID != b.ID {
		t.Errorf("device: %+v, %v", got, err)
	}
	b.Name = "Gamma"
	must(t, s.PutDevice(&b))
	_, err := s.DeviceByName("beta")
	wantCode(t, "the old name", err, appliance.CodeNotFound)
	device(t, s, "beta")
}

func oldVersion(t *testing.T, s Store) {
	d := device(t, s, "a")
	mine, theirs := d, d
	theirs.Place = "rack A"
	must(t, s.PutDevice(&theirs))
	mine.Place = "rack B"
	wantCode(t, "my change of the old version", s.PutDevice(&mine), appliance.CodeConflict)
	if mine.Version != d.Version {
		t.Error("a refused change counts the version up")
	}
	if got, _ := s.Device(d.ID); got.Place != "rack A" {
		t.Errorf("place %q", got.Place)
	}
}

func credentialInUse(t *testing.T, s Store) {
	c := appliance.Credential{Name: "public", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}
	must(t, s.PutCredential(&c))
	d := device(t, s, "a")
	k := appliance.Check{Device: d.ID, Name: "snmp", Probe: appliance.ProbeSNMP, SNMP: &appliance.SNMPSettings{Credential: c.ID}}
	must(t, s.PutCheck(&k))
	wantCode(t, "while in use", s.DeleteCredential(c.ID), appliance.CodeConflict)
	must(t, s.DeleteCheck(k.ID))
	must(t, s.DeleteCredential(c.ID))
}

func tokensByHash(t *testing.T, s Store) {
	a := appliance.Token{Name: "grafana", Hash: []byte{1, 2, 3}, Expires: Now.AddDate(1, 0, 0)}
	must(t, s.PutToken(&a))
	a.Used = Now
	must(t, s.PutToken(&a))
	if got, err := s.TokenByHash([]byte{1, 2, 3}); err != nil || got.ID != a.ID || !got.Used.Equal(Now) {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err := s.TokenByHash([]byte{1, 2})
	wantCode(t, "part of a hash", err, appliance.CodeNotFound)
	_, err = s.TokenByHash(nil)
	wantCode(t, "no hash", err, appliance.CodeNotFound)
}

func states(t *testing.T, s Store) {
	record := func(item string, state appliance.State, seen time.Time) appliance.StateRecord {
		return appliance.StateRecord{StateKey: appliance.StateKey{Check: 3, Item: item}, State: state, Since: Now, Seen: seen}
	}
	must(t, s.Record(store.Batch{At: Now, States: []appliance.StateRecord{record("b", appliance.StateOK, Now), record("a", appliance.StateOK, Now)}}))
	later := Now.Add(time.Minute)
	must(t, s.Record(store.Batch{At: later, States: []appliance.StateRecord{record("b", appliance.StateOK, later)}, Gone: []appliance.StateKey{{Check: 3, Item: "a"}}}))
	got, err := s.States()
	must(t, err)
	if len(got) != 1 || !got[0].Seen.Equal(later) {
		t.Fatalf("got %+v", got)
	}
	got[0].Ack = &appliance.Ack{By: "anna", At: later}
	must(t, s.PutState(got[0]))
	if again, _ := s.States(); again[0].Ack == nil {
		t.Error("the acknowledgement is lost")
	}
}

func batchWhole(t *testing.T, s Store) {
	infos := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m"}, Step: time.Minute}}
	must(t, s.SeriesFor(infos))
	events := []appliance.Event{{At: Now, Kind: appliance.EventState, Device: 1}, {At: Now, Kind: appliance.EventState, Device: 2}}
	must(t, s.Record(store.Batch{
		At: Now, Events: events,
		Samples: []appliance.Sample{{Series: infos[0].ID, Number: 4}, {Series: infos[0].ID + 1, Number: 5}, {Series: infos[0].ID, Number: math.NaN()}},
		States:  []appliance.StateRecord{{StateKey: appliance.StateKey{Check: 1, Item: "answer"}}},
	}))
	if events[0].Seq != 1 || events[1].Seq != 2 {
		t.Errorf("numbers %d and %d", events[0].Seq, events[1].Seq)
	}
	c, err := s.Read(infos[0].ID, Now, Now.Add(time.Minute))
	if err != nil || len(c.Number) != 1 || c.Number[0] != 4 {
		t.Errorf("samples %+v, %v", c, err)
	}
}

func journal(t *testing.T, s Store) {
	for i := range 20 {
		kind := appliance.EventState
		if i%2 == 1 {
			kind = appliance.EventAudit
		}
		must(t, s.Append([]appliance.Event{{At: Now.Add(time.Duration(i) * time.Minute), Kind: kind, Device: appliance.ID(i%3 + 1), Check: appliance.ID(i%4 + 1)}}))
	}
	for name, c := range map[string]struct {
		filter store.EventFilter
		want   []uint64
	}{
		"the newest":    {store.EventFilter{Limit: 3}, []uint64{20, 19, 18}},
		"older ones":    {store.EventFilter{Before: 18, Limit: 2}, []uint64{17, 16}},
		"newer ones":    {store.EventFilter{After: 18}, []uint64{20, 19}},
		"of a kind":     {store.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}, Limit: 2}, []uint64{20, 18}},
		"of a device":   {store.EventFilter{Device: 1, Limit: 3}, []uint64{19, 16, 13}},
		"older of it":   {store.EventFilter{Device: 1, Before: 16, Limit: 2}, []uint64{13, 10}},
		"newer of it":   {store.EventFilter{Device: 1, After: 13}, []uint64{19, 16}},
		"of a check":    {store.EventFilter{Check: 2, Limit: 2}, []uint64{18, 14}},
		"since a time":  {store.EventFilter{Since: Now.Add(18 * time.Minute)}, []uint64{20, 19}},
		"before all":    {store.EventFilter{Before: 1}, nil},
		"of no device":  {store.EventFilter{Device: 9}, nil},
		"of two kinds":  {store.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit, appliance.EventState}, Limit: 2}, []uint64{20, 19}},
		"both together": {store.EventFilter{Device: 2, Kinds: []appliance.EventKind{appliance.EventAudit}, Limit: 2}, []uint64{20, 14}},
	} {
		got, err := s.Events(c.filter)
		must(t, err)
		var seqs []uint64
		for _, e := range got {
			seqs = append(seqs, e.Seq)
		}
		if len(seqs) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, seqs, c.want)
			continue
		}
		for i := range seqs {
			if seqs[i] != c.want[i] {
				t.Errorf("%s: got %v, want %v", name, seqs, c.want)
				break
			}
		}
	}
}

func sessions(t *testing.T, s Store) {
	must(t, s.Commit("old", []byte("1"), Now.Add(-time.Second)))
	must(t, s.Commit("new", []byte("2"), Now.Add(time.Hour)))
	if _, found, err := s.Find("old"); found || err != nil {
		t.Errorf("an expired session: %v, %v", found, err)
	}
	if b, found, err := s.Find("new"); !found || err != nil || string(b) != "2" {
		t.Errorf("a session: %q, %v, %v", b, found, err)
	}
	if all, err := s.All(); err != nil || len(all) != 1 || string(all["new"]) != "2" {
		t.Errorf("all: %v, %v", all, err)
	}
	must(t, s.Delete("new"))
	must(t, s.Delete("never there"))
	if _, found, err := s.Find("new"); found || err != nil {
		t.Errorf("an ended session: %v, %v", found, err)
	}
	if all, err := s.All(); err != nil || all == nil {
		t.Errorf("none left must be an empty map: %v, %v", all, err)
	}
}

func readings(t *testing.T, s Store) {
	d := device(t, s, "a")
	c := check(t, s, d.ID, "snmp")
	_, err := s.Snapshot(c.ID)
	wantCode(t, "before the first reading", err, appliance.CodeNotFound)
	must(t, s.PutSnapshot(c.ID, appliance.Reading{Check: c.ID, At: Now, Texts: []appliance.Text{{Name: "if.name", Value: "Port 1"}}}))
	if got, err := s.Snapshot(c.ID); err != nil || len(got.Texts) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	must(t, s.PutIdentity(d.ID, appliance.Identity{Vendor: "Example", Seen: Now}))
	must(t, s.PutIdentity(d.ID, appliance.Identity{Vendor: "Example", Model: "X", Seen: Now}))
	if got, err := s.Identities(); err != nil || got[d.ID].Model != "X" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func samples(t *testing.T, s Store) {
	infos := []appliance.SeriesInfo{
		{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m", Instance: "1"}, Unit: "B", Step: time.Minute},
		{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m", Instance: "2"}, Step: 10 * time.Second},
		{SeriesKey: appliance.SeriesKey{Check: 2, Metric: "m"}, Step: 24 * time.Hour},
	}
	must(t, s.SeriesFor(infos))
	again := append([]appliance.SeriesInfo{}, infos...)
	for i := range again {
		again[i].ID = 0
	}
	must(t, s.SeriesFor(again))
	if again[0].ID != infos[0].ID || infos[0].ID == 0 || infos[0].ID == infos[1].ID {
		t.Fatalf("numbers %v and %v", infos, again)
	}
	for i := range 20 {
		must(t, s.Record(store.Batch{At: Now.Add(time.Duration(i)*time.Minute + 7*time.Second), Samples: []appliance.Sample{
			{Series: infos[0].ID, Number: float64(i)}, {Series: infos[1].ID, Number: float64(i) / 4}, {Series: infos[2].ID, Number: 3},
		}}))
	}
	c, err := s.Read(infos[0].ID, Now, Now.Add(25*time.Minute))
	must(t, err)
	if len(c.Number) != 25 || c.Number[19] != 19 || !math.IsNaN(c.Number[20]) || !c.Start.Equal(Now) || c.Step != time.Minute {
		t.Errorf("got %+v", c)
	}
	c, err = s.Read(infos[1].ID, Now, Now.Add(20*time.Minute))
	must(t, err)
	if len(c.Number) != 120 || c.Number[6*19] != 4.75 || !math.IsNaN(c.Number[1]) {
		t.Errorf("got %+v", c)
	}
	c, err = s.Read(infos[2].ID, Now.AddDate(0, 0, -1), Now.AddDate(0, 0, 1))
	must(t, err)
	if len(c.Number) != 3 || c.Number[1] != 3 {
		t.Errorf("a daily series: %+v", c)
	}
	c, err = s.ReadThinned(infos[0].ID, Now, Now.Add(20*time.Minute), 2)
	must(t, err)
	if len(c.Number) != 2 || c.Number[0] != 4.5 || c.Min[1] != 10 || c.Max[1] != 19 {
		t.Errorf("thinned: %+v", c)
	}
	_, err = s.Read(99, Now, Now)
	wantCode(t, "an unknown series", err, appliance.CodeNotFound)
	all, err := s.Series(1)
	must(t, err)
	if len(all) != 2 || all[0].Unit != "B" || !all[0].Last.Equal(Now.Add(19*time.Minute)) {
		t.Errorf("series %+v", all)
	}
}

func jobs(t *testing.T, s Store) {
	must(t, s.PutJobRun(appliance.JobRun{Name: "backup", Began: Now, Error: "no room"}))
	must(t, s.PutJobRun(appliance.JobRun{Name: "backup", Began: Now.Add(time.Hour)}))
	must(t, s.PutJobRun(appliance.JobRun{Name: "archive", Began: Now}))
	if got, err := s.Jobs(); err != nil || len(got) != 2 || got[1].Error != "" {
		t.Errorf("jobs %+v, %v", got, err)
	}
	if got, err := s.Meta("x"); err != nil || got != nil {
		t.Errorf("a value that is not there: %v, %v", got, err)
	}
	must(t, s.PutMeta("x", []byte{1, 2}))
	if got, err := s.Meta("x"); err != nil || !bytes.Equal(got, []byte{1, 2}) {
		t.Errorf("a value: %v, %v", got, err)
	}
	must(t, s.PutMeta("x", nil))
	if got, err := s.Meta("x"); err != nil || got != nil {
		t.Errorf("a removed value: %v, %v", got, err)
	}
}
