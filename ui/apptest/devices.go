package apptest

import (
	"time"

	"siteward/appliance"
)

const minute = appliance.Duration(time.Minute)

// devices is the sample site, one entry a device. Checks are numbered from ten times the device's number on.
func devices() []sampleDevice {
	return []sampleDevice{
		{Device: appliance.Device{ID: 1, Name: "sw-core", Kind: appliance.KindSwitch, Place: "Server room, rack A", Address: "192.0.2.2",
			Purpose: "Everything: all rooms and servers hang on it", Ports: corePorts},
			identity: appliance.Identity{Vendor: "HP", Model: "J9773A 2530-24G-PoEP", Serial: "CN48FPQ0BR", Firmware: "YA.16.11.0020", Kind: appliance.KindSwitch,
				SysName: "sw-core", SysDescr: "HP J9773A 2530-24G-PoEP Switch, revision YA.16.11.0020, ROM YA.15.20", SysObjectID: "1.3.6.1.4.1.11.2.3.7.11.139",
				SysLocation: "Server room, rack A", SysContact: "Nordlicht IT", Profiles: []string{"system", "interfaces", "entity"}, Seen: at(0, 8, 41)},
			checks: []sampleCheck{ping(0.0006), snmp(phase{at(30, 7, 0), coreSwitch(0)}, phase{at(0, 6, 20), coreSwitch(1)}, phase{at(0, 7, 31), coreSwitch(2)})}},
		{Device: appliance.Device{ID: 2, Name: "srv-praxis", Kind: appliance.KindServer, Place: "Server room, rack A", Address: "192.0.2.11", Owner: "site.yaml",
			Purpose: "Practice software, appointments and printing", Parents: []appliance.ID{1}},
			identity: appliance.Identity{Vendor: "net-snmp", Model: "ProLiant ML350 Gen10", Serial: "CZJ94200K1", Firmware: "Debian 13", Kind: appliance.KindServer, SysName: "srv-praxis",
				SysDescr: "Linux srv-praxis 6.12.41+deb13-amd64 #1 SMP PREEMPT_DYNAMIC x86_64", SysObjectID: "1.3.6.1.4.1.8072.3.2.10", Profiles: []string{"system", "interfaces", "host-resources", "ucd-snmp"}, Seen: at(0, 8, 41)},
			checks: []sampleCheck{ping(0.0011), snmp(phase{at(30, 7, 0), server(71, 38)}, phase{at(0, 5, 52), server(91.4, 41)}), tcp(443)}},
		{Device: appliance.Device{ID: 3, Name: "srv-files", Kind: appliance.KindServer, Place: "Server room, rack A", Address: "192.0.2.12", Purpose: "Letters, scans and the archive", Parents: []appliance.ID{1}},
			identity: appliance.Identity{Vendor: "Microsoft", Model: "PowerEdge T350", Serial: "7XK2FP3", Firmware: "Windows Server 2022", Kind: appliance.KindServer, SysName: "SRV-FILES", Profiles: []string{"system", "interfaces", "host-resources"}, Seen: at(0, 8, 41)},
			checks:   []sampleCheck{ping(0.0009), snmp(phase{at(30, 7, 0), server(54, 33)})}},
		{Device: appliance.Device{ID: 4, Name: "nas-1", Kind: appliance.KindNAS, Place: "Server room, rack B", Address: "192.0.2.20", Purpose: "Backups of both servers", Parents: []appliance.ID{1}},
			identity: appliance.Identity{Vendor: "Synology", Model: "DS923+", Serial: "2230SQRX5", Firmware: "DSM 7.2.2", Kind: appliance.KindNAS, SysName: "nas-1", Profiles: []string{"system", "interfaces", "host-resources", "ucd-snmp"}, Seen: at(0, 8, 41)},
			checks:   []sampleCheck{ping(0.0008), snmp(phase{at(30, 7, 0), nas()})}},
		{Device: appliance.Device{ID: 5, Name: "ups-1", Kind: appliance.KindUPS, Place: "Server room, rack A", Address: "192.0.2.30", Purpose: "Power for the server room during an outage"},
			identity: appliance.Identity{Vendor: "APC", Model: "Smart-UPS 2200", Serial: "AS1238141112", Firmware: "UPS 09.8", Kind: appliance.KindUPS, SysName: "ups-1", Profiles: []string{"system", "ups-mib", "apc"}, Seen: at(0, 8, 41)},
			checks:   []sampleCheck{ping(0.0018), snmp(phase{at(61, 8, 0), ups(false)}, phase{at(61, 9, 0), ups(true)})}},
		{Device: appliance.Device{ID: 6, Name: "drucker-empfang", Kind: appliance.KindPrinter, Place: "Reception", Address: "192.0.2.40", Purpose: "Prescriptions and letters at the reception", Parents: []appliance.ID{1}},
			identity: appliance.Identity{Vendor: "Brother", Model: "HL-L6400DW", Serial: "U64180H9N221", Firmware: "1.79", Kind: appliance.KindPrinter, SysName: "BRN30055C", Profiles: []string{"system", "interfaces", "printer"}, Seen: at(0, 8, 41)},
			checks:   []sampleCheck{ping(0.0031), snmp(phase{at(30, 7, 0), printer(31)}, phase{at(1, 15, 2), printer(8)})}},
		{Device: appliance.Device{ID: 7, Name: "sw-empfang", Kind: appliance.KindSwitch, Place: "Reception", Address: "192.0.2.3", Purpose: "The computers and the WLAN at the reception", Parents: []appliance.ID{1},
			Ports: map[string]appliance.PortRole{"8": appliance.PortUplink}},
			identity: appliance.Identity{Vendor: "HP", Model: "J9783A 2530-8", Serial: "CN55FP31XX", Firmware: "YB.16.11", Kind: appliance.KindSwitch, SysName: "sw-empfang", Profiles: []string{"system", "interfaces"}, Seen: at(0, 8, 11)},
			checks:   []sampleCheck{silentPing(0.0007), snmp(phase{at(30, 7, 0), smallSwitch()}, phase{at(0, 8, 12), silence("no answer within 5s, asked 3 times")})}},
		{Device: appliance.Device{ID: 8, Name: "ap-empfang", Kind: appliance.KindAccessPoint, Place: "Reception", Address: "192.0.2.50", Purpose: "WLAN in the waiting room", Parents: []appliance.ID{7}},
			identity: appliance.Identity{Vendor: "Ubiquiti", Model: "U6-Lite", Serial: "784558AA01", Firmware: "6.6.77", Kind: appliance.KindAccessPoint, SysName: "ap-empfang", Seen: at(0, 8, 11)},
			checks:   []sampleCheck{silentPing(0.0021)}},
		{Device: appliance.Device{ID: 9, Name: "www.praxis-am-markt.example", Kind: appliance.KindService, Address: "www.praxis-am-markt.example", Purpose: "Patients book their appointments there"},
			checks: []sampleCheck{web()}},
		{Device: appliance.Device{ID: 10, Name: "kamera-eingang", Kind: appliance.KindOther, Place: "Entrance", Address: "192.0.2.60", Parents: []appliance.ID{1},
			Paused: &appliance.Pause{By: "s.techniker", Reason: "The entrance is being rebuilt", Since: at(2, 9, 30), Until: at(-10, 18, 0)}},
			checks: []sampleCheck{ping(0.0042)}},
		{Device: appliance.Device{ID: 11, Name: "scanner-1", Kind: appliance.KindOther, Place: "Reception", Address: "192.0.2.61", Parents: []appliance.ID{1}, Created: at(0, 8, 40)},
			checks: []sampleCheck{{Check: appliance.Check{Name: "ping", Probe: appliance.ProbePing, Interval: minute, Timeout: minute / 12}}}},
	}
}

