package names_test

import (
	"strings"
	"testing"

	"siteward/embed"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
)

func table(t *testing.T) *names.Table {
	t.Helper()
	n, err := names.New(embed.MIB, names.Object{OID: "1.3.6.1.4.1.318.1.1.1.2.1.1", Name: "upsBasicBatteryStatus", Words: map[int64]string{3: "batteryLow"}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNamesBothWays(t *testing.T) {
	n := table(t)
	for _, c := range []struct{ oid, name, object string }{
		{"1.3.6.1.2.1.1.5.0", "sysName.0", "sysName"},
		{"1.3.6.1.2.1.2.2.1.8.12", "ifOperStatus.12", "ifOperStatus"},
		{"1.3.6.1.4.1.318.1.1.1.2.1.1.0", "upsBasicBatteryStatus.0", "upsBasicBatteryStatus"},
		{"1.3.6.1.4.1.318.9.9", "apc.9.9", ""},
		{"1.3.6.1.4.1.99999.1", "enterprises.99999.1", ""},
		{"2.5.4", "2.5.4", ""},
	} {
		if got := n.Name(mib.OID(c.oid)); got != c.name {
			t.Errorf("%s is called %s, want %s", c.oid, got, c.name)
		}
		if got := n.Object(mib.OID(c.oid)); got != c.object {
			t.Errorf("%s is of object %q, want %q", c.oid, got, c.object)
		}
		if got, err := n.OID(c.name); err != nil || string(got) != c.oid {
			t.Errorf("%s is %s, %v", c.name, got, err)
		}
	}
	if got, err := n.OID(" .1.3.6.1 "); err != nil || got != "1.3.6.1" {
		t.Errorf("%s %v", got, err)
	}
	for _, bad := range []string{"", "noSuchThing", "1", "1.3.6..1", "ifDescr.x", strings.Repeat("1.3", 200)} {
		if got, err := n.OID(bad); err == nil {
			t.Errorf("%q is %s", bad, got)
		}
	}
	if w := n.Word("1.3.6.1.4.1.318.1.1.1.2.1.1.0", 3); w != "batteryLow" {
		t.Errorf("word %q", w)
	}
	if !n.MACIndex("1.3.6.1.2.1.17.4.3.1.2.0.1.2.3.4.5") || n.MACIndex("1.3.6.1.2.1.2.2.1.8.12") {
		t.Error("the index of dot1dTpFdbTable is a hardware address, that of ifTable is none")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.3.6.1.2.1.1 system\n 1 sysDescr a=1 @serial\n")
	f.Add(" 1 x\n")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = names.Parse(strings.NewReader(s)) })
}
