package profile

import (
	"context"
	"errors"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

func inventoryOf(t *testing.T, ask mib.Asker) (Inventory, error) {
	t.Helper()
	m, err := mustLoad(t).Identify(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return m.Inventory(context.Background(), ask)
}

func TestInventoriesOfTheCorpus(t *testing.T) {
	for name, want := range map[string]appliance.Part{
		"drac_r640":                 {Kind: appliance.PartDisk, Serial: "ABCDE123456123456", Firmware: "DZ02"},
		"hpe-ilo_5_with_bat_checks": {Kind: appliance.PartDisk, Model: "EH0146FBQDC"},
		"eurostor_es-6642b":         {Kind: appliance.PartDisk, Slot: "SLOT 01", Serial: "MK0371YHJXE0DG"},
		"dsm":                       {Kind: appliance.PartDisk, Slot: "Disk 1", Model: "ST3320620NS"},
		"ios_2960x":                 {Kind: appliance.PartChassis, Serial: "FCW1929B68S"},
		"arubaos-cx_10.07":          {Kind: appliance.PartChassis, Serial: "AB12CD3456"},
	} {
		inv, err := inventoryOf(t, readRecording(t, corpus(t, name)))
		found := false
		for _, p := range inv.Parts {
			found = found || p.Kind == want.Kind && strings.Contains(p.Slot, want.Slot) && strings.Contains(p.Model, want.Model) && strings.Contains(p.Serial, want.Serial)
		}
		if err != nil || !found || !inv.PartsOK {
			t.Errorf("%s: no %+v in %+v (%v)", name, want, inv.Parts, err)
		}
	}
}

func TestPortsOfAnInventoryAreThoseThatTakeACable(t *testing.T) {
	inv, _ := inventoryOf(t, readRecording(t, corpus(t, "windows_svr_2019_1809")))
	for _, p := range inv.Ports {
		if strings.Contains(p.Name, "Miniport") || strings.Contains(p.Name, "Filter") {
			t.Errorf("%s is no port", p.Name)
		}
	}
	inv, _ = inventoryOf(t, readRecording(t, corpus(t, "procurve_e2910")))
	if len(inv.Ports) < 24 {
		t.Errorf("%d ports of a switch with 24", len(inv.Ports))
	}
}

// cutShort ends each walk with an error, after what it read.
type cutAsker struct{ *recording }

func (c cutAsker) Walk(ctx context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	vars, _ := c.recording.Walk(ctx, columns)
	return vars[:len(vars)/2], errors.New("cut")
}

func TestAnInventoryThatWasCutShortSaysSo(t *testing.T) {
	r := readRecording(t, corpus(t, "eurostor_es-6642b"))
	m, err := mustLoad(t).Identify(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := m.Inventory(context.Background(), cutAsker{r})
	if err == nil || inv.PartsOK || inv.SoftwareOK || inv.PortsOK || len(inv.Parts) == 0 {
		t.Errorf("%+v, %v", inv, err)
	}
}