func snmp(phases ...phase) sampleCheck {
	return sampleCheck{Check: appliance.Check{Name: "snmp", Probe: appliance.ProbeSNMP, Interval: minute, Timeout: minute / 4, SNMP: &appliance.SNMPSettings{Port: 161, Credential: 1}}, phases: phases}
}

func ping(rtt float64) sampleCheck {
	return sampleCheck{Check: appliance.Check{Name: "ping", Probe: appliance.ProbePing, Interval: minute, Timeout: minute / 12, Ping: &appliance.PingSettings{Count: 3}},
		phases: []phase{{at(30, 7, 0), answer(rtt)}}}
}

func silentPing(rtt float64) sampleCheck {
	c := ping(rtt)
	c.phases = append(c.phases, phase{at(0, 8, 12), silence("no answer to 3 echoes within 5s")})
	return c
}

func answer(rtt float64) appliance.Reading {
	return appliance.Reading{Took: time.Duration(rtt * float64(time.Second)), Values: []appliance.Value{
		{Metric: "ping.rtt", Unit: "s", Number: rtt, Source: "ICMP echo"}, {Metric: "ping.loss", Unit: "%", Number: 0, Source: "ICMP echo"}},
		Log: []appliance.LogLine{{Text: "3 echoes of 56 bytes, unprivileged"}, {After: time.Millisecond, Text: "3 of 3 answered"}}}
}

func silence(detail string) appliance.Reading {
	return appliance.Reading{Took: 5 * time.Second, Failure: &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: detail},
		Log: []appliance.LogLine{{Text: "ask"}, {After: 1700 * time.Millisecond, Text: "no answer, ask again"}, {After: 3400 * time.Millisecond, Text: "no answer, ask again"}, {After: 5 * time.Second, Text: detail}}}
}

func tcp(port int) sampleCheck {
	return sampleCheck{Check: appliance.Check{Name: "https port", Probe: appliance.ProbeTCP, Interval: minute, Timeout: minute / 6, TCP: &appliance.TCPSettings{Port: port, TLS: true}},
		phases: []phase{{at(30, 7, 0), appliance.Reading{Took: 9 * time.Millisecond, Values: []appliance.Value{
			{Metric: "tcp.connect", Unit: "s", Number: 0.0021}, {Metric: "certificate.days", Unit: "d", Number: 61}}}}}}
}

func web() sampleCheck {
	return sampleCheck{Check: appliance.Check{Name: "web page", Probe: appliance.ProbeHTTP, Interval: 5 * minute, Timeout: minute / 3, HTTP: &appliance.HTTPSettings{URL: "https://www.praxis-am-markt.example/"}},
		phases: []phase{{at(30, 7, 0), appliance.Reading{Took: 212 * time.Millisecond, Values: []appliance.Value{
			{Metric: "http.duration", Unit: "s", Number: 0.212}, {Metric: "http.status", Number: 200}, {Metric: "certificate.days", Unit: "d", Number: 38}},
			Texts: []appliance.Text{{Name: "certificate.issuer", Value: "CN=R11, O=Let's Encrypt, C=US"}}}}}}
}
