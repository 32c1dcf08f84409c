package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siteward/appliance"
)

// shelf is a store's transaction in memory: numbers counted up, versions checked, references held.
type shelf struct {
	inv  Inventory
	next appliance.ID
	puts int
}

func (s *shelf) Site() (appliance.Site, error) {
	if s.inv.Site == nil {
		return appliance.Site{}, appliance.ErrNotFound
	}
	return *s.inv.Site, nil
}
func (s *shelf) Devices() ([]appliance.Device, error) { return slices.Clone(s.inv.Devices), nil }
func (s *shelf) Checks() ([]appliance.Check, error)   { return slices.Clone(s.inv.Checks), nil }
func (s *shelf) Credentials() ([]appliance.Credential, error) {
	return slices.Clone(s.inv.Credentials), nil
}

func (s *shelf) Coverage() (map[appliance.ID][]appliance.Coverage, error) {
	return maps.Clone(s.inv.Coverage), nil
}

func (s *shelf) PutCoverage(device appliance.ID, list []appliance.Coverage) error {
	s.puts++
	if s.inv.Coverage == nil {
		s.inv.Coverage = map[appliance.ID][]appliance.Coverage{}
	}
	s.inv.Coverage[device] = list
	return nil
}

func (s *shelf) Contract() (appliance.Contract, error) {
	if s.inv.Contract == nil {
		return appliance.Contract{}, appliance.ErrNotFound
	}
	return *s.inv.Contract, nil
}

func (s *shelf) PutContract(c *appliance.Contract) error {
	c.Version++
	kept := *c
	s.inv.Contract = &kept
	return nil
}

func (s *shelf) PutSite(v appliance.Site) error {
	s.puts++
	s.inv.Site = &v
	return nil
}

func put[T any](s *shelf, list *[]T, v *T, id func(*T) (*appliance.ID, *uint64)) error {
	s.puts++
	number, version := id(v)
	if *number == 0 {
		s.next++
		*number, *version = s.next, 1
		*list = append(*list, *v)
		return nil
	}
	for i := range *list {
		if n, stored := id(&(*list)[i]); *n == *number {
			if *stored != *version {
				return appliance.Errorf(appliance.CodeConflict, "version %d is not %d", *version, *stored)
			}
			*version++
			(*list)[i] = *v
			return nil
		}
	}
	return appliance.ErrNotFound
}

func (s *shelf) PutDevice(v *appliance.Device) error {
	for _, id := range v.Parents {
		if !slices.ContainsFunc(s.inv.Devices, func(d appliance.Device) bool { return d.ID == id }) {
			return fmt.Errorf("no parent %d", id)
		}
	}
	return put(s, &s.inv.Devices, v, func(d *appliance.Device) (*appliance.ID, *uint64) { return &d.ID, &d.Version })
}

