package demo

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
)

// pastEvents are what the journal would have kept of the past, as far as the history goes back, oldest first.
func (d *Demo) pastEvents(ctx context.Context, now time.Time) ([]appliance.Event, error) {
	devices, err := d.Daemon.Devices(ctx)
	if err != nil {
		return nil, err
	}
	var out []appliance.Event
	for _, dev := range devices {
		switch dev.Name {
		case "ups-1":
			out = append(out, outageEvents(dev, now)...)
		case silentDevice:
			out = append(out, silenceEvents(dev, now)...)
		}
	}
	for _, s := range absent {
		from, to := now.Add(-s.ago), now.Add(-s.ago+s.lasted)
		out = append(out, appliance.Event{At: to, Kind: appliance.EventMonitor, Message: appliance.Message{
			Key: "event.absent", Args: map[string]any{"from": from, "to": to}, English: "the appliance itself was away"}})
	}
	began := now.Add(-time.Duration(d.o.Days) * day)
	out = slices.DeleteFunc(out, func(e appliance.Event) bool { return e.At.Before(began) })
	slices.SortFunc(out, func(a, b appliance.Event) int { return a.At.Compare(b.At) })
	return out, nil
}

func outageEvents(dev appliance.DeviceView, now time.Time) []appliance.Event {
	var out []appliance.Event
	for _, s := range outages {
		from, to := now.Add(-s.ago), now.Add(-s.ago+s.lasted)
		out = append(out, stateEvent(dev, "ups", from, appliance.StateOK, appliance.StateWarning, "demo.on_battery", "on battery"),
			stateEvent(dev, "ups", to, appliance.StateWarning, appliance.StateOK, "demo.on_mains", "back on mains"))
	}
	return out
}

func silenceEvents(dev appliance.DeviceView, now time.Time) []appliance.Event {
	var out []appliance.Event
	for _, s := range silent {
		from, to := now.Add(-s.ago), now.Add(-s.ago+s.lasted)
		out = append(out, stateEvent(dev, appliance.ItemAnswer, from, appliance.StateOK, appliance.StateCritical, "demo.silent", "does not answer"),
			stateEvent(dev, appliance.ItemAnswer, to, appliance.StateCritical, appliance.StateOK, "demo.answers", "answers again"))
	}
	return out
}

func stateEvent(dev appliance.DeviceView, item string, at time.Time, from, to appliance.State, key, english string) appliance.Event {
	return appliance.Event{At: at, Kind: appliance.EventState, Device: dev.ID, Item: item, From: from, To: to,
		Message: appliance.Message{Key: key, English: english}}
}
