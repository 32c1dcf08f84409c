package round

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
)

var now = time.Date(2026, 11, 20, 6, 30, 0, 0, time.UTC)

func names(id appliance.ID) string { return "device " + id.String() }

func point(tb testing.TB, in Input, key string) appliance.RoundPoint {
	tb.Helper()
	if in.Names == nil {
		in.Names = names
	}
	for _, p := range Make(in) {
		if p.Key == key {
			return p
		}
	}
	tb.Fatalf("no point %s", key)
	return appliance.RoundPoint{}
}

func TestNothingHappened(t *testing.T) {
	want := slices.DeleteFunc(slices.Clone(appliance.RoundPoints), func(key string) bool { return key == appliance.RoundLogs }) // nobody sends messages
	for i, p := range Make(Input{Now: now}) {
		if p.Key != want[i] || p.State != appliance.StateOK || len(p.Lines) != 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestTheWorstComesFirst(t *testing.T) {
	missing := appliance.StateRecord{State: appliance.StateNoData, Since: now, Evidence: appliance.Evidence{Why: appliance.Message{English: "no result"}}}
	in := Input{Now: now, Jobs: []appliance.BackupJobView{
		{BackupJob: appliance.BackupJob{Name: "Files", Status: appliance.JobAccepted, Origins: []appliance.RunOrigin{{Product: "borg", Job: "files"}}}},
		{BackupJob: appliance.BackupJob{Name: "Mail", Status: appliance.JobAccepted}, State: &missing},
		{BackupJob: appliance.BackupJob{Name: "Old", Status: appliance.JobIgnored}},
	}, Runs: []appliance.Run{
		{Product: "borg", Job: "files", Status: appliance.RunSuccess, Started: now.Add(-4 * time.Hour)},
		{Product: "borg", Job: "files", Kind: appliance.RunPrune, Status: appliance.RunSuccess, Started: now.Add(-3 * time.Hour)},
		{Product: "restic", Job: "web", Status: appliance.RunFailed, Started: now.Add(-5 * time.Hour), Evidence: appliance.RunEvidence{Line: "Fatal: no space"}},
	}}
	p := point(t, in, appliance.RoundBackups)
	if p.State != appliance.StateCritical || p.Good != 1 || p.Total != 2 || len(p.Lines) != 3 || p.Lines[0].Text != "Fatal: no space" || p.Lines[1].What != "Mail" || p.Lines[2].What != "Files" {
		t.Errorf("%+v", p)
	}
}

func TestPowerAndProblems(t *testing.T) {
	p := point(t, Input{Now: now, UPSes: make([]appliance.UPSView, 2), Events: []appliance.UPSEvent{{Device: 5, Kind: appliance.UPSOnLine, At: now, Text: "back"}, {Device: 5, Kind: appliance.UPSOnBattery, At: now, Text: "gone"}}}, appliance.RoundPower)
	if p.State != appliance.StateWarning || p.Lines[0].Text != "gone" || p.Lines[0].What != "device 5" {
		t.Errorf("%+v", p)
	}
	p = point(t, Input{Now: now, States: []appliance.StateRecord{
		{StateKey: appliance.StateKey{Check: 1, Item: "answer"}, Device: 1, State: appliance.StateOK},
		{StateKey: appliance.StateKey{Check: 2, Item: "answer"}, Device: 2, State: appliance.StateCritical},
		{StateKey: appliance.StateKey{Check: 3, Item: "answer"}, Device: 3, State: appliance.StateNoData, UnreachableBy: 2},
		{StateKey: appliance.StateKey{Item: "backup/1"}, State: appliance.StateNoData},
		{StateKey: appliance.StateKey{Item: "round"}, State: appliance.StateWarning},
	}}, appliance.RoundProblems)
	if len(p.Lines) != 1 || p.Lines[0].What != "device 2" || p.State != appliance.StateCritical {
		t.Errorf("%+v", p)
	}
}

func TestStoragesThatAreFullSoon(t *testing.T) {
	for _, c := range []struct {
		days []float64
		n    int
		ok   bool
	}{
		{[]float64{50, 52, 54, 56, 58, 60, 62}, 19, true},
		{[]float64{90, 90, 90, 90, 90, 90, 90}, 0, false},
		{[]float64{90, 80, 70, 60, 50, 40, 30}, 0, false},
		{[]float64{10, 90}, 0, false},
		{[]float64{96, 97, 98, 99, 100}, 0, true},
		{nil, 0, false},
	} {
		if n, ok := FullIn(c.days); n != c.n || ok != c.ok {
			t.Errorf("%v: %d %v, want %d %v", c.days, n, ok, c.n, c.ok)
		}
	}
	p := point(t, Input{Now: now, Storages: []Storage{{Device: 2, Label: "C:", Days: []float64{50, 52, 54, 56, 58, 60, 62}}, {Device: 3, Days: []float64{1, 1, 1, 1, 1}}}}, appliance.RoundStorage)
	if p.Good != 1 || p.Total != 2 || len(p.Lines) != 1 || p.Lines[0].Message.Args["n"] != 19 {
		t.Errorf("%+v", p)
	}
}

func TestAStormIsBounded(t *testing.T) {
	in := Input{Now: now}
	for i := range 500 {
		in.Events = append(in.Events, appliance.UPSEvent{UPS: "u", Kind: appliance.UPSOnBattery, At: now.Add(time.Duration(i) * time.Second), Text: fmt.Sprint(i)})
	}
	if p := point(t, in, appliance.RoundPower); len(p.Lines) != maxLines || p.More != 500-maxLines {
		t.Errorf("%d lines, %d more", len(p.Lines), p.More)
	}
}

func TestJudgementsOfTwo(t *testing.T) {
	r := appliance.Round{Points: Make(Input{Now: now})}
	nothing := appliance.RoundAnswer{Key: appliance.RoundPower, Judgement: appliance.RoundNothing}
	if !Judge(&r, []appliance.RoundAnswer{nothing}, "m", now) || r.Points[1].By != "m" {
		t.Fatalf("%+v", r.Points[1])
	}
	late := []appliance.RoundAnswer{{Key: appliance.RoundPower, Judgement: appliance.RoundConspicuous, Note: "x"}, {Key: "unknown"}}
	if Judge(&r, late, "s", now) || late[0].ConflictsWith != "m" {
		t.Errorf("the other one's judgement was overwritten: %+v", r.Points[1])
	}
	if Judge(&r, []appliance.RoundAnswer{nothing}, "s", now) || r.Points[1].By != "m" {
		t.Error("who says the same again is not the one who read it")
	}
	again := Make(Input{Now: now.Add(time.Hour)})
	Keep(again, r.Points)
	if again[1].By != "m" {
		t.Error("a judgement of what has not changed went")
	}
	again = Make(Input{Now: now, Names: names, Events: []appliance.UPSEvent{{Kind: appliance.UPSOnBattery}}})
	Keep(again, r.Points)
	if again[1].Judgement != appliance.RoundUnread {
		t.Error("what is new counts as read")
	}
}

func TestWhatIsSignedStaysTheSame(t *testing.T) {
	r := appliance.Round{ID: 3, Day: "2026-11-20", Made: now, Points: Make(Input{Now: now, Names: names, Storages: []Storage{{Days: []float64{50, 52, 54, 56, 58, 60, 62}}}})}
	a, err := Seen(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Entry, r.SHA256, r.Version = 12, "x", 7
	if b, err := Seen(r); err != nil || string(a) != string(b) {
		t.Errorf("%s\n%s %v", a, b, err)
	}
}

type everyDay struct{}

func (everyDay) Due(day time.Time, minute int, every bool) (time.Time, bool) {
	y, m, d := day.Date()
	at := time.Date(y, m, d, 0, minute, 0, 0, day.Location())
	return at, every || at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
}

func TestWhenItIsDue(t *testing.T) {
	s := appliance.DefaultRound
	sunday := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	if last, next := Last(s, everyDay{}, sunday), Next(s, everyDay{}, sunday); last.Day() != 20 || next.Day() != 23 {
		t.Errorf("on business days: %v %v", last, next)
	}
	s.EveryDay = true
	if last, next := Last(s, everyDay{}, sunday), Next(s, everyDay{}, sunday); last.Day() != 22 || next.Day() != 23 {
		t.Errorf("every day: %v %v", last, next)
	}
}

func TestSpotCheckIsAPoint(t *testing.T) {
	for _, p := range Make(Input{Now: now}) {
		if p.Key == appliance.RoundLogs {
			t.Error("a spot check is asked for, and nobody sends messages")
		}
	}
	spot := appliance.SpotCheck{Day: "2026-11-20", Messages: make([]appliance.SpotMessage, 3)}
	if p := point(t, Input{Now: now, Spot: spot}, appliance.RoundLogs); p.State != appliance.StateWarning || p.Good != 0 || p.Lines[0].Href != "/eventchecks/spot" {
		t.Errorf("not done: %+v", p)
	}
	spot.Signed, spot.By = now, "m.muster"
	if p := point(t, Input{Now: now, Spot: spot}, appliance.RoundLogs); p.State != appliance.StateOK || p.Good != 1 {
		t.Errorf("done: %+v", p)
	}
}