func (s *shelf) PutCheck(v *appliance.Check) error {
	if !slices.ContainsFunc(s.inv.Devices, func(d appliance.Device) bool { return d.ID == v.Device }) {
		return fmt.Errorf("no device %d", v.Device)
	}
	return put(s, &s.inv.Checks, v, func(c *appliance.Check) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) PutCredential(v *appliance.Credential) error {
	return put(s, &s.inv.Credentials, v, func(c *appliance.Credential) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) DeleteDevice(id appliance.ID) error {
	if slices.ContainsFunc(s.inv.Devices, func(d appliance.Device) bool { return slices.Contains(d.Parents, id) }) {
		return fmt.Errorf("device %d is a parent", id)
	}
	s.inv.Checks = slices.DeleteFunc(s.inv.Checks, func(c appliance.Check) bool { return c.Device == id })
	return drop(&s.inv.Devices, func(d appliance.Device) bool { return d.ID == id })
}

func (s *shelf) DeleteCheck(id appliance.ID) error {
	return drop(&s.inv.Checks, func(c appliance.Check) bool { return c.ID == id })
}

func (s *shelf) DeleteCredential(id appliance.ID) error {
	return drop(&s.inv.Credentials, func(c appliance.Credential) bool { return c.ID == id })
}

func (s *shelf) Sources() ([]appliance.Source, error)       { return slices.Clone(s.inv.Sources), nil }
func (s *shelf) BackupJobs() ([]appliance.BackupJob, error) { return slices.Clone(s.inv.Jobs), nil }

func (s *shelf) PutSource(v *appliance.Source) error {
	return put(s, &s.inv.Sources, v, func(c *appliance.Source) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) PutBackupJob(v *appliance.BackupJob) error {
	return put(s, &s.inv.Jobs, v, func(c *appliance.BackupJob) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) DeleteSource(id appliance.ID) error {
	return drop(&s.inv.Sources, func(c appliance.Source) bool { return c.ID == id })
}

func (s *shelf) DeleteBackupJob(id appliance.ID) error {
	return drop(&s.inv.Jobs, func(c appliance.BackupJob) bool { return c.ID == id })
}

func (s *shelf) MailRelay() (appliance.MailRelay, error)  { return s.inv.Mail, nil }
func (s *shelf) PutMailRelay(r appliance.MailRelay) error { s.inv.Mail = r; return nil }
func (s *shelf) Contacts() ([]appliance.Contact, error)   { return slices.Clone(s.inv.Contacts), nil }
func (s *shelf) Routes() ([]appliance.Route, error)       { return slices.Clone(s.inv.Routes), nil }
func (s *shelf) Windows() ([]appliance.Window, error)     { return slices.Clone(s.inv.Windows), nil }

func (s *shelf) PutContact(v *appliance.Contact) error {
	return put(s, &s.inv.Contacts, v, func(c *appliance.Contact) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) PutRoute(v *appliance.Route) error {
	return put(s, &s.inv.Routes, v, func(c *appliance.Route) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) PutWindow(v *appliance.Window) error {
	return put(s, &s.inv.Windows, v, func(c *appliance.Window) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) DeleteContact(id appliance.ID) error {
	return drop(&s.inv.Contacts, func(c appliance.Contact) bool { return c.ID == id })
}

func (s *shelf) DeleteRoute(id appliance.ID) error {
	return drop(&s.inv.Routes, func(c appliance.Route) bool { return c.ID == id })
}

func (s *shelf) Consumers() ([]appliance.Consumer, error) { return slices.Clone(s.inv.Consumers), nil }

func (s *shelf) PutConsumer(v *appliance.Consumer) error {
	return put(s, &s.inv.Consumers, v, func(c *appliance.Consumer) (*appliance.ID, *uint64) { return &c.ID, &c.Version })
}

func (s *shelf) DeleteConsumer(id appliance.ID) error {
	return drop(&s.inv.Consumers, func(c appliance.Consumer) bool { return c.ID == id })
}

func (s *shelf) DeleteWindow(id appliance.ID) error {
	return drop(&s.inv.Windows, func(c appliance.Window) bool { return c.ID == id })
}

func drop[T any](list *[]T, is func(T) bool) error {
	n := len(*list)
	if *list = slices.DeleteFunc(*list, is); len(*list) == n {
		return appliance.ErrNotFound
	}
	return nil
}

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func apply(tb testing.TB, s *shelf, text string) Changes {
	tb.Helper()
	changes, _, err := Apply(s, mustParse(tb, text), false, monday)
	if err != nil {
		tb.Fatalf("apply: %v", err)
	}
	return changes
}

// TestSiteFieldsHaveOwners: the file owns the fields that it declares, people the others.
func TestSiteFieldsHaveOwners(t *testing.T) {
	s := &shelf{}
	site := appliance.Site{Name: "Apotheke", Language: "de", TimeZone: "Europe/Berlin", Created: monday}
	must(t, s.PutSite(site))
	const file = "site:\n  name: Apotheke\n  hotline: \"030 1\"\n  days_off: []\n"
	if changes := apply(t, s, file); len(changes) != 1 || changes[0].Verb != Update || len(s.inv.Site.Owned) != 1 || s.inv.Site.Owned["hotline"] != "site.yaml" {
		t.Errorf("what was empty becomes the file's, what says the same stays people's: %s %v", changes, s.inv.Site.Owned)
	}
	if changes := apply(t, s, file); len(changes) != 0 {
		t.Errorf("again: %s", changes)
	}
	other := *s.inv.Site
	if other.Name = "Anders"; SiteOwner(*s.inv.Site, other) != "" {
		t.Error("the name is people's")
	}
	if other.Hotline = "030 2"; SiteOwner(*s.inv.Site, other) != "site.yaml" {
		t.Error("the hotline is the file's")
	}
	if _, _, err := Apply(s, mustParse(t, "site:\n  name: Anders\n  hotline: \"030 1\"\n"), false, monday); appliance.CodeOf(err) != appliance.CodeConflict || !strings.Contains(err.Error(), "name: was entered by a person") {
		t.Errorf("err = %v", err)
	}
	if changes := apply(t, s, "take_over: true\n"+file); len(changes) != 1 || changes[0].Verb != TakeOver || len(s.inv.Site.Owned) != 3 {
		t.Errorf("taken over: %s %v", changes, s.inv.Site.Owned)
	}
	if changes := apply(t, s, "site:\n  name: Neu\n"); len(changes) != 1 || s.inv.Site.Name != "Neu" || s.inv.Site.Hotline != "030 1" || len(s.inv.Site.Owned) != 1 {
		t.Errorf("what it declares no longer belongs to people again: %s %+v", changes, s.inv.Site)
	}
	if apply(t, s, "devices: []\n"); len(s.inv.Site.Owned) != 0 {
		t.Errorf("no section: %v", s.inv.Site.Owned)
	}
}

func TestApplyIsIdempotent(t *testing.T) {
	s := &shelf{}
	if changes := apply(t, s, smallSite); len(changes) != 9 { // site, credential, three devices with one, two and one checks
		t.Errorf("first time: %s", changes)
	}
	sw, _ := find(s.inv.Devices, "sw-core", func(d appliance.Device) string { return d.Name })
	gw, _ := find(s.inv.Devices, "gw", func(d appliance.Device) string { return d.Name })
	if sw.Owner != "site.yaml" || !slices.Equal(sw.Parents, []appliance.ID{gw.ID}) || !sw.Created.Equal(monday) {
		t.Errorf("switch = %+v", sw)
	}
	for _, c := range s.inv.Checks {
		if errs := ValidateCheck(c); len(errs) > 0 {
			t.Errorf("stored check is not valid: %s", said(errs))
		}
	}
	before := s.puts
	if changes := apply(t, s, smallSite); len(changes) != 0 || s.puts != before {
		t.Errorf("second time: %s", changes)
	}
	if got := (Changes{}).String(); got != "Nothing to change.\n" {
		t.Errorf("got %q", got)
	}
}

// What was exported, from whatever hand, changes nothing when it is applied again; secrets stay where they are.
func TestApplyOfExportIsNoOp(t *testing.T) {
	s := &shelf{}
	apply(t, s, smallSite)
	must(t, s.PutCredential(&appliance.Credential{Name: "Türen & Tore: \"v2\"", SNMPVersion: "2c", Community: appliance.Secret{Value: "hunter22"}}))
	d := appliance.Device{Name: "#1 yes", Kind: appliance.KindPrinter, Address: "2001:db8::7", Purpose: "Druck: 1. Stock", Parents: []appliance.ID{2},
		Ports:  map[string]appliance.PortRole{"null": appliance.PortUplink, "0x10": appliance.PortImportant},
		Paused: &appliance.Pause{By: "anna", Reason: "move"}}
	must(t, s.PutDevice(&d))
	w := 0.1
	must(t, s.PutCheck(&appliance.Check{Device: d.ID, Name: "smtp", Probe: appliance.ProbeTCP, Interval: appliance.Duration(90 * time.Second), Timeout: appliance.Duration(1500 * time.Millisecond),
		Attempts: 2, TCP: &appliance.TCPSettings{Port: 25, Send: "QUIT\r\n\t\u0001", Expect: "\\221 \"x\""}, Limits: []appliance.Limit{{Metric: "tcp.connect", Warning: &w}, {Metric: "certificate.days", Warning: &w}}}))
	text := Format(s.inv.Export())
	if strings.Contains(string(text), "hunter22") {
		t.Fatalf("the export holds a secret:\n%s", text)
	}
	before := s.puts
	if changes := apply(t, s, string(text)); len(changes) != 0 || s.puts != before {
		t.Errorf("changes: %s\n%s", changes, text)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestApplyChangesAndDeletes(t *testing.T) {
	s := &shelf{}
	apply(t, s, smallSite)
	i := slices.IndexFunc(s.inv.Devices, func(d appliance.Device) bool { return d.Name == "sw-core" })
	s.inv.Devices[i].Paused = &appliance.Pause{By: "anna", Reason: "move"}
	id := s.inv.Devices[i].ID
	changed := strings.NewReplacer("sw-core.example", "192.0.2.2", "  - name: gw\n", "  - name: new\n    kind: firewall\n    address: 192.0.2.9\n    parents: [gw]\n  - name: gw\n",
		"server room, rack A", "cellar", "    credential: office\n", "", "credentials:\n", "credentials:\n").Replace(smallSite)
	changed = changed[:strings.Index(changed, "  - name: intranet")]
	a, b := strings.Index(changed, "credentials:"), strings.Index(changed, "devices:")
	changed = changed[:a] + changed[b:]
	want := `create device new
    + name: new
    + kind: firewall
    + address: 192.0.2.9
    + parents: [gw]
create check new/ping
    + name: ping
    + probe: ping
    + interval: 1m
    + timeout: 3s
change device sw-core
    - address: sw-core.example
    - place: server room, rack A
    + address: 192.0.2.2
    + place: "cellar"
delete check sw-core/snmp
delete device intranet
delete credential office
2 to create, 1 to change, 3 to delete.
`
	want = strings.Replace(want, `"cellar"`, "cellar", 1)
	got, err := Plan(s.inv, mustParse(t, changed), false)
	must(t, err)
	if diff := cmp.Diff(strings.Replace(want, "server room, rack A", `"server room, rack A"`, 1), got.String()); diff != "" {
		t.Errorf("plan: %s", diff)
	}
	apply(t, s, changed)
	sw, _ := find(s.inv.Devices, "sw-core", func(d appliance.Device) string { return d.Name })
	if sw.ID != id || sw.Address != "192.0.2.2" || sw.Paused == nil || len(s.inv.Devices) != 3 || len(s.inv.Checks) != 3 || len(s.inv.Credentials) != 0 {
		t.Errorf("after: %+v", s.inv)
	}
	if changes := apply(t, s, "devices: []"); len(changes) != 4 || len(s.inv.Devices) != 0 || len(s.inv.Site.Owned) != 0 {
		t.Errorf("the empty file: %s", changes)
	}
}

const oneDevice = "devices:\n  - name: NAS\n    kind: nas\n    address: 192.0.2.3\n"

func TestApplyToWhatPersonsOwn(t *testing.T) {
	fresh := func(address string) *shelf {
		s := &shelf{}
		must(t, s.PutDevice(&appliance.Device{Name: "NAS", Kind: appliance.KindNAS, Address: address}))
		must(t, s.PutCheck(&appliance.Check{Device: 1, Name: "ping", Probe: appliance.ProbePing, Interval: DefaultInterval, Timeout: DefaultPingTimeout}))
		return s
	}
	t.Run("the same is left alone", func(t *testing.T) {
		s := fresh("192.0.2.3")
		if changes := apply(t, s, oneDevice); len(changes) != 0 || s.inv.Devices[0].Owner != "" {
			t.Errorf("changes: %s", changes)
		}
	})
	t.Run("something else is a conflict", func(t *testing.T) {
		_, _, err := Apply(fresh("192.0.2.4"), mustParse(t, oneDevice), false, monday)
		if appliance.CodeOf(err) != appliance.CodeConflict || !strings.Contains(err.Error(), "site.yaml:2:5: the device NAS was entered by a person") {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("taken over", func(t *testing.T) {
		s := fresh("192.0.2.4")
		changes := apply(t, s, "take_over: true\n"+oneDevice)
		if len(changes) != 2 || changes[0].Verb != Update || changes[1].Verb != TakeOver || s.inv.Devices[0].Owner != "site.yaml" || s.inv.Checks[0].Owner != "site.yaml" {
			t.Errorf("changes: %s", changes)
		}
	})
	t.Run("a person's check on a device that goes", func(t *testing.T) {
		s := &shelf{}
		apply(t, s, oneDevice)
		must(t, s.PutCheck(&appliance.Check{Device: s.inv.Devices[0].ID, Name: "mine", Probe: appliance.ProbePing}))
		_, _, err := Apply(s, mustParse(t, "devices: []"), false, monday)
		if appliance.CodeOf(err) != appliance.CodeConflict || !strings.Contains(err.Error(), "its check mine was entered by a person") {
			t.Errorf("err = %v", err)
		}
	})
}

func TestPlanNeedsWhatIsNamed(t *testing.T) {
	snmp := "    checks:\n      - probe: snmp\n        snmp: {credential: office}\n"
	for _, c := range []struct{ name, text, want string }{
		{"unknown parent", oneDevice + "    parents: [sw-core]\n", `site.yaml:2:5: parents: there is no device "sw-core"`},
		{"unknown credential", oneDevice + snmp, `site.yaml:6:9: credential: there is no credential "office"`},
		{"kept secret that is not there", "credentials:\n  - name: office\n    snmp_version: 2c\n    community_kept: true\n", "site.yaml:2:5: community_kept: the appliance holds no such secret"},
		{"half a site", "site:\n  language: de\n", "site.yaml:2:3: name: is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Plan(Inventory{}, mustParse(t, c.text), false)
			if _, ok := errors.AsType[*FileError](err); !ok || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestPlanKeepsWhatOthersNeed(t *testing.T) {
	s := &shelf{}
	apply(t, s, "credentials:\n  - {name: office, snmp_version: 2c, community_file: x}\n"+oneDevice)
	must(t, s.PutDevice(&appliance.Device{Name: "printer", Kind: appliance.KindPrinter, Address: "192.0.2.8", Parents: []appliance.ID{2}}))
	must(t, s.PutCheck(&appliance.Check{Device: 4, Name: "snmp", Probe: appliance.ProbeSNMP, SNMP: &appliance.SNMPSettings{Credential: 1}}))
	_, err := Plan(s.inv, mustParse(t, "devices: []"), false)
	for _, want := range []string{"NAS is no longer in the file, but printer is still reached through it", "office is no longer in the file, but the check printer/snmp still uses it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The file closes a circle over a device that a person entered.
func TestPlanCircleOverTheStore(t *testing.T) {
	s := &shelf{}
	must(t, s.PutDevice(&appliance.Device{Name: "NAS", Kind: appliance.KindNAS, Address: "192.0.2.4"}))
	must(t, s.PutDevice(&appliance.Device{Name: "sw", Kind: appliance.KindSwitch, Address: "192.0.2.2", Parents: []appliance.ID{1}}))
	_, err := Plan(s.inv, mustParse(t, oneDevice+"    parents: [SW]\n"), true)
	if err == nil || !strings.Contains(err.Error(), "in a circle") || !strings.HasPrefix(err.Error(), "site.yaml:2:5") {
		t.Errorf("err = %v", err)
	}
}
