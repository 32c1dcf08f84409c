package probes

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"siteward/appliance"
)

// ApcupsdPort is that of apcupsd's network information server (NIS).
const ApcupsdPort = 3551

// Bounds of a status: apcupsd writes some 60 lines of at most 256 bytes.
const (
	maxNISLine  = 2 << 10
	maxNISLines = 500
)

// Apcupsd asks apcupsd for its UPS. One that has lost it (COMMLOST) answers with ReasonLost.
func Apcupsd(ctx context.Context, t Target, log *Log) appliance.Reading {
	return asker{lookup: systemLookup}.apcupsd(ctx, t, log)
}

func (a asker) apcupsd(ctx context.Context, t Target, log *Log) appliance.Reading {
	port := ApcupsdPort
	if s := t.Check.Apcupsd; s != nil && s.Port != 0 {
		port = s.Port
	}
	conn, _, err := connect(ctx, a.lookup, t.Device.Address, port, log)
	if err != nil {
		return Failed(Classify(err))
	}
	defer endWith(ctx, conn)()
	lines, err := nisStatus(conn)
	log.Printf("apcupsd told %d lines", len(lines))
	if err != nil {
		return fail(appliance.Reading{}, err, log)
	}
	fields := nisFields(lines)
	switch status := " " + fields["STATUS"] + " "; {
	case fields["STATUS"] == "":
		return fail(appliance.Reading{}, failf(appliance.ReasonProtocol, "the answer of %d lines has no STATUS; this is no apcupsd", len(lines)), log)
	case strings.Contains(status, " COMMLOST ") || strings.Contains(status, " NETWORK ERROR "):
		return fail(appliance.Reading{}, failf(appliance.ReasonLost, "apcupsd has lost the UPS (%s): look at the cable there", clean(fields["STATUS"], 60)), log)
	}
	return tellApcupsd(fields, log.Began().Add(log.Elapsed()))
}

// nisStatus asks for the status: both sides send records of <length:2, big-endian> <bytes>, the last one is empty.
func nisStatus(rw io.ReadWriter) ([]string, error) {
	const command = "status"
	if _, err := rw.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(command))), command...)); err != nil {
		return nil, err
	}
	r := bufio.NewReader(rw)
	var lines []string
	var head [2]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return lines, nisCut(err, len(lines))
		}
		n := binary.BigEndian.Uint16(head[:])
		switch {
		case n == 0:
			return lines, nil
		case n > maxNISLine:
			return lines, failf(appliance.ReasonProtocol, "a line of %d bytes was announced; this is no apcupsd", n)
		case len(lines) >= maxNISLines:
			return lines, failf(appliance.ReasonProtocol, "the answer goes on after %d lines; this is no apcupsd", maxNISLines)
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return lines, nisCut(err, len(lines))
		}
		lines = append(lines, string(b))
	}
}

func nisCut(err error, lines int) error {
	if isTimeout(err) && lines > 0 {
		return failf(appliance.ReasonTimeout, "apcupsd stopped in the middle of its answer, after %d lines", lines)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || lines > 0 {
		return failf(appliance.ReasonProtocol, "apcupsd closed the connection in the middle of its answer, after %d lines", lines)
	}
	return err
}

// nisFields takes "BCHARGE  : 100.0 Percent\n" apart; the first of two with one name holds.
func nisFields(lines []string) map[string]string {
	fields := make(map[string]string, len(lines))
	for _, l := range lines {
		key, value, ok := strings.Cut(l, ":")
		if key = strings.TrimSpace(key); !ok || key == "" {
			continue
		}
		if _, twice := fields[key]; !twice {
			fields[key] = strings.TrimSpace(value)
		}
	}
	return fields
}

// nisNumbers are apcupsd's fields that become a number (its manual, "Status report fields").
var nisNumbers = []struct {
	name, metric, unit string
	scale              float64
}{
	{"BCHARGE", "ups.charge_percent", "%", 1},
	{"TIMELEFT", "ups.runtime", "s", 60},
	{"BATTV", "ups.battery_voltage", "V", 1},
	{"ITEMP", "ups.temperature", "°C", 1},
	{"LOADPCT", "ups.load_percent", "%", 1},
	{"LINEV", "ups.input_voltage", "V", 1},
	{"LINEFREQ", "ups.input_frequency", "Hz", 1},
	{"OUTPUTV", "ups.output_voltage", "V", 1},
	{"OUTCURNT", "ups.output_current", "A", 1},
	{"NOMPOWER", "ups.nominal_watts", "W", 1},
	{"NOMAPNT", "ups.nominal_power", "VA", 1},
	{"TONBATT", "ups.seconds_on_battery", "s", 1},
	{"AMBTEMP", "temperature.celsius", "°C", 1},
	{"HUMIDITY", "humidity.percent", "%", 1},
}

var nisTexts = []struct{ name, as string }{
	{"BATTDATE", "ups.battery_replaced"},
	{"MANDATE", "ups.manufactured"},
	{"LASTSTEST", "ups.test_date"},
	{"STESTI", "ups.test_interval"},
	{"UPSNAME", "ups.name"},
	{"HOSTNAME", "ups.server"},
}

// tellApcupsd puts the fields of a status into a reading.
func tellApcupsd(fields map[string]string, now time.Time) appliance.Reading {
	t := &upsTeller{from: "apcupsd"}
	for _, n := range nisNumbers {
		if s, ok := fields[n.name]; ok {
			t.number(n.name, s, n.metric, n.unit, n.scale)
		}
	}
	for _, n := range nisTexts {
		t.text(n.name, fields[n.name], n.as)
	}
	for _, n := range []struct{ name, as string }{{"XONBATT", "ups.last_on_battery"}, {"XOFFBATT", "ups.last_off_battery"}} {
		if at, err := time.Parse("2006-01-02 15:04:05 -0700", fields[n.name]); err == nil {
			t.text(n.name, at.UTC().Format(time.RFC3339), n.as)
		}
	}
	running := t.test("SELFTEST", fields["SELFTEST"])
	why := told(fields["LASTXFER"])
	if why != "" && !strings.HasPrefix(strings.ToLower(why), "no transfers") {
		t.word("LASTXFER", why, "ups.last_transfer", clean(why, 100), appliance.SeverityNone)
	}
	f := nisFlags(fields["STATUS"])
	f.testing = f.testing || running || strings.Contains(strings.ToLower(why), "self test")
	t.flags(f)
	vendor := "APC"
	if m := strings.ToLower(fields["MODEL"]); strings.HasPrefix(m, "cyberpower") || strings.HasPrefix(m, "eaton") {
		vendor = ""
	}
	t.identify(vendor, fields["MODEL"], fields["SERIALNO"], fields["FIRMWARE"], "apcupsd", now)
	return t.r
}

func nisFlags(status string) upsFlags {
	f := upsFlags{object: "STATUS", raw: status}
	for _, w := range strings.Fields(status) {
		switch strings.ToUpper(w) {
		case "ONLINE":
			f.mains = true
		case "ONBATT":
			f.battery = true
		case "LOWBATT":
			f.low = true
		case "REPLACEBATT":
			f.replace = true
		case "OVERLOAD":
			f.overload = true
		case "TRIM":
			f.trim = true
		case "BOOST":
			f.boost = true
		case "CAL":
			f.calibrating = true
		case "SELFTEST":
			f.testing, f.battery = true, true
		case "NOBATT":
			f.noBattery = true
		case "SHUTTING":
			f.shutdown = true
		}
	}
	return f
}
