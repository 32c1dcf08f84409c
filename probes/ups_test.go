package probes

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

// script is a server of one conversation after the other: serve answers on a connection until it returns.
func script(t *testing.T, serve func(conn net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// upsd answers lines by a table; what is not in it gets UNKNOWN-COMMAND. "…" at the end of an answer breaks off there and says no more.
func upsd(answers map[string]string) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewScanner(conn)
		for in.Scan() {
			a, ok := answers[in.Text()]
			if !ok {
				a = "ERR UNKNOWN-COMMAND\n"
			}
			if text, hang := strings.CutSuffix(a, "…"); hang {
				fmt.Fprint(conn, text)
				for in.Scan() { // until the other side gives up
				}
				return
			}
			fmt.Fprint(conn, a)
		}
	}
}

const oneUPS = "BEGIN LIST UPS\nUPS usv1 \"Server room \\\"A\\\"\"\nEND LIST UPS\n"

func nutVars(rows ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN LIST VAR usv1\n")
	for _, r := range rows {
		b.WriteString("VAR usv1 " + r + "\n")
	}
	return b.String() + "END LIST VAR usv1\n"
}

func TestNUT(t *testing.T) {
	good := map[string]string{"LIST UPS": oneUPS, "LIST VAR usv1": nutVars(`ups.status "OB DISCHRG LB"`, `battery.charge "14"`, `battery.runtime "95"`,
		`ups.mfr "EATON"`, `ups.model "5P 650"`, `battery.date "2022/09/20"`, `ups.test.result "Done and passed"`), "LOGOUT": "OK Goodbye\n"}
	r := askUPS(t, script(t, upsd(good)), appliance.Check{Probe: appliance.ProbeNUT, NUT: &appliance.NUTSettings{}})
	if r.Failure != nil || wordOf(r, "ups.output_source") != "battery" || wordOf(r, "ups.battery_status") != "batteryLow" || wordOf(r, "ups.test_result") != "donePass" {
		t.Errorf("failure %v, statuses %+v", r.Failure, r.Statuses)
	}
	if r.Identity == nil || r.Identity.Model != "5P 650" || r.Identity.Kind != appliance.KindUPS {
		t.Errorf("identity %+v", r.Identity)
	}
	if got := textOf(r, "ups.description"); got != `Server room "A"` {
		t.Errorf("description %q", got)
	}
}

// TestADriverThatWaitsSaysNothing: "WAIT" is what drivers say before they have asked their UPS for the first time.
func TestADriverThatWaitsSaysNothing(t *testing.T) {
	wait := map[string]string{"LIST UPS": oneUPS, "LIST VAR usv1": nutVars(`ups.status "WAIT"`), "LOGOUT": "OK Goodbye\n"}
	r := askUPS(t, script(t, upsd(wait)), appliance.Check{Probe: appliance.ProbeNUT, NUT: &appliance.NUTSettings{}})
	if wordOf(r, "ups.output_source") != "other" || wordOf(r, "ups.battery_status") != "" || wordOf(r, "ups.battery_replace") != "" {
		t.Errorf("statuses %+v", r.Statuses)
	}
}

