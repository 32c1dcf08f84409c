package ui

import "testing"

func TestTheFedPortIsTheOneThatIsPrintedBesideThePlug(t *testing.T) {
	ports := func(names ...string) []netif {
		var all []netif
		for i, name := range names {
			all = append(all, netif{instance: string(rune('1' + i)), name: name, kind: "ethernetCsmacd"})
		}
		return all
	}
	for _, c := range []struct {
		name string
		all  []netif
		row  string
		want string
	}{
		{"plain numbers", ports("1", "2", "3"), "port.1.3", "3"},
		{"a name with its unit", ports("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet2/0/2"), "port.2.2", "GigabitEthernet2/0/2"},
		{"units that count from 0", ports("Gi0/1", "Gi0/2"), "port.1.2", "Gi0/2"},
		{"a name without a number: by its index", ports("uplink", "office"), "port.1.2", "office"},
		{"a maker who numbers by the interface", ports("ether1", "sfp1"), "poe.1", "ether1"},
		{"no such port", ports("1"), "port.1.9", ""},
		{"a supply is no port", ports("1"), "pse.1", ""},
		{"hostile", ports("", "9999999999999999999999"), "port..", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if n := portOfFeed(c.all, c.row); n != nil {
				got = n.name
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestTheFrontShowsWhatWasChosen(t *testing.T) {
	fed := netif{name: "5", kind: "ethernetCsmacd", oper: "up", vlan: "10", speed: 1e9, in: 12e7, out: 3e6, feeds: feed{word: "deliveringPower", watts: 6.2}}
	plain := netif{name: "6", kind: "ethernetCsmacd", oper: "up", speed: 1e9, in: 5e5}
	if got := panelViews([]netif{plain}); len(got) != 2 {
		t.Errorf("a switch without VLANs and power shows %q", got)
	}
	if got := panelViews([]netif{fed, plain}); len(got) != 4 {
		t.Errorf("views %q", got)
	}
	for _, c := range []struct{ got, want string }{{fed.busy(), "12 %"}, {plain.busy(), "<1 %"}, {netif{oper: "down", speed: 1e9, in: 1e9}.busy(), ""}, {netif{oper: "up", in: 1e9}.busy(), ""}} {
		if c.got != c.want {
			t.Errorf("busy %q, want %q", c.got, c.want)
		}
	}
}
