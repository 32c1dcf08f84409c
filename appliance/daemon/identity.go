package daemon

import (
	"maps"
	"slices"
	"time"

	"siteward/appliance"
)

// restartMargin is how far the start of a device may seem to move by clocks and rounding.
const restartMargin = 2 * time.Minute

// counterEnds is when sysUpTime, hundredths of a second in 32 bits, begins again at 0 (RFC 3418): 497 days.
const counterEnds = (1 << 32) * 10 * time.Millisecond

// restarted compares how long a device had been up at two readings, so that a clock of ours that was set is no restart of
// everything, and neither is an uptime that came to its end. passed is the time between them as far as we know.
func restarted(old, now appliance.Reading, passed time.Duration) bool {
	if old.UpSince.IsZero() || now.UpSince.IsZero() || now.UpSince.Sub(old.UpSince) <= restartMargin {
		return false
	}
	before, up := old.At.Sub(old.UpSince), now.At.Sub(now.UpSince)
	if now.At.Sub(old.At) > counterEnds/2 || before > counterEnds-24*time.Hour {
		return false
	}
	return up < before || up+restartMargin < passed && sane(old.At)
}

// identityEvents tells what changed about a device that was known before.
func identityEvents(dev appliance.Device, was, now appliance.Identity, at time.Time) []appliance.Event {
	if was.Seen.IsZero() {
		return nil
	}
	fields := map[string][2]string{
		"model": {was.Model, now.Model}, "serial": {was.Serial, now.Serial},
		"firmware": {was.Firmware, now.Firmware}, "name": {was.SysName, now.SysName}, "location": {was.SysLocation, now.SysLocation}, "vendor": {was.Vendor, now.Vendor},
	}
	var out []appliance.Event
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		from, to := fields[field][0], fields[field][1]
		if from == to || from == "" || to == "" {
			continue
		}
		out = append(out, appliance.Event{At: at, Kind: appliance.EventDevice, Device: dev.ID, Message: appliance.Message{
			Key: "event.identity_" + field, Args: map[string]any{"from": from, "to": to}, English: field + " " + from + " -> " + to,
		}})
	}
	return out
}
