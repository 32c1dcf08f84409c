package agentlog

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

var (
	arrived   = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	berlin, _ = time.LoadLocation("Europe/Berlin")
)

func TestParseWhatAgentsSend(t *testing.T) {
	at := time.Date(2026, 11, 28, 8, 14, 5, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       appliance.LogMessage
	}{
		{"NXLog", `{"EventTime":"2026-11-28 09:14:05","Hostname":"srv-dc01","EventType":"AUDIT_FAILURE","SeverityValue":4,"Severity":"ERROR","EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","Message":"An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID: S-1-0-0"}`,
			appliance.LogMessage{Stamp: at, Host: "srv-dc01", App: "Microsoft-Windows-Security-Auditing", MsgID: "4625", Level: 3, Text: "Event ID 4625 (Security): An account failed to log on. Subject: Security ID: S-1-0-0"}},
		{"Fluent Bit", `{"date":1795853645.123,"ProviderName":"Service Control Manager","EventID":7031,"Level":2,"Keywords":"0x8080000000000000","TimeCreated":"2026-11-28 09:14:05 +0100","Channel":"System","Computer":"srv-dc01","Message":"Der Dienst wurde unerwartet beendet."}`,
			appliance.LogMessage{Stamp: at, Host: "srv-dc01", App: "Service Control Manager", MsgID: "7031", Level: 3, Text: "Event ID 7031 (System): Der Dienst wurde unerwartet beendet."}},
		{"Fluent Bit, a failed audit", `{"ProviderName":"Microsoft-Windows-Security-Auditing","EventID":4771,"Level":0,"Keywords":"0x8010000000000000","TimeCreated":"2026-11-28 09:14:05 +0100","Channel":"Security","Computer":"srv","Message":"x"}`,
			appliance.LogMessage{Stamp: at, Host: "srv", App: "Microsoft-Windows-Security-Auditing", MsgID: "4771", Level: 4, Text: "Event ID 4771 (Security): x"}},
		{"Winlogbeat", `{"@timestamp":"2026-11-28T08:14:05.000Z","host":{"name":"srv-dc01"},"log":{"level":"warning"},"winlog":{"event_id":"129","channel":"System","provider_name":"storahci","computer_name":"srv-dc01.praxis.local"},"message":"Reset to device"}`,
			appliance.LogMessage{Stamp: at, Host: "srv-dc01.praxis.local", App: "storahci", MsgID: "129", Level: 4, Text: "Event ID 129 (System): Reset to device"}},
		{"PowerShell", `{"Id":190,"ProviderName":"Veeam Agent","MachineName":"pc7","LevelDisplayName":"Fehler","Level":2,"TimeCreated":"\/Date(1795853645000)\/","LogName":"Veeam Agent","Message":"Veeam Agent 'Daily' finished with Failed."}`,
			appliance.LogMessage{Stamp: at, Host: "pc7", App: "Veeam Agent", MsgID: "190", Level: 3, Text: "Event ID 190 (Veeam Agent): Veeam Agent 'Daily' finished with Failed."}},
		{"XML as JSON", `{"Event":{"System":{"Provider":{"#attributes":{"Name":"disk"}},"EventID":{"#text":"7"},"Level":"2","Channel":"System","Computer":"srv","TimeCreated":{"#attributes":{"SystemTime":"2026-11-28T08:14:05Z"}}},"RenderingInfo":{"Message":"The device has a bad block."}}}`,
			appliance.LogMessage{Stamp: at, Host: "srv", App: "disk", MsgID: "7", Level: 3, Text: "Event ID 7 (System): The device has a bad block."}},
		{"journald", `{"MESSAGE":"Failed password for root","_HOSTNAME":"nas","SYSLOG_IDENTIFIER":"sshd","PRIORITY":"5","_PID":"812","__REALTIME_TIMESTAMP":"1795853645000000"}`,
			appliance.LogMessage{Stamp: at, Host: "nas", App: "sshd", PID: "812", Level: 5, Text: "Failed password for root"}},
		{"GELF", `{"version":"1.1","host":"app1","short_message":"out of disk","timestamp":1795853645.0,"level":3}`,
			appliance.LogMessage{Stamp: at, Host: "app1", Level: 3, Text: "out of disk"}},
		{"a line of syslog", "<13>Nov 28 09:14:05 srv app: hello", appliance.LogMessage{Stamp: at, Host: "srv", App: "app", Level: 5, Text: "hello"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ms, more := Parse([]byte(c.body), arrived, berlin)
			if len(ms) != 1 || more {
				t.Fatalf("%d messages", len(ms))
			}
			m := ms[0]
			if !m.Stamp.Equal(c.want.Stamp) || m.Host != c.want.Host || m.App != c.want.App || m.MsgID != c.want.MsgID || m.Level != c.want.Level || m.Text != c.want.Text || m.PID != c.want.PID {
				t.Errorf("got  %+v\nwant %+v", m, c.want)
			}
			if m.Raw == "" || m.Via != Via || !m.At.Equal(arrived) || m.Count != 1 {
				t.Errorf("%+v", m)
			}
		})
	}
}

func TestParseBodies(t *testing.T) {
	for _, c := range []struct {
		name, body string
		n          int
	}{
		{"nothing", " \n", 0},
		{"objects one a line", "{\"msg\":\"a\"}\n{\"msg\":\"b\"}\r\n", 2},
		{"objects that touch", `{"msg":"a"}{"msg":"b"}`, 2},
		{"an array", `[{"msg":"a"},{"msg":"b"},"<13>c: d"]`, 3},
		{"an array in lines, then objects", "[\n{\"msg\":\"a\"}\n]\n{\"msg\":\"b\"}", 2},
		{"a line that is cut between good ones", "{\"msg\":\"a\"}\n{\"msg\":\"b\n{\"msg\":\"c\"}", 3},
		{"an empty object says nothing", "{}\n[]", 0},
		{"more than is taken", strings.Repeat("{\"msg\":\"a\"}\n", MaxMessages+5), MaxMessages},
		{"an object in an object, deep", strings.Repeat(`{"a":`, 20_000), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ms, more := Parse([]byte(c.body), arrived, berlin)
			if len(ms) != c.n || more != (c.n == MaxMessages) {
				t.Errorf("%d messages, more %v, want %d", len(ms), more, c.n)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"EventID":4625,"Channel":"Security","Keywords":-9218868437227405312}`, "[{\"a\":[1]},2]\nx", "{\"Message\":\"\\u202e\\u0000\"}", "[[[", "{\"a\":{\"b\":1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ms, _ := Parse(body, arrived, berlin)
		for _, m := range ms {
			if m.Raw == "" || m.Text == "" || len(m.Host) > maxWord || m.Level < -1 || m.Level > 7 || strings.ContainsAny(m.Text, "\n\x00\u202e") {
				t.Fatalf("%+v", m)
			}
		}
	})
}
