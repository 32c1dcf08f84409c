package monitor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

// line makes a state of the check device*10.
func line(device appliance.ID, item string, s appliance.State, change ...func(*appliance.StateRecord)) appliance.StateRecord {
	r := appliance.StateRecord{StateKey: appliance.StateKey{Check: device * 10, Item: item}, Device: device, State: s, Since: morning, Seen: morning}
	for _, f := range change {
		f(&r)
	}
	return r
}

func because(id appliance.ID) func(*appliance.StateRecord) {
	return func(r *appliance.StateRecord) { r.UnreachableBy = id }
}

func taken(r *appliance.StateRecord) { r.Ack = &appliance.Ack{By: "ben"} }
func stale(r *appliance.StateRecord) { r.Stale = true }
func lately(r *appliance.StateRecord) {
	r.Since, r.Seen = morning.Add(time.Hour), morning.Add(time.Hour)
}

// silentAt is a check of its own that nothing came back from since so many minutes after the morning.
func silentAt(device, check appliance.ID, minutes int, change ...func(*appliance.StateRecord)) appliance.StateRecord {
	return line(device, answer, critical, append(change, func(r *appliance.StateRecord) {
		r.Check, r.Since, r.Evidence.Why.Key = check, morning.Add(time.Duration(minutes)*time.Minute), "monitor.no_answer"
	})...)
}

func TestChecksThatFallSilentTogetherAreOneProblem(t *testing.T) {
	devices := []appliance.Device{{ID: 1, Name: "ap"}}
	denied := func(r *appliance.StateRecord) { r.Check, r.Evidence.Why.Key = 13, "monitor.denied" }
	for name, c := range map[string]struct {
		states   []appliance.StateRecord
		problems int
		children int // of the first
	}{
		"together":                       {[]appliance.StateRecord{silentAt(1, 11, 0), silentAt(1, 12, 2), line(1, "if/1", noData, func(r *appliance.StateRecord) { r.Check = 12 })}, 1, 2},
		"three, one after the other":     {[]appliance.StateRecord{silentAt(1, 12, 8), silentAt(1, 11, 0), silentAt(1, 13, 16)}, 2, 0},
		"one hours later":                {[]appliance.StateRecord{silentAt(1, 11, 0), silentAt(1, 12, 200)}, 2, 0},
		"something answers":              {[]appliance.StateRecord{silentAt(1, 11, 0), silentAt(1, 12, 2), line(1, answer, ok, func(r *appliance.StateRecord) { r.Check = 13 })}, 2, 0},
		"something is refused":           {[]appliance.StateRecord{silentAt(1, 11, 0), silentAt(1, 12, 2), line(1, answer, warning, denied)}, 3, 0},
		"one of them is taken care of":   {[]appliance.StateRecord{silentAt(1, 11, 0), silentAt(1, 12, 2, taken)}, 1, 1},
		"both of them are taken care of": {[]appliance.StateRecord{silentAt(1, 11, 0, taken), silentAt(1, 12, 2, taken)}, 1, 1},
	} {
		o := Summary(c.states, devices)
		if len(o.Problems) != c.problems || c.children > 0 && len(o.Problems[0].Children) != c.children {
			t.Errorf("%s: %+v", name, o.Problems)
		}
	}
}