func TestNUTFailures(t *testing.T) {
	long := "BEGIN LIST UPS\n" + strings.Repeat("UPS a \"b\"\n", maxNUTLines+10)
	login := &appliance.Credential{SNMPVersion: appliance.CredentialLogin, User: "monitor", Auth: appliance.Secret{Value: `pa"ss`}}
	for _, c := range []struct {
		name    string
		answers map[string]string
		set     appliance.NUTSettings
		login   *appliance.Credential
		reason  appliance.Reason
		says    string
	}{
		{"the driver is stale", map[string]string{"LIST UPS": oneUPS, "LIST VAR usv1": "ERR DATA-STALE\n"}, appliance.NUTSettings{}, nil, appliance.ReasonLost, "Data stale"},
		{"the driver does not run", map[string]string{"LIST UPS": oneUPS, "LIST VAR usv1": "ERR DRIVER-NOT-CONNECTED\n"}, appliance.NUTSettings{}, nil, appliance.ReasonLost, "driver does not run"},
		{"no such UPS", map[string]string{"LIST UPS": oneUPS}, appliance.NUTSettings{UPS: "usv9"}, nil, appliance.ReasonUnexpected, "it has: usv1"},
		{"several and none is named", map[string]string{"LIST UPS": "BEGIN LIST UPS\nUPS a \"\"\nUPS b \"\"\nEND LIST UPS\n"}, appliance.NUTSettings{}, nil, appliance.ReasonUnexpected, "which one: a, b"},
		{"a wrong password", map[string]string{`USERNAME "monitor"`: "OK\n", `PASSWORD "pa\"ss"`: "OK\n", "LIST UPS": oneUPS, `LOGIN "usv1"`: "ERR ACCESS-DENIED\n"}, appliance.NUTSettings{}, login, appliance.ReasonDenied, "user and password"},
		{"it hangs in the middle of a line", map[string]string{"LIST UPS": "BEGIN LIST UPS\nUPS us…"}, appliance.NUTSettings{}, nil, appliance.ReasonTimeout, `middle of the line "UPS us"`},
		{"it says nothing", map[string]string{"LIST UPS": "…"}, appliance.NUTSettings{}, nil, appliance.ReasonTimeout, "no answer in time"},
		{"it talks without end", map[string]string{"LIST UPS": long}, appliance.NUTSettings{}, nil, appliance.ReasonProtocol, "goes on after"},
		{"a line without end", map[string]string{"LIST UPS": "BEGIN LIST UPS\nUPS " + strings.Repeat("x", maxNUTLine+1) + "\n"}, appliance.NUTSettings{}, nil, appliance.ReasonProtocol, "longer than"},
		{"it is a mail server", map[string]string{"LIST UPS": "500 5.5.1 command unknown\n"}, appliance.NUTSettings{}, nil, appliance.ReasonProtocol, "no answer of a NUT server"},
		{"it cannot do TLS", map[string]string{"STARTTLS": "ERR FEATURE-NOT-CONFIGURED\n"}, appliance.NUTSettings{TLS: true}, nil, appliance.ReasonUnexpected, "switch TLS off"},
		{"no UPS at all", map[string]string{"LIST UPS": "BEGIN LIST UPS\nEND LIST UPS\n"}, appliance.NUTSettings{}, nil, appliance.ReasonUnexpected, "knows no UPS"},
	} {
		port := script(t, upsd(c.answers))
		check := appliance.Check{Probe: appliance.ProbeNUT, NUT: &c.set, Timeout: appliance.Duration(150 * time.Millisecond)}
		r := askWith(t, port, check, c.login)
		if r.Failure == nil || r.Failure.Reason != c.reason || !strings.Contains(r.Failure.Detail, c.says) {
			t.Errorf("%s: got %+v, want %s with %q", c.name, r.Failure, c.reason, c.says)
		}
	}
}

func askUPS(t *testing.T, port int, c appliance.Check) appliance.Reading {
	t.Helper()
	return askWith(t, port, c, nil)
}

func askWith(t *testing.T, port int, c appliance.Check, login *appliance.Credential) appliance.Reading {
	t.Helper()
	switch {
	case c.NUT != nil:
		c.NUT.Port = port
	case c.Apcupsd != nil:
		c.Apcupsd.Port = port
	}
	return New(Options{}).Run(t.Context(), Target{Check: c, Device: appliance.Device{Address: "127.0.0.1"}, Credential: login})
}

func wordOf(r appliance.Reading, name string) string {
	for _, s := range r.Statuses {
		if s.Name == name {
			return s.Word
		}
	}
	return ""
}

func textOf(r appliance.Reading, name string) string {
	for _, s := range r.Texts {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

func nis(lines ...string) func(net.Conn) {
	return func(conn net.Conn) {
		buf := make([]byte, 8)
		if _, err := conn.Read(buf); err != nil || string(buf[2:]) != "status" {
			return
		}
		for _, l := range lines {
			conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(l))), l...))
		}
		conn.Write([]byte{0, 0})
	}
}

