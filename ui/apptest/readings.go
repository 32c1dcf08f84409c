package apptest

import (
	"strconv"
	"time"

	"siteward/appliance"
)

// reader collects what an SNMP run brings back.
type reader struct{ r appliance.Reading }

func read(upSince time.Time) *reader {
	return &reader{appliance.Reading{Took: 180 * time.Millisecond, UpSince: upSince, Log: []appliance.LogLine{
		{Text: "SNMP v3 siteward, SHA-256, AES-128"}, {After: 12 * time.Millisecond, Text: "engine found, 3 packets"}, {After: 180 * time.Millisecond, Text: "all told"}}}}
}

func (b *reader) num(metric, unit string, number float64, oid string, row ...string) *reader {
	v := appliance.Value{Metric: metric, Unit: unit, Number: number, Source: "SNMP " + oid}
	if len(row) == 2 {
		v.Instance, v.Label = row[0], row[1]
	}
	b.r.Values = append(b.r.Values, v)
	return b
}

func (b *reader) word(name, object, raw, word string, severity appliance.Severity, oid string, row ...string) *reader {
	s := appliance.Status{Name: name, Object: object, Raw: raw, Word: word, Severity: severity, Source: "SNMP " + oid}
	if len(row) == 2 {
		s.Instance, s.Label = row[0], row[1]
	}
	b.r.Statuses = append(b.r.Statuses, s)
	return b
}

func (b *reader) text(name, value, instance string) *reader {
	b.r.Texts = append(b.r.Texts, appliance.Text{Name: name, Value: value, Instance: instance})
	return b
}

// ifRow is one interface.
type ifRow struct {
	index, name, alias, kind string
	mbit                     float64
	in, out, errors          float64
	up, off                  bool
}

func (b *reader) port(p ifRow) *reader {
	oid := func(column string) string { return "1.3.6.1.2.1.2.2.1." + column + "." + p.index }
	row := []string{p.index, p.name}
	admin, raw := "up", "1"
	if p.off {
		admin, raw = "down", "2"
	}
	b.word("if.admin_status", "ifAdminStatus", raw, admin, appliance.SeverityNone, oid("7"), row...)
	if p.up {
		b.word("if.oper_status", "ifOperStatus", "1", "up", appliance.SeverityOK, oid("8"), row...).num("if.speed", "bit/s", p.mbit*1e6, oid("5"), row...)
	} else {
		b.word("if.oper_status", "ifOperStatus", "2", "down", appliance.SeverityNone, oid("8"), row...)
	}
	b.num("if.in", "bit/s", p.in, "1.3.6.1.2.1.31.1.1.1.6."+p.index, row...).num("if.out", "bit/s", p.out, "1.3.6.1.2.1.31.1.1.1.10."+p.index, row...).
		num("if.in_errors", "1/s", p.errors, oid("14"), row...).num("if.out_errors", "1/s", 0, oid("20"), row...).
		num("if.in_discards", "1/s", 0, oid("13"), row...)
	b.text("if.name", p.name, p.index).text("if.descr", p.name, p.index).text("if.type", p.kind, p.index).text("if.connector_present", "true", p.index)
	if p.alias != "" {
		b.text("if.alias", p.alias, p.index)
	}
	return b
}

var corePorts = map[string]appliance.PortRole{"1": appliance.PortImportant, "2": appliance.PortImportant, "10": appliance.PortImportant,
	"12": appliance.PortImportant, "21": appliance.PortImportant, "25": appliance.PortUplink, "26": appliance.PortUplink}

// coreSwitch is the switch of the server room: in order, with errors on port 21, and then with port 10 down too.
func coreSwitch(trouble int) appliance.Reading {
	b := read(Present.AddDate(0, 0, -9).Add(10 * time.Hour))
	b.num("system.uptime", "s", 18324000, "1.3.6.1.2.1.1.3.0")
	alias := map[int]string{1: "srv-praxis", 2: "srv-files", 10: "sw-empfang, reception desk 2", 12: "ap-behandlung", 21: "nas-1", 25: "fibre to fw-1", 26: "fibre to house 2"}
	empty := map[int]bool{7: true, 14: true, 17: true, 20: true, 24: true}
	for i := 1; i <= 26; i++ {
		p := ifRow{index: strconv.Itoa(i), name: strconv.Itoa(i), alias: alias[i], kind: "ethernetCsmacd", mbit: 1000, in: float64(i%7) * 1.31e6, out: float64(i%5) * 2.7e6, up: !empty[i]}
		if i > 24 {
			p.mbit, p.in, p.out = 10000, 212e6/float64(i-24), 48e6
		}
		p.off = i == 19
		p.up = p.up && !p.off && (i != 10 || trouble < 2)
		if !p.up {
			p.in, p.out = 0, 0
		}
		if i == 12 {
			p.mbit = 100
		}
		if i == 21 && trouble > 0 {
			p.errors, p.in = 3.4, 212e6
		}
		b.port(p)
		if i <= 24 {
			b.coreMore(i, p.up)
		}
	}
	b.text("vlan.name", "Büro", "10").text("vlan.name", "Telefone", "20")
	b.num("poe.budget", "W", 370, "1.3.6.1.2.1.105.1.3.1.1.2.1", "pse.1", "Power over Ethernet").num("poe.power", "W", 21.4, "1.3.6.1.2.1.105.1.3.1.1.4.1", "pse.1", "Power over Ethernet")
	b.text("if.type", "l2vlan", "300").text("if.name", "DEFAULT_VLAN", "300")
	b.word("if.oper_status", "ifOperStatus", "1", "up", appliance.SeverityOK, "1.3.6.1.2.1.2.2.1.8.300", "300", "DEFAULT_VLAN")
	b.num("temperature.celsius", "°C", 41, "1.3.6.1.2.1.99.1.1.1.4.8", "entity.8", "Chassis")
	return b.r
}

