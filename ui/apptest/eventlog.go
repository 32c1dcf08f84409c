package apptest

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

func sampleLog() []appliance.LogMessage {
	m := func(id uint64, ago time.Duration, source, host, app, text string, level int, rules ...string) appliance.LogMessage {
		return appliance.LogMessage{ID: id, At: Present.Add(-ago), Stamp: Present.Add(-ago), Source: source, Via: "udp", Facility: 3, Level: level, Host: host, App: app, Text: text, Raw: host + " " + app + ": " + text, Count: 1, Rules: rules}
	}
	flood := m(3, time.Hour, "192.0.2.40", "nas-1", "Connection", "User [admin] failed to sign in", 3, "signin_failed")
	flood.Count = 412
	return []appliance.LogMessage{
		m(4, 10*time.Minute, "192.0.2.20", "sw-core", "LINK", "%LINK-3-UPDOWN: Interface Gi0/14, changed state to down", 3, "link_down"),
		flood,
		m(2, 2*time.Hour, "192.0.2.40", "nas-1", "System", "<script>alert(1)</script> =cmd", 6),
		m(1, 3*time.Hour, "192.0.2.20", "sw-core", "SYS", "%SYS-5-CONFIG_I: Configured from console", 5, "config_changed"),
	}
}

// LogMessages are the sample's.
func (a *App) LogMessages(_ context.Context, f appliance.LogFilter) ([]appliance.LogMessage, error) {
	var out []appliance.LogMessage
	for _, m := range sampleLog() {
		if (f.Source == "" || m.Source == f.Source) && (f.Rule == "" || slices.Contains(m.Rules, f.Rule) || f.Rule == "*" && len(m.Rules) > 0) && (f.Before == 0 || m.ID < f.Before) && strings.Contains(strings.ToLower(m.Raw), strings.ToLower(f.Word)) {
			out = append(out, m)
		}
	}
	return out, nil
}

// LogSample has the hits, and one drawn.
func (a *App) LogSample(_ context.Context, day time.Time, _ int) (appliance.LogSample, error) {
	all := sampleLog()
	return appliance.LogSample{Day: day, Hits: []appliance.LogMessage{all[0], all[1], all[3]}, Drawn: all[2:3], All: 415}, nil
}

// LogCounts are the sample's.
func (a *App) LogCounts(context.Context, time.Time) (map[string]uint64, error) {
	return map[string]uint64{"signin_failed": 412, "link_down": 1, "config_changed": 1}, nil
}

// SeenLog notes it.
func (a *App) SeenLog(_ context.Context, _ appliance.Actor, source string, id uint64) error {
	return a.change("seen log of "+source, appliance.Change{}, func() error { a.seen = map[string]uint64{source: id}; return nil })
}

// SeenUntil is what SeenLog noted.
func (a *App) SeenUntil(context.Context) (map[string]uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen, nil
}

// LogReceiver runs.
func (a *App) LogReceiver(context.Context) appliance.LogReceiver {
	return appliance.LogReceiver{Addresses: []string{"udp 0.0.0.0:514", "tcp 0.0.0.0:514"}, Since: Present.Add(-15 * time.Hour), Received: 415, Dropped: 3, Bytes: 12_345, Oldest: Present.Add(-3 * time.Hour)}
}
