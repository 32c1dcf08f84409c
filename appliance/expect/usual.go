package expect

import (
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// leastRuns are needed before anything is called usual.
const leastRuns = 5

// Usual is what the good runs of a job have in common: median and median distance from it, which a single odd run does not move.
type Usual struct {
	Bytes, BytesOff float64 // NaN when too few runs say their size
	BytesKind       string
	Took, TookOff   float64 // s; NaN as above
	Least, Most     time.Duration
}

// usualOf looks at good runs that are as the newest one: only sizes that count the same thing are compared.
func usualOf(good []appliance.Run) Usual {
	u := Usual{Bytes: math.NaN(), Took: math.NaN()}
	if len(good) == 0 {
		return u
	}
	u.BytesKind = good[len(good)-1].BytesKind
	var sizes, times []float64
	for _, r := range good {
		if r.Bytes != nil && r.BytesKind == u.BytesKind {
			sizes = append(sizes, float64(*r.Bytes))
		}
		if took := tookOf(r); took > 0 {
			times = append(times, took.Seconds())
			if u.Least == 0 || took < u.Least {
				u.Least = took
			}
			u.Most = max(u.Most, took)
		}
	}
	if len(sizes) >= leastRuns {
		u.Bytes, u.BytesOff = middle(sizes)
	}
	if len(times) >= leastRuns {
		u.Took, u.TookOff = middle(times)
	}
	return u
}

func tookOf(r appliance.Run) time.Duration {
	if r.Took > 0 {
		return time.Duration(r.Took)
	}
	if !r.Started.IsZero() && r.Finished.After(r.Started) {
		return r.Finished.Sub(r.Started)
	}
	return 0
}

// middle gives the median and the median absolute deviation (MAD).
func middle(v []float64) (median, deviation float64) {
	median = medianOf(slices.Clone(v))
	off := make([]float64, len(v))
	for i, x := range v {
		off[i] = math.Abs(x - median)
	}
	return median, medianOf(off)
}

func medianOf(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

// Learn guesses the schedule of a job from when its runs began, and says how sure it is: the share of expected times that had a
// run and of runs that were expected. Few runs are little proof.
func Learn(runs []appliance.Run, cal *calendar.Calendar) (appliance.Schedule, float64) {
	runs = Answers(runs)
	if len(runs) < 2 {
		return guess(runs, cal), 0
	}
	grace := graceOf(runs)
	var best appliance.Schedule
	sure := 0.0
	for _, s := range candidates(runs, cal) {
		s.Grace = grace
		if v := fit(s, runs, cal); v > sure+1e-9 {
			best, sure = s, v
		}
	}
	if sure == 0 {
		return guess(runs, cal), 0
	}
	return best, sure * (1 - 1/float64(len(runs)))
}

// guess is daily at the time of the only run.
func guess(runs []appliance.Run, cal *calendar.Calendar) appliance.Schedule {
	s := appliance.Schedule{Kind: appliance.ScheduleDaily, At: 2 * 60, Grace: appliance.Duration(3 * time.Hour)}
	if len(runs) > 0 {
		s.At = minuteOf(runs[len(runs)-1], cal)
	}
	return s
}

func minuteOf(r appliance.Run, cal *calendar.Calendar) int {
	t := r.At().In(cal.Location())
	return t.Hour()*60 + t.Minute()
}

// graceOf is twice the longest run and an hour, in whole half hours.
func graceOf(runs []appliance.Run) appliance.Duration {
	longest := time.Duration(0)
	for _, r := range runs {
		longest = max(longest, tookOf(r))
	}
	const step = 30 * time.Minute
	g := (2*longest + time.Hour + step - 1) / step * step
	return appliance.Duration(min(g, 24*time.Hour))
}

// candidates are the schedules that these runs may have, the simplest first.
func candidates(runs []appliance.Run, cal *calendar.Calendar) []appliance.Schedule {
	minutes := make([]float64, len(runs))
	onDay := map[time.Weekday]int{}
	for i, r := range runs {
		minutes[i] = float64(minuteOf(r, cal))
		onDay[r.At().In(cal.Location()).Weekday()]++
	}
	at := aroundTheClock(minutes)
	list := []appliance.Schedule{{Kind: appliance.ScheduleDaily, At: at}, {Kind: appliance.ScheduleWeekdays, At: at}}
	var days []time.Weekday
	for d := time.Sunday; d <= time.Saturday; d++ {
		if onDay[d]*7 >= len(runs)/2+1 {
			days = append(days, d)
		}
	}
	if len(days) > 0 && len(days) < 7 && len(runs) >= 2*len(days) {
		list = append(list, appliance.Schedule{Kind: appliance.ScheduleWeekly, At: at, Days: days})
	}
	for _, h := range []int{12, 8, 6, 4, 3, 2, 1} {
		first := make([]float64, len(minutes))
		for i, m := range minutes {
			first[i] = math.Mod(m, float64(h*60))
		}
		list = append(list, appliance.Schedule{Kind: appliance.ScheduleHourly, Hours: h, At: int(medianOf(first))})
	}
	return list
}

// aroundTheClock is the median minute of the day, also of times on both sides of midnight.
func aroundTheClock(minutes []float64) int {
	x, y := 0.0, 0.0
	for _, m := range minutes {
		a := m / 1440 * 2 * math.Pi
		x, y = x+math.Cos(a), y+math.Sin(a)
	}
	centre := math.Atan2(y, x) / (2 * math.Pi) * 1440
	off := make([]float64, len(minutes))
	for i, m := range minutes {
		off[i] = math.Mod(m-centre+720+2880, 1440) - 720
	}
	return int(math.Mod(math.Round(centre+medianOf(off))+2880, 1440))
}

// near is how far from its time a run may begin and still speak for a schedule.
const near = 75 * time.Minute

// fit is the share of slots with a run near them times the share of runs near a slot.
func fit(s appliance.Schedule, runs []appliance.Run, cal *calendar.Calendar) float64 {
	first, last := runs[0].At(), runs[len(runs)-1].At()
	slots := Slots(s, cal, first.Add(-near), last.Add(near))
	if len(slots) == 0 {
		return 0
	}
	tolerance := near
	if s.Kind == appliance.ScheduleHourly {
		tolerance = min(near, time.Duration(s.Hours)*15*time.Minute)
	}
	hit, met, i := 0, 0, 0
	for _, slot := range slots {
		found := false
		for i < len(runs) && runs[i].At().Before(slot.At.Add(-tolerance)) {
			i++
		}
		for i < len(runs) && !runs[i].At().After(slot.At.Add(tolerance)) {
			if !found { // a second run near one time speaks for another schedule
				met++
			}
			i++
			found = true
		}
		if found {
			hit++
		}
	}
	return float64(hit) / float64(len(slots)) * float64(met) / float64(len(runs))
}
