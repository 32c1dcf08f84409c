package agentlog

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/probes/syslog"
)

// fields is an object as an agent sent it.
type fields struct{ object map[string]any }

// Where agents say what, the most telling name first. NXLog writes EventTime, Hostname, SourceName; Fluent Bit TimeCreated, Computer,
// ProviderName; Winlogbeat the names of ECS and winlog.*; PowerShell MachineName, LogName, Id; XML made into JSON Event.System.*; journald
// names in capitals; GELF short_message.
var (
	namesOfTime    = []string{"EventTime", "TimeCreated", "@timestamp", "Event.System.TimeCreated.SystemTime", "__REALTIME_TIMESTAMP", "timestamp", "Timestamp", "time", "date"}
	namesOfHost    = []string{"Hostname", "Computer", "MachineName", "winlog.computer_name", "host.name", "host.hostname", "Event.System.Computer", "_HOSTNAME", "hostname", "host"}
	namesOfApp     = []string{"SourceName", "ProviderName", "winlog.provider_name", "Event.System.Provider.Name", "SYSLOG_IDENTIFIER", "_COMM", "log.syslog.appname", "appname", "program", "service", "app"}
	namesOfEvent   = []string{"EventID", "winlog.event_id", "event.code", "Event.System.EventID", "Id"}
	namesOfChannel = []string{"Channel", "LogName", "winlog.channel", "Event.System.Channel"}
	namesOfProcess = []string{"_PID", "SYSLOG_PID", "ProcessID", "ProcessId", "winlog.process.pid", "process.pid", "pid"}
	namesOfText    = []string{"Message", "message", "MESSAGE", "Event.RenderingInfo.Message", "full_message", "short_message", "msg", "log", "text"}
	namesOfLevel   = []string{"Severity", "LevelDisplayName", "log.level", "PRIORITY", "level", "severity", "Level", "Event.System.Level", "SeverityValue"}
)

func (f fields) message(now time.Time, loc *time.Location) appliance.LogMessage {
	m := appliance.LogMessage{At: now, Via: Via, Facility: -1, Level: -1, Count: 1}
	m.Stamp = instant(f.first(namesOfTime), loc)
	m.Host = word(f.first(namesOfHost))
	m.App = word(f.first(namesOfApp))
	m.PID = word(f.first(namesOfProcess))
	channel := word(f.first(namesOfChannel))
	m.Text = oneLine(f.first(namesOfText))
	if id := word(f.first(namesOfEvent)); id != "" && (channel != "" || m.App != "") {
		m.MsgID = id
		where := ""
		if channel != "" {
			where = " (" + channel + ")"
		}
		m.Text = strings.TrimSpace("Event ID " + id + where + ": " + m.Text)
	}
	m.Level = f.level(channel != "")
	return m
}

// first is the first of the names that says something.
func (f fields) first(names []string) string {
	for _, name := range names {
		if s := f.at(name); s != "" {
			return s
		}
	}
	return ""
}

// at is a field by its name, or by the way to it: agents write both {"host": {"name": …}} and {"host.name": …}.
func (f fields) at(name string) string {
	if v, ok := f.object[name]; ok {
		return text(v)
	}
	var in any = f.object
	for part := range strings.SplitSeq(name, ".") {
		object, ok := in.(map[string]any)
		if !ok {
			return ""
		}
		next, ok := object[part]
		if !ok {
			attributes, _ := object["#attributes"].(map[string]any) // XML as Fluentd and others write it
			if next, ok = attributes[part]; !ok {
				return ""
			}
		}
		in = next
	}
	return text(in)
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case map[string]any: // {"#text": …} of XML, {"value": …} of PowerShell
		for _, key := range []string{"#text", "value", "DateTime"} {
			if s, ok := v[key].(string); ok {
				return s
			}
			if n, ok := v[key].(json.Number); ok {
				return n.String()
			}
		}
	}
	return ""
}

// maxWord bounds names: hosts, programs, numbers.
const maxWord = 200

func word(s string) string {
	s = oneLine(s)
	if len(s) > maxWord {
		s = strings.ToValidUTF8(s[:maxWord], "")
	}
	return s
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(syslog.Clean([]byte(s[:min(len(s), syslog.MaxMessage)]))), " ")
}
