package ui

import (
	"math"
	"strconv"
	"strings"
)

// feed is what a port gives over Ethernet: how the switch calls it, and how many watts where it tells.
type feed struct {
	word  string // "" when the port cannot, or the switch does not tell
	watts float64
}

// feeding are the words for a port that gives power, of POWER-ETHERNET-MIB and of makers who have a MIB of their own.
var feeding = map[string]bool{"deliveringPower": true, "poweredOn": true}

// unfed are those for a port that has nobody to feed; all others say that something is wrong with what is connected.
var unfed = map[string]bool{"disabled": true, "searching": true, "off": true, "test": true, "turningOn": true, "waitingForLoad": true, "poeInDetected": true, "controllerInit": true}

func (f feed) gives() bool { return feeding[f.word] }

func (d *subject) feedWord(f feed) string {
	switch {
	case f.word == "":
		return d.l.T("device.poe_none")
	case f.gives() && known(f.watts) && f.watts > 0:
		return d.l.T("device.poe_watts", "watts", d.l.Num(f.watts, 1))
	case f.gives():
		return d.l.T("device.poe_on")
	case unfed[f.word]:
		return d.l.T("device.poe_off")
	}
	return d.l.T("device.poe_fault")
}

// feedPorts finds the port of each line of POWER-ETHERNET-MIB. Its rows are numbered by group and port, and no standard says
// which interface that is: on most switches it is the port that is printed beside the plug, on some the index of the interface.
func (d *subject) feedPorts(all []netif) {
	for i := range all {
		all[i].feeds.watts = math.NaN()
	}
	for _, s := range d.told.statuses["poe.status"] {
		if n := portOfFeed(all, s.Instance); n != nil && n.check == s.Check {
			n.feeds.word = s.Word
		}
	}
	for _, v := range d.told.values["poe.power"] {
		if n := portOfFeed(all, v.Instance); n != nil && n.check == v.Check {
			n.feeds.watts = v.Number
		}
	}
}

// portOfFeed finds a port by the row that feeds it: "port.GROUP.PORT", or "poe.IFINDEX".
func portOfFeed(all []netif, instance string) *netif {
	kind, row, _ := strings.Cut(instance, ".")
	if kind == "poe" {
		return portOfIndex(all, row)
	}
	group, port, ok := strings.Cut(row, ".")
	if kind != "port" || !ok {
		return nil
	}
	for i := range all {
		if unit, number := printed(all[i].name); all[i].isPlug() && number == port && (unit == group || unit == "" || unit == "0" && group == "1") {
			return &all[i]
		}
	}
	return portOfIndex(all, port)
}

func portOfIndex(all []netif, index string) *netif {
	for i := range all {
		if all[i].instance == index && all[i].isPlug() {
			return &all[i]
		}
	}
	return nil
}

// printed takes the number of the port from its name, and that of its unit in a stack: "GigabitEthernet1/0/12" is 12 of 1.
func printed(name string) (unit, port string) {
	numbers := strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 0 {
		return "", ""
	}
	if n, err := strconv.Atoi(numbers[len(numbers)-1]); err == nil {
		port = strconv.Itoa(n)
	}
	if len(numbers) > 1 {
		unit = numbers[0]
	}
	return unit, port
}
