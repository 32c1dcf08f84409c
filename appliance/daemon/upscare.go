package daemon

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// upsLook is how often it is looked whether a UPS's self-test or battery is late: both are a matter of days.
const upsLook = 10 * time.Minute

// lookAtUPSes settles what is expected of UPSes: a self-test in time, and a battery that is not past its day.
func (d *Daemon) lookAtUPSes(ctx context.Context) error {
	now := d.now()
	if !sane(now) {
		return nil
	}
	views, err := d.UPSes(ctx)
	if err != nil {
		return err
	}
	var list []expectation
	kept := map[string]bool{} // expected still, or not known at the moment
	for _, v := range views {
		silent := !v.Told && slices.ContainsFunc(d.live.checksOf(v.Device), mayTellOfUPS)
		for _, look := range []func(v appliance.UPSView, silent bool, now time.Time) (expectation, standing){expectTest, expectBattery} {
			e, how := look(v, silent, now)
			kept[e.Item] = how != notExpected
			if how == judged {
				list = append(list, e)
			}
		}
	}
	var gone []string
	for _, r := range d.live.statesOf(0) {
		family, _, _ := strings.Cut(r.Item, "/")
		if (family == "selftest" || family == "battery") && !kept[r.Item] {
			gone = append(gone, r.Item)
		}
	}
	slices.Sort(gone)
	return d.expect(list, gone...)
}

// standing is whether something can be judged now.
type standing int

const (
	notExpected standing = iota
	notKnown             // only the UPS knows, and it does not answer: what was found last stands
	judged
)

// expectTest judges when the next self-test was due. A UPS that is asked but silent may remember one that nobody else saw.
func expectTest(v appliance.UPSView, silent bool, now time.Time) (expectation, standing) {
	e := expectation{Item: "selftest/" + v.Device.String(), Device: v.Device, State: appliance.StateOK}
	switch {
	case silent:
		return e, notKnown
	case v.TestDue.IsZero():
		return e, notExpected
	}
	due := v.TestDue.Format(time.DateOnly)
	e.Evidence = appliance.Evidence{At: v.TestDue, Why: appliance.Message{Key: "power.why_test", Args: map[string]any{"day": due},
		English: "the next self-test is due by " + due}}
	if v.LastTest != nil {
		e.Evidence.Verbatim = v.LastTest.Text
	}
	if now.After(v.TestDue) {
		e.State = appliance.StateWarning
		e.Evidence.Why.Key, e.Evidence.Why.English = "power.why_test_overdue", "no self-test of the UPS has been seen; it was due by "+due
	}
	return e, judged
}

// expectBattery judges whether the battery is past the day on which it was to be replaced. The day itself is in time, as on the pages.
func expectBattery(v appliance.UPSView, silent bool, now time.Time) (expectation, standing) {
	e := expectation{Item: "battery/" + v.Device.String(), Device: v.Device, State: appliance.StateOK}
	if v.Care.ReplaceBy == "" && silent {
		return e, notKnown
	}
	day, err := time.Parse(time.DateOnly, v.ReplaceBy)
	if err != nil { // none, or words of a UPS that are no day
		return e, notExpected
	}
	day = day.Add(12 * time.Hour)
	e.Evidence = appliance.Evidence{At: day, Verbatim: v.Truth.ReplaceBy, Why: appliance.Message{Key: "power.why_battery", Args: map[string]any{"day": v.ReplaceBy},
		English: "the battery is to be replaced by " + v.ReplaceBy}}
	if now.After(day) {
		e.State = appliance.StateWarning
		e.Evidence.Why.Key, e.Evidence.Why.English = "power.why_battery_overdue", "the battery should have been replaced by "+v.ReplaceBy
	}
	return e, judged
}