func TestSummary(t *testing.T) {
	devices := []appliance.Device{{ID: 1, Name: "sw-core"}, {ID: 2, Name: "srv-files"}, {ID: 3, Name: "printer"}}
	for _, c := range []struct {
		name     string
		states   []appliance.StateRecord
		site     appliance.State
		devices  string // states in order
		problems string // device/item, children in brackets
		taken    int
	}{
		{name: "all is well", states: []appliance.StateRecord{line(1, answer, ok), line(2, answer, ok), line(3, answer, ok)}, devices: "ok ok ok", site: ok},
		{name: "a device without states has no data and is no problem", states: []appliance.StateRecord{line(1, answer, ok), line(2, answer, ok)}, devices: "ok ok nodata", site: noData},
		{name: "the worst item is the device's state", states: []appliance.StateRecord{line(1, answer, ok), line(1, "if/1", warning), line(2, answer, ok), line(2, "storage/1", critical), line(3, answer, paused)},
			devices: "warning critical paused", site: critical, problems: "2/storage/1 1/if/1"},
		{name: "no data beats in order, a warning beats no data", states: []appliance.StateRecord{line(1, answer, ok), line(1, "if/1", noData), line(2, answer, warning), line(2, "storage/1", noData, func(r *appliance.StateRecord) { r.Check = 21 }), line(3, answer, ok)},
			devices: "nodata warning ok", site: warning, problems: "2/answer 2/storage/1 1/if/1"},
		{name: "consequences are folded into their cause", states: []appliance.StateRecord{line(1, answer, critical), line(1, "if/1", noData), line(2, answer, noData, because(1)), line(2, "storage/1", noData), line(3, answer, ok)},
			devices: "critical nodata ok", site: critical, problems: "1/answer[1/if/1 2/answer 2/storage/1]"},
		{name: "an alarm of an item stands beside the silence of its device", states: []appliance.StateRecord{line(1, answer, critical), line(1, "if/1", warning), line(2, answer, ok), line(3, answer, ok)},
			devices: "critical ok ok", site: critical, problems: "1/answer 1/if/1"},
		{name: "nobody takes care comes before critical", states: []appliance.StateRecord{line(1, answer, critical, taken), line(2, "storage/1", warning), line(2, answer, ok), line(3, answer, noData)},
			devices: "critical warning nodata", site: critical, problems: "2/storage/1 3/answer 1/answer", taken: 1},
		{name: "the cause that cuts off most comes first, then the newest", states: []appliance.StateRecord{line(1, answer, critical), line(2, answer, critical, lately), line(3, answer, noData, because(1))},
			devices: "critical critical nodata", site: critical, problems: "1/answer[3/answer] 2/answer"},
		{name: "a consequence whose cause is gone stands for itself", states: []appliance.StateRecord{line(1, answer, ok), line(2, answer, noData, because(99)), line(2, "storage/1", noData), line(3, answer, ok)},
			devices: "ok nodata ok", site: noData, problems: "2/answer 2/storage/1"},
		{name: "what was in order before we were away is not green", states: []appliance.StateRecord{line(1, answer, ok, stale), line(2, answer, ok), line(3, answer, ok)}, devices: "nodata ok ok", site: noData},
		{name: "states of unknown devices are left out", states: []appliance.StateRecord{line(1, answer, ok), line(2, answer, ok), line(3, answer, ok), line(9, answer, critical)}, devices: "ok ok ok", site: ok},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Summary(c.states, devices)
			var sums []string
			for _, d := range o.Devices {
				sums = append(sums, d.State.String())
			}
			if got := strings.Join(sums, " "); got != c.devices {
				t.Errorf("devices %q, want %q", got, c.devices)
			}
			if got := rows(o.Problems); got != c.problems {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
			h := o.Headline
			if h.State != c.site || h.Problems != len(o.Problems) || h.Taken != c.taken || h.Critical+h.Warning+h.NoData != h.Problems {
				t.Errorf("headline %+v", h)
			}
			if h.Devices.Total() != len(devices) {
				t.Errorf("counts %v", h.Devices)
			}
		})
	}
	t.Run("a site without devices has no data", func(t *testing.T) {
		if o := Summary(nil, nil); o.Headline.State != noData || len(o.Problems) != 0 {
			t.Errorf("%+v", o)
		}
	})
	t.Run("who is behind", func(t *testing.T) {
		o := Summary([]appliance.StateRecord{line(1, answer, critical), line(2, answer, noData, because(1)), line(2, "x", noData), line(3, answer, noData, because(1))}, devices)
		if !slices.Equal(o.Problems[0].Behind, []appliance.ID{2, 3}) || o.Devices[1].UnreachableBy != 1 {
			t.Errorf("%+v", o)
		}
	})
}

func rows(problems []Problem) string {
	var out []string
	for _, p := range problems {
		row := p.StateRecord.Device.String() + "/" + p.Item
		var children []string
		for _, r := range p.Children {
			children = append(children, r.Device.String()+"/"+r.Item)
		}
		if len(children) > 0 {
			row += "[" + strings.Join(children, " ") + "]"
		}
		out = append(out, row)
	}
	return strings.Join(out, " ")
}