func TestApcupsd(t *testing.T) {
	port := script(t, nis("APC      : 001,041,1014\n", "MODEL    : Smart-UPS 1500 \n", "STATUS   : ONBATT LOWBATT SLAVE \n", "BCHARGE  : 14.0 Percent\n",
		"TIMELEFT : 2.5 Minutes\n", "LASTXFER : Low line voltage\n", "XONBATT  : 2026-11-22 02:23:18 +0100  \n", "TONBATT  : 2 Seconds\n", "SELFTEST : OK\n", "BATTDATE : 2019-03-14\n"))
	r := askUPS(t, port, appliance.Check{Probe: appliance.ProbeApcupsd, Apcupsd: &appliance.ApcupsdSettings{}})
	if r.Failure != nil || wordOf(r, "ups.output_source") != "battery" || wordOf(r, "ups.battery_status") != "batteryLow" || wordOf(r, "ups.last_transfer") != "Low line voltage" {
		t.Errorf("failure %v, statuses %+v", r.Failure, r.Statuses)
	}
	if got := textOf(r, "ups.last_on_battery"); got != "2026-11-22T01:23:18Z" {
		t.Errorf("last on battery %q", got)
	}
	for name, c := range map[string]struct {
		serve  func(net.Conn)
		reason appliance.Reason
	}{
		"it has lost the UPS":   {nis("STATUS   : COMMLOST \n", "BCHARGE  : 100.0 Percent\n"), appliance.ReasonLost},
		"it is something else":  {nis("hello\n"), appliance.ReasonProtocol},
		"it announces too much": {func(c net.Conn) { c.Read(make([]byte, 8)); c.Write([]byte{0xff, 0xff}) }, appliance.ReasonProtocol},
		"it ends in the middle": {func(c net.Conn) { c.Read(make([]byte, 8)); c.Write([]byte{0, 40, 'S', 'T'}) }, appliance.ReasonProtocol},
		"it hangs in the middle": {func(c net.Conn) {
			c.Read(make([]byte, 8))
			c.Write([]byte("\x00\x03a:b\x00\x09ab"))
			c.Read(make([]byte, 1))
		}, appliance.ReasonTimeout},
	} {
		check := appliance.Check{Probe: appliance.ProbeApcupsd, Apcupsd: &appliance.ApcupsdSettings{}, Timeout: appliance.Duration(150 * time.Millisecond)}
		if r := askUPS(t, script(t, c.serve), check); r.Failure == nil || r.Failure.Reason != c.reason {
			t.Errorf("%s: got %+v, want %s", name, r.Failure, c.reason)
		}
	}
}

// reads is a connection that says what it was given.
type reads struct{ *strings.Reader }

func (reads) Write(b []byte) (int, error) { return len(b), nil }

func FuzzNUT(f *testing.F) {
	f.Add(oneUPS + nutVars(`ups.status "OL"`, `battery.charge "100"`) + "OK\n")
	f.Add("ERR DATA-STALE\n")
	f.Add("BEGIN LIST UPS\nUPS a \"b\\")
	f.Fuzz(func(t *testing.T, answer string) {
		vars, name, _, err := nutRead(newNUTConn(reads{strings.NewReader(answer)}), "", nil, nil)
		if err == nil && (name == "" || len(vars) > maxNUTLines) {
			t.Errorf("%q of %q, %d variables", name, answer, len(vars))
		}
		sound(t, tellNUT(vars, time.Now()))
	})
}

func FuzzApcupsd(f *testing.F) {
	f.Add("\x00\x12STATUS   : ONLINE \x00\x00")
	f.Add("\xff\xff")
	f.Fuzz(func(t *testing.T, answer string) {
		lines, _ := nisStatus(reads{strings.NewReader(answer)})
		sound(t, tellApcupsd(nisFields(lines), time.Now()))
	})
}

// sound says that a reading is bounded and can be stored.
func sound(t *testing.T, r appliance.Reading) {
	t.Helper()
	for _, s := range r.Statuses {
		if s.Name == "" || s.Word == "" || len(s.Word) > 210 || len(s.Raw) > 210 {
			t.Errorf("status %+v", s)
		}
	}
	for _, x := range r.Texts {
		if x.Value == "" || len(x.Value) > 210 {
			t.Errorf("text %+v", x)
		}
	}
	for _, v := range r.Values {
		if v.Number != v.Number {
			t.Errorf("value %+v", v)
		}
	}
}
