package round

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

func sortLines(lines []appliance.RoundLine) {
	slices.SortStableFunc(lines, func(a, b appliance.RoundLine) int {
		return cmp.Or(cmp.Compare(b.State, a.State), a.At.Compare(b.At), cmp.Compare(a.What, b.What))
	})
}

// stateOf is how a run is told.
func stateOf(s appliance.RunStatus) appliance.State {
	switch s {
	case appliance.RunSuccess, appliance.RunRunning:
		return appliance.StateOK
	case appliance.RunFailed:
		return appliance.StateCritical
	case appliance.RunIncomplete:
		return appliance.StateNoData
	}
	return appliance.StateWarning
}

// backups are the verdicts of all runs, and the results that are missing.
func (in Input) backups() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundBackups}
	for _, j := range in.Jobs {
		if j.Status != appliance.JobAccepted {
			continue
		}
		p.Total++
		if j.State == nil || !j.State.State.Problem() {
			p.Good++
			continue
		}
		why := j.State.Evidence.Why
		p.Lines = append(p.Lines, appliance.RoundLine{State: j.State.State, At: j.State.Since, What: j.Name, Message: &why,
			Text: j.State.Evidence.Verbatim, Href: "/backups/" + j.ID.String(), Device: j.Device})
	}
	for _, r := range in.Runs {
		if r.Kind != appliance.RunBackup && r.Kind != appliance.RunCopy && r.Status == appliance.RunSuccess {
			continue // checks and clean-ups are only news when they fail
		}
		text := r.Evidence.Line
		if text == "" {
			text = r.Message
		}
		name, href, device := in.jobOf(r)
		p.Lines = append(p.Lines, appliance.RoundLine{State: stateOf(r.Status), At: r.At(), What: name, Text: text, Href: href, Device: device,
			Message: &appliance.Message{Key: "round.run_" + string(r.Status), English: string(r.Status)}})
	}
	return p
}

// jobOf is the job of a run: its name, the address of the run's receipt, its device.
func (in Input) jobOf(r appliance.Run) (name, href string, device appliance.ID) {
	for _, j := range in.Jobs {
		if j.Has(r.Origin()) {
			return j.Name, "/backups/" + j.ID.String() + "?run=" + r.ID.String(), j.Device
		}
	}
	return strings.TrimSpace(r.Product + " " + r.Job), "/backups", 0
}

// calmEvents tell of a UPS that all is well, or nothing of power.
var calmEvents = map[appliance.UPSEventKind]bool{
	appliance.UPSOnLine: true, appliance.UPSCommOK: true, appliance.UPSSelfTestStarted: true, appliance.UPSSelfTestPassed: true, appliance.UPSLowBatteryCleared: true,
	appliance.UPSBatteryReattached: true, appliance.UPSBatteryDischargedCleared: true, appliance.UPSMonitorStarted: true, appliance.UPSMonitorStopped: true,
	appliance.UPSBoost: true, appliance.UPSTrim: true, appliance.UPSCalibrating: true, appliance.UPSOther: true, appliance.UPSUnknown: true,
}

