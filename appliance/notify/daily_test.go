package notify

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
)

func TestDailyHasThreeParts(t *testing.T) {
	t.Parallel()
	since := eight.Add(-24 * time.Hour)
	cause := []appliance.IncidentCause{{StateKey: appliance.StateKey{Item: "answer"}}}
	in := []appliance.Incident{
		{ID: 5, Opened: eight.Add(-time.Hour), Causes: cause},
		{ID: 4, Opened: eight.Add(-time.Hour), Closed: eight, With: 5, Causes: cause},
		{ID: 3, Opened: eight.Add(-2 * time.Hour), Over: eight.Add(-time.Hour), Closed: eight.Add(-time.Hour), Causes: cause},
		{ID: 2, Opened: eight.Add(-72 * time.Hour), Causes: cause},
		{ID: 1, Opened: eight.Add(-72 * time.Hour), Closed: eight.Add(-70 * time.Hour), Causes: cause},
	}
	var keys []string
	for _, m := range Daily(in, since, eight) {
		keys = append(keys, m.Key)
	}
	want := []string{"notice.daily_new", "notice.daily_line", "notice.daily_open", "notice.daily_line", "notice.daily_over", "notice.daily_solved"}
	if !slices.Equal(keys, want) {
		t.Errorf("%q", keys)
	}
	if quiet := Daily(in[4:], since, eight); len(quiet) != 1 || quiet[0].Key != "notice.daily_nothing" {
		t.Errorf("%+v", quiet)
	}
}

func TestDailyComesOnceADay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := appliance.Contact{Daily: "02:30"} // a time that the night of the change leaves out
	last, told := "2026-03-26", 0
	for now := time.Date(2026, 3, 27, 0, 0, 0, 0, berlin); now.Before(time.Date(2026, 4, 1, 0, 0, 0, 0, berlin)); now = now.Add(time.Minute) {
		if DailyDue(c, last, now) {
			last, told = now.Format(time.DateOnly), told+1
		}
	}
	if told != 5 {
		t.Errorf("told %d times in five days", told)
	}
	if DailyDue(appliance.Contact{}, "", eight) || DailyDue(appliance.Contact{Daily: "07:30", Off: true}, "", eight) || DailyDue(appliance.Contact{Daily: "soon"}, "", eight) {
		t.Error("somebody is told a summary that he did not ask for")
	}
}