// coreMore is what the core switch says of a port beside the link: its VLAN, and whom it feeds.
func (b *reader) coreMore(i int, up bool) {
	vlan, fed := "10", "searching"
	if i%4 == 0 {
		vlan = "20"
	}
	row, oid := "port.1."+strconv.Itoa(i), "1.3.6.1.2.1.105.1.1.1.6.1."+strconv.Itoa(i)
	if up && (i == 12 || i%4 == 0) {
		fed = "deliveringPower"
		b.num("poe.power", "W", 3.1+float64(i)/10, "1.3.6.1.4.1.11.2.14.11.1.9.1.1.1.8.1."+strconv.Itoa(i), row, "")
	}
	b.text("if.vlan", vlan, strconv.Itoa(i)).word("poe.status", "pethPsePortDetectionStatus", "3", fed, appliance.SeverityNone, oid, row, "")
}

func smallSwitch() appliance.Reading {
	b := read(Present.AddDate(0, 0, -88))
	for i := 1; i <= 8; i++ {
		b.port(ifRow{index: strconv.Itoa(i), name: strconv.Itoa(i), kind: "ethernetCsmacd", mbit: 1000, in: 2e5, out: 9e5, up: i%3 != 0})
	}
	return b.r
}

// server is a server with a disk and memory filled so far, in percent.
func server(disk, memory float64) appliance.Reading {
	b := read(Present.AddDate(0, 0, -61))
	b.num("system.uptime", "s", 61*86400, "1.3.6.1.2.1.1.3.0").num("cpu.load_percent", "%", 23, "1.3.6.1.2.1.25.3.3.1.2").num("cpu.count", "", 8, "1.3.6.1.2.1.25.3.3.1.2")
	b.num("load.1min", "", 0.42, "1.3.6.1.4.1.2021.10.1.3.1").num("load.5min", "", 0.38, "1.3.6.1.4.1.2021.10.1.3.2").num("load.15min", "", 0.31, "1.3.6.1.4.1.2021.10.1.3.3")
	b.num("memory.size", "B", 33.6e9, "1.3.6.1.4.1.2021.4.5.0").num("memory.used", "B", 33.6e7*memory, "1.3.6.1.4.1.2021.4.6.0").num("memory.used_percent", "%", memory, "1.3.6.1.4.1.2021.4.6.0")
	b.num("swap.size", "B", 4e9, "1.3.6.1.4.1.2021.4.3.0").num("swap.used", "B", 8e7, "1.3.6.1.4.1.2021.4.4.0").num("swap.used_percent", "%", 2, "1.3.6.1.4.1.2021.4.4.0")
	storage(b, "31", "/", 64e9, 38)
	storage(b, "36", "/var", 480e9, disk)
	storage(b, "37", "/home", 960e9, 22)
	b.num("temperature.celsius", "°C", 52, "1.3.6.1.4.1.2021.13.16.2.1.3.1", "lm.1", "Package id 0").num("temperature.celsius", "°C", 44, "1.3.6.1.4.1.2021.13.16.2.1.3.2", "lm.2", "Systin")
	b.num("fan.rpm", "rpm", 1180, "1.3.6.1.4.1.2021.13.16.3.1.3.1", "lm.1", "fan1")
	b.port(ifRow{index: "1", name: "lo", kind: "softwareLoopback", mbit: 10, up: true}).
		port(ifRow{index: "2", name: "eno1", kind: "ethernetCsmacd", mbit: 1000, in: 12.4e6, out: 3.1e6, up: true, alias: "to sw-core port 1"}).
		port(ifRow{index: "3", name: "eno2", kind: "ethernetCsmacd", mbit: 1000})
	return b.r
}

func storage(b *reader, index, name string, size, percent float64) {
	oid := "1.3.6.1.2.1.25.2.3.1.6." + index
	b.num("storage.size", "B", size, oid, index, name).num("storage.used", "B", size*percent/100, oid, index, name).
		num("storage.used_percent", "%", percent, oid, index, name).text("storage.type", "fixedDisk", index)
}

