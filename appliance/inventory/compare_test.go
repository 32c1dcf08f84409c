package inventory

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

var day = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func disk(slot, serial string) appliance.Part {
	return appliance.Part{Kind: appliance.PartDisk, Slot: slot, Model: "ST4000", Serial: serial}
}

func full(parts ...appliance.Part) Reading { return Reading{At: day, Parts: parts, PartsOK: true} }

func said(news []appliance.Event) string {
	var out []string
	for _, e := range news {
		out = append(out, e.Message.English)
	}
	return strings.Join(out, "; ")
}

func TestAFirstReadingIsNoNews(t *testing.T) {
	got, news := Merge(appliance.Inventory{}, full(disk("Disk 1", "A"), disk("Disk 2", "B")))
	if len(news) != 0 || len(got.Parts) != 2 || !got.First.Equal(day) {
		t.Errorf("%v, %+v", said(news), got)
	}
}

func TestADiskThatWasReplacedIsTold(t *testing.T) {
	was, _ := Merge(appliance.Inventory{}, full(disk("Disk 1", "A"), disk("Disk 3", "C")))
	got, news := Merge(was, full(disk("Disk 1", "A"), disk("Disk 3", "D")))
	if said(news) != "part Disk 3 replaced: C -> D" || news[0].Message.Key != "event.part_replaced" {
		t.Errorf("%s", said(news))
	}
	if got.Parts[1].Serial != "D" {
		t.Errorf("%+v", got.Parts)
	}
}

func TestAReadingThatMissesThingsIsNoChange(t *testing.T) {
	was, _ := Merge(appliance.Inventory{}, full(disk("Disk 1", "A"), disk("Disk 2", "B")))
	for name, r := range map[string]Reading{
		"nothing told":      {At: day, PartsOK: true},
		"not complete":      {At: day, Parts: []appliance.Part{disk("Disk 1", "A")}},
		"a serial missing":  full(disk("Disk 1", "A"), disk("Disk 2", "")),
		"blanks and case":   full(disk("Disk 1", " a"), disk("Disk 2", "b ")),
		"missed once":       full(disk("Disk 1", "A")),
		"the same one more": full(disk("Disk 1", "A"), disk("Disk 2", "B"), disk("Disk 2", "B")),
	} {
		got, news := Merge(was, r)
		if len(news) != 0 || len(got.Parts) != 2 || got.Parts[1].Serial != "B" && name != "blanks and case" {
			t.Errorf("%s: %s, %+v", name, said(news), got.Parts)
		}
	}
}

func TestAThingIsGoneAfterSeveralCompleteReadings(t *testing.T) {
	inv, _ := Merge(appliance.Inventory{}, full(disk("Disk 1", "A"), disk("Disk 2", "B")))
	var news []appliance.Event
	for i := range Patience {
		if len(news) != 0 {
			t.Fatalf("told after %d readings", i)
		}
		inv, news = Merge(inv, full(disk("Disk 1", "A")))
	}
	if said(news) != "part Disk 2 removed" || len(inv.Parts) != 1 {
		t.Errorf("%s, %+v", said(news), inv.Parts)
	}
}

func TestADayOfUpdatesIsOneLine(t *testing.T) {
	list := func(version string) (all []appliance.Software) {
		for i := range 40 {
			all = append(all, appliance.Software{Name: fmt.Sprintf("lib%d", i), Version: version})
		}
		return all
	}
	was, _ := Merge(appliance.Inventory{}, Reading{At: day, Software: list("1.0"), SoftwareOK: true})
	_, news := Merge(was, Reading{At: day, Software: list("1.1"), SoftwareOK: true})
	if len(news) != 1 || news[0].Message.Args["n"] != 40 || news[0].Message.Key != "event.software_updated_many" {
		t.Errorf("%d: %s", len(news), said(news))
	}
}

func TestAPortThatIsSwitchedOffIsTold(t *testing.T) {
	was, _ := Merge(appliance.Inventory{}, Reading{At: day, Ports: []appliance.InventedPort{{Name: "7"}}, PortsOK: true})
	_, news := Merge(was, Reading{At: day, Ports: []appliance.InventedPort{{Name: "7", Off: true}}, PortsOK: true})
	if said(news) != "port 7 off" {
		t.Errorf("%s", said(news))
	}
}

func TestSoftwareIsTakenApart(t *testing.T) {
	for text, want := range map[string]string{
		"bash_5.2.15-2+b2_amd64":                         "bash|5.2.15-2+b2",
		"openssl-libs-3.0.7-24.el9.x86_64":               "openssl-libs|3.0.7-24.el9",
		"7-Zip 19.00 (x64)":                              "7-Zip (x64)|19.00",
		"Microsoft Visual C++ 2015-2022 Redistributable": "Microsoft Visual C++ 2015-2022 Redistributable|",
		"Veeam Agent for Microsoft Windows":              "Veeam Agent for Microsoft Windows|",
		"curl-8.5.0":                                     "curl|8.5.0",
		"Microsoft .NET Runtime - 6.0.36 (x64)":          "Microsoft .NET Runtime (x64)|6.0.36",
		"":                                               "|",
	} {
		got := ParseSoftware(text)
		if got.Name+"|"+got.Version != want {
			t.Errorf("%q: %q, want %q", text, got.Name+"|"+got.Version, want)
		}
	}
}

func FuzzParseSoftware(f *testing.F) {
	f.Add("bash_5.2.15-2+b2_amd64")
	f.Fuzz(func(t *testing.T, text string) {
		if got := ParseSoftware(text); len(got.Name)+len(got.Version) > len(text) {
			t.Errorf("%q grew: %+v", text, got)
		}
	})
}

func TestThingsStandInNaturalOrder(t *testing.T) {
	if natural("disk\x00Disk 2", "disk\x00Disk 10") >= 0 || natural("a", "b") >= 0 || natural("Port 07", "Port 7") != 0 {
		t.Error("Disk 10 stands before Disk 2")
	}
}
