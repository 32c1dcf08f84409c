package ui

import (
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/ui/view"
)

// verdict is the sentence below the name: what is wrong, and how the device stands otherwise. Whole sentences stand beside each other.
func (d *subject) verdict() (strong, rest string) {
	l := d.l
	switch {
	case d.Device.Paused.Active(d.now):
		return l.T("device.is_paused"), ""
	case len(d.DeviceView.Checks) == 0:
		return l.T("device.no_checks"), ""
	case d.sum.UnreachableBy != 0 && d.sum.UnreachableBy != d.ID:
		return l.T("device.is_unreachable", "name", d.name(d.sum.UnreachableBy)), d.lastAnswer()
	case d.Seen.IsZero() && len(d.told.readings) == 0:
		return l.T("device.never"), l.T("device.never_next")
	case d.silent():
		return l.T("device.silent"), d.lastAnswer()
	}
	strong = d.trouble()
	rest = strings.Join(d.standing(), " ")
	if strong == "" && d.sum.State == appliance.StateNoData {
		strong = l.T("device.nothing_known")
	}
	return strong, rest
}

// silent says that no check gets an answer, and that it is confirmed.
func (d *subject) silent() bool {
	any := false
	for _, r := range d.States {
		if r.Item != appliance.ItemAnswer {
			continue
		}
		if r.State != appliance.StateCritical && r.UnreachableBy == 0 || strings.HasPrefix(r.Evidence.Why.Key, "monitor.cause_") {
			return false // it does answer, and what is wrong is known better
		}
		any = true
	}
	return any
}

func (d *subject) lastAnswer() string {
	if d.Seen.IsZero() {
		return d.l.T("device.never")
	}
	return d.l.T("device.last_answer", "time", d.l.When(d.Seen))
}

// problems are the states that somebody may have to look at, worst first, without those that only follow from a missing answer.
func (d *subject) problems() []appliance.StateRecord {
	var out []appliance.StateRecord
	for _, r := range d.States {
		if r.State.Problem() && !d.follows(r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b appliance.StateRecord) int { return int(b.State) - int(a.State) })
	return out
}

func (d *subject) follows(r appliance.StateRecord) bool {
	if r.Item == appliance.ItemAnswer || r.State != appliance.StateNoData {
		return false
	}
	answer, ok := d.states[appliance.StateKey{Check: r.Check, Item: appliance.ItemAnswer}]
	return ok && answer.State.Problem()
}

// trouble says what is wrong: ports as a count, one other thing with its reason, several as a count and the worst.
func (d *subject) trouble() string {
	l := d.l
	var out []string
	var other []appliance.StateRecord
	down, degraded := 0, 0
	for _, r := range d.problems() {
		switch {
		case !strings.HasPrefix(r.Item, "if/"):
			other = append(other, r)
		case r.State == appliance.StateCritical:
			down++
		default:
			degraded++
		}
	}
	if down > 0 {
		out = append(out, l.T("device.ports_down", "n", down))
	}
	if degraded > 0 {
		out = append(out, l.T("device.ports_degraded", "n", degraded))
	}
	switch len(other) {
	case 0:
	case 1:
		out = append(out, d.problemSentence(other[0]))
	default:
		out = append(out, l.T("device.problems", "n", len(other), "item", l.StateItem(other[0]), "why", l.Say(other[0].Evidence.Why)))
	}
	if len(out) == 0 && d.sum.State == appliance.StateOK {
		out = append(out, l.T("device.fine"))
	}
	return strings.Join(out, " ")
}

// problemSentence names the item unless it is the device itself, as the UPS of a UPS.
func (d *subject) problemSentence(r appliance.StateRecord) string {
	why := d.l.Say(r.Evidence.Why)
	if r.Label == "" && (r.Item == string(d.Device.Kind) || r.Item == appliance.ItemAnswer) {
		return d.l.T("device.itself", "why", why)
	}
	return d.l.T("device.one_problem", "item", d.l.StateItem(r), "why", why)
}

// standing is how the device stands apart from its problems, one sentence for each thing that it is there for.
func (d *subject) standing() []string {
	var out []string
	if s := d.powerSentence(); s != "" {
		out = append(out, s)
	}
	if v, ok := d.told.number("ups.runtime"); ok {
		if load, ok := d.told.number("ups.load_percent"); ok {
			out = append(out, d.l.T("device.holds", "runtime", d.l.Value(v.Number, v.Unit), "load", d.l.Percent(load.Number)))
		}
	}
	if s := d.linkSentence(); s != "" {
		out = append(out, s)
	}
	if full, ok := d.fullest(); ok && !d.troubled("storage") {
		out = append(out, d.l.T("device.fullest", "name", full.Name, "used", d.l.Percent(full.Percent)))
	}
	if low, ok := d.lowest(); ok && !d.troubled("supply") {
		out = append(out, d.l.T("device.lowest", "name", low.Name, "left", d.l.Percent(low.Percent)))
	}
	return out
}

// troubled says that something of a family is a problem, which the verdict has named already.
func (d *subject) troubled(family string) bool {
	return slices.ContainsFunc(d.problems(), func(r appliance.StateRecord) bool { return strings.HasPrefix(r.Item, family+"/") })
}

func (d *subject) fullest() (view.Storage, bool) {
	var full view.Storage
	for _, x := range d.storages() {
		if known(x.Percent) && (full.Name == "" || x.Percent > full.Percent) {
			full = x
		}
	}
	return full, full.Name != ""
}

func (d *subject) lowest() (view.Supply, bool) {
	var low view.Supply
	for _, x := range d.supplies() {
		if known(x.Percent) && (low.Name == "" || x.Percent < low.Percent) {
			low = x
		}
	}
	return low, low.Name != ""
}