func nas() appliance.Reading {
	b := read(Present.AddDate(0, 0, -120))
	b.num("cpu.load_percent", "%", 7, "1.3.6.1.2.1.25.3.3.1.2").num("memory.size", "B", 8.3e9, "1.3.6.1.4.1.2021.4.5.0").num("memory.used_percent", "%", 34, "1.3.6.1.4.1.2021.4.6.0")
	storage(b, "51", "/volume1", 7.6e12, 63)
	b.num("temperature.celsius", "°C", 38, "1.3.6.1.4.1.6574.1.2.0", "system", "System")
	b.port(ifRow{index: "3", name: "eth0", kind: "ethernetCsmacd", mbit: 1000, in: 48e6, out: 212e6, up: true})
	return b.r
}

// ups is on mains; its battery is past its date when old.
func ups(old bool) appliance.Reading {
	b := read(Present.AddDate(0, 0, -212))
	oid := "1.3.6.1.2.1.33.1."
	b.word("ups.battery_status", "upsBatteryStatus", "2", "batteryNormal", appliance.SeverityOK, oid+"2.1.0").
		word("ups.output_source", "upsOutputSource", "3", "normal", appliance.SeverityOK, oid+"4.1.0").
		word("ups.test_result", "upsTestResultsSummary", "1", "donePass", appliance.SeverityOK, oid+"7.3.0").
		word("ups.last_transfer", "upsAdvInputLineFailCause", "9", "selfTest", appliance.SeverityNone, "1.3.6.1.4.1.318.1.1.1.3.2.5.0")
	if old {
		b.word("ups.battery_replace", "upsAdvBatteryReplaceIndicator", "2", "batteryNeedsReplacing", appliance.SeverityWarning, "1.3.6.1.4.1.318.1.1.1.2.2.4.0")
	} else {
		b.word("ups.battery_replace", "upsAdvBatteryReplaceIndicator", "1", "noBatteryNeedsReplacing", appliance.SeverityOK, "1.3.6.1.4.1.318.1.1.1.2.2.4.0")
	}
	b.num("ups.runtime", "s", 2280, oid+"2.3.0").num("ups.charge_percent", "%", 100, oid+"2.4.0").num("ups.load_percent", "%", 27, oid+"4.4.1.5.1", "1", "L1").
		num("ups.seconds_on_battery", "s", 0, oid+"2.2.0").num("ups.battery_voltage", "V", 54.6, oid+"2.5.0").num("ups.temperature", "°C", 27, oid+"2.7.0").
		num("ups.input_voltage", "V", 231, oid+"3.3.1.3.1", "1", "L1").num("ups.input_frequency", "Hz", 50, oid+"3.3.1.2.1", "1", "L1").
		num("ups.output_voltage", "V", 230, oid+"4.4.1.2.1", "1", "L1").num("ups.nominal_power", "VA", 2200, oid+"9.5.0")
	b.text("ups.test_date", "11/16/2026", "").text("ups.battery_replaced", "09/20/2022", "").text("ups.battery_replace_by", "09/20/2026", "").text("ups.test_detail", "Done and passed", "")
	return b.r
}

func printer(black float64) appliance.Reading {
	b := read(Present.AddDate(0, 0, -3))
	b.word("printer.device_status", "hrDeviceStatus", "2", "running", appliance.SeverityOK, "1.3.6.1.2.1.25.3.2.1.5.1").
		word("printer.status", "hrPrinterStatus", "3", "idle", appliance.SeverityOK, "1.3.6.1.2.1.25.3.5.1.1.1").
		num("printer.pages", "", 48211, "1.3.6.1.2.1.43.10.2.1.4.1.1")
	for i, s := range []struct {
		name, kind, class string
		level             float64
	}{{"Black Toner Cartridge", "toner", "supplyThatIsConsumed", black}, {"Drum Unit", "opc", "supplyThatIsConsumed", 64}, {"Waste Toner Box", "wasteToner", "receptacleThatIsFilled", 71}} {
		index := "1." + strconv.Itoa(i+1)
		b.num("supply.level_percent", "%", s.level, "1.3.6.1.2.1.43.11.1.1.9."+index, index, s.name).text("supply.type", s.kind, index).text("supply.class", s.class, index).text("supply.descr", s.name, index)
	}
	b.word("supply.level_state", "prtMarkerSuppliesLevel", "-3", "someRemaining", appliance.SeverityOK, "1.3.6.1.2.1.43.11.1.1.9.1.4", "1.4", "Staples").text("supply.type", "staples", "1.4")
	b.port(ifRow{index: "1", name: "eth0", kind: "ethernetCsmacd", mbit: 100, in: 2e4, out: 1e4, up: true})
	return b.r
}
