package topology

import (
	"reflect"
	"testing"

	"siteward/appliance"
)

const (
	router appliance.ID = iota + 1
	core
	access
	nas
	printer
)

// site is a router, a core switch, an access switch that announce each other, and two devices that announce nothing.
func site() Input {
	mac := func(n byte) string { return "00:1b:2c:00:00:0" + string('0'+n) }
	port := func(index string) appliance.NetPort { return appliance.NetPort{Index: index, Name: "port " + index} }
	ports := []appliance.NetPort{port("1"), port("2"), port("3"), port("4")}
	dev := func(id appliance.ID, name string, kind appliance.Kind) Device {
		return Device{ID: id, Name: name, Kind: kind, Marks: appliance.Marks{MACs: []string{mac(byte(id))}}}
	}
	told := func(at, chassis, there string) appliance.Neighbour {
		return appliance.Neighbour{By: "lldp", Port: at, Chassis: chassis, PortID: there, Abilities: []string{"bridge"}}
	}
	all := func(at string, ids ...byte) (out []appliance.ForwardEntry) {
		for _, id := range ids {
			out = append(out, appliance.ForwardEntry{MAC: mac(id), Port: at})
		}
		return out
	}
	return Input{
		Devices: []Device{dev(router, "fw", appliance.KindFirewall), dev(core, "sw-core", appliance.KindSwitch), dev(access, "sw-dach", appliance.KindSwitch), dev(nas, "nas", appliance.KindNAS), dev(printer, "printer", appliance.KindPrinter)},
		Tables: []appliance.NeighbourTables{
			{Device: core, Chassis: mac(2), Ports: ports, Told: []appliance.Neighbour{told("1", mac(1), "port 4"), told("2", mac(3), "port 1")},
				Forwards: append(append(all("1", 1), all("2", 3, 5)...), all("3", 4)...)},
			{Device: access, Chassis: mac(3), Ports: ports, Told: []appliance.Neighbour{told("1", mac(2), "port 2")}, Forwards: append(all("1", 1, 2, 4), all("3", 5)...)},
			{Device: router, Chassis: mac(1), Ports: ports, Resolved: []appliance.ARPEntry{{Address: "10.0.0.5", MAC: mac(5)}}},
		},
	}
}

func TestCablesAreFound(t *testing.T) {
	t.Parallel()
	got := Build(site())
	want := []appliance.Link{
		{Device: core, Port: "port 1", Parent: router, PortThere: "port 4", By: "lldp"},
		{Device: access, Port: "port 1", Parent: core, PortThere: "port 2", By: "lldp"},
		{Device: nas, Parent: core, PortThere: "port 3", By: "fdb"},
		{Device: printer, Parent: access, PortThere: "port 3", By: "fdb"},
	}
	if got.Root != router || !reflect.DeepEqual(got.Links, want) {
		t.Errorf("root %d, links\n%+v, want\n%+v", got.Root, got.Links, want)
	}
}

func TestRootIsWhereTheApplianceIsPluggedIn(t *testing.T) {
	t.Parallel()
	in := site()
	in.Own = []string{"00:1b:2c:00:00:99"}
	in.Tables[1].Forwards = append(in.Tables[1].Forwards, appliance.ForwardEntry{MAC: in.Own[0], Port: "4"})
	if got := Build(in); got.Root != access {
		t.Errorf("root %d, want the access switch", got.Root)
	}
}

func TestWaysAreProposedAndNothingDeclaredIsTouched(t *testing.T) {
	t.Parallel()
	in := site()
	devices := []appliance.Device{}
	for _, d := range in.Devices {
		devices = append(devices, appliance.Device{ID: d.ID, Name: d.Name, Kind: d.Kind})
	}
	devices[3].Parents = []appliance.ID{router} // somebody says so
	got := map[appliance.ID]appliance.Proposal{}
	for _, p := range Ways(Build(in), devices) {
		got[p.Target] = p
	}
	if p := got[access]; len(p.Device.Parents) != 1 || p.Device.Parents[0] != core || len(p.Roles) != 2 || p.Roles[0] != (appliance.PortMark{Device: access, Port: "port 1", Role: appliance.PortUplink}) {
		t.Errorf("access switch: %+v", p)
	}
	if p := got[printer]; len(p.Roles) != 0 || p.Device.Parents[0] != access {
		t.Errorf("printer: %+v", p)
	}
	if p, ok := got[nas]; ok {
		t.Errorf("what a person declared is proposed anew: %+v", p)
	}
	devices[0].Parents = []appliance.ID{core} // the other way round: no circle
	for _, p := range Ways(Build(in), devices) {
		if p.Target == core && len(p.Device.Parents) > 0 {
			t.Errorf("a circle is proposed: %+v", p)
		}
	}
}

func TestPortsNameTheirGuests(t *testing.T) {
	t.Parallel()
	for _, p := range Build(site()).Ports {
		if p.Device == core && p.Index == "2" && (!p.Way || len(p.Guests) != 2) {
			t.Errorf("the way to the access switch: %+v", p)
		}
		if p.Device == access && p.Index == "3" && (p.Way || len(p.Guests) != 1 || p.Guests[0].Device != printer || p.Guests[0].Address != "10.0.0.5") {
			t.Errorf("the printer's port: %+v", p)
		}
	}
}