// power is every event of every UPS.
func (in Input) power() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundPower, Total: len(in.UPSes)}
	for _, u := range in.UPSes {
		if !u.State.Problem() {
			p.Good++
		}
	}
	for _, e := range in.Events {
		l := appliance.RoundLine{State: appliance.StateWarning, At: e.At, What: e.UPS, Text: e.Text, Href: "/power", Device: e.Device}
		if e.Device != 0 {
			l.What = in.Names(e.Device)
		}
		if calmEvents[e.Kind] {
			l.State = appliance.StateOK
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

// problems are those open now; what has been taken by somebody is told after what has not.
func (in Input) problems() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundProblems}
	for _, s := range in.States {
		family, _, _ := strings.Cut(s.Item, "/")
		if s.Check == 0 && (family == "backup" || family == "round") {
			continue // a point of its own
		}
		if p.Total++; !s.State.Problem() {
			p.Good++
			continue
		}
		if s.UnreachableBy != 0 {
			continue // told by the device on the way
		}
		why := s.Evidence.Why
		l := appliance.RoundLine{State: s.State, At: s.Since, What: s.Label, Message: &why, Text: s.Evidence.Verbatim, Href: "/problems", Device: s.Device}
		if s.Device != 0 {
			l.What, l.Href = strings.TrimSpace(in.Names(s.Device)+" "+s.Label), "/devices/"+s.Device.String()
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

// storage is what will be full within a month when it goes on as in the last two weeks.
func (in Input) storage() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundStorage, Total: len(in.Storages)}
	for _, s := range in.Storages {
		days, ok := FullIn(s.Days)
		if !ok || days > fullWithin {
			p.Good++
			continue
		}
		p.Lines = append(p.Lines, appliance.RoundLine{State: appliance.StateWarning, At: in.Now, What: strings.TrimSpace(in.Names(s.Device) + " " + s.Label), Device: s.Device,
			Href:    "/devices/" + s.Device.String(),
			Message: &appliance.Message{Key: "round.full_in", Args: map[string]any{"n": days, "used": int(s.Days[len(s.Days)-1] + 0.5)}, English: "will be full soon"}})
	}
	return p
}

// fullWithin is how many days ahead a full storage is told.
const fullWithin = 30

// leastDays is how many days a trend needs: three points on a line may be chance.
const leastDays = 5

// FullIn fits a line through daily values of percent used and says in how many days it reaches 100. ok is false when there are too
// few days, or when it does not grow by more than a percent in ten days: that is no trend.
func FullIn(days []float64) (n int, ok bool) {
	if len(days) < leastDays {
		return 0, false
	}
	var sx, sy, sxx, sxy float64
	for i, y := range days {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	count := float64(len(days))
	slope := (count*sxy - sx*sy) / (count*sxx - sx*sx)
	if slope < 0.1 {
		return 0, false
	}
	left := (100 - days[len(days)-1]) / slope
	return max(0, int(left)), left < 10_000
}

// self is the appliance itself: nobody else looks at it.
func (in Input) self() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundSelf}
	note := func(bad bool, state appliance.State, key, english string, args map[string]any) {
		p.Total++
		if !bad {
			p.Good++
			return
		}
		p.Lines = append(p.Lines, appliance.RoundLine{State: state, At: in.Now, What: "Siteward", Href: "/settings",
			Message: &appliance.Message{Key: key, Args: args, English: english}})
	}
	st := in.Health.Store
	note(st.ReadOnly, appliance.StateCritical, "round.self_read_only", "the store takes no writes", nil)
	note(len(st.Damage) > 0, appliance.StateCritical, "round.self_damage", "the store is damaged", map[string]any{"n": len(st.Damage)})
	note(!in.Logbook.Fits(), appliance.StateCritical, "round.self_logbook", "the logbook does not fit", map[string]any{"entry": in.Logbook.Bad})
	note(st.BackedUp.Before(in.Now.Add(-49*time.Hour)) && !st.BackedUp.IsZero(), appliance.StateWarning, "round.self_backup", "no backup of Siteward itself for two days", nil)
	for _, s := range in.Sources {
		note(s.Bad != "", appliance.StateWarning, "round.self_source", "a source of logs cannot be read", map[string]any{"name": s.Name})
		if s.Bad != "" {
			p.Lines[len(p.Lines)-1].Text = s.Bad
		}
	}
	return p
}

// Keep takes over the judgements of points whose evidence is the same.
func Keep(points, before []appliance.RoundPoint) {
	for i := range points {
		for _, old := range before {
			if old.Key == points[i].Key && same(old, points[i]) {
				points[i].Judgement, points[i].Note, points[i].By, points[i].At = old.Judgement, old.Note, old.By, old.At
			}
		}
	}
}

func same(a, b appliance.RoundPoint) bool {
	return a.State == b.State && a.Good == b.Good && a.Total == b.Total && a.More == b.More && slices.EqualFunc(a.Lines, b.Lines, func(x, y appliance.RoundLine) bool {
		return x.State == y.State && x.What == y.What && x.Text == y.Text && (x.Message == nil) == (y.Message == nil) && (x.Message == nil || x.Message.Key == y.Message.Key && x.Message.English == y.Message.English)
	})
}
