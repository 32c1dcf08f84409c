package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

func (f *fake) window(id appliance.ID) appliance.WindowView {
	return appliance.WindowView{Window: appliance.Window{ID: id, Kind: appliance.WindowPlanned, State: appliance.WindowAnnounced, Title: hostile, Comment: "firmware", Devices: []appliance.ID{1},
		From: start.Add(72 * time.Hour), Until: start.Add(73 * time.Hour)}}
}

func (f *fake) Windows(context.Context) ([]appliance.WindowView, error) {
	draft := f.window(2)
	draft.State = appliance.WindowDraft
	return []appliance.WindowView{f.window(1), draft}, f.broken
}

func (f *fake) Window(_ context.Context, id appliance.ID) (appliance.WindowView, error) {
	if id > 3 {
		return appliance.WindowView{}, appliance.ErrNotFound
	}
	return f.window(id), f.broken
}

func (f *fake) BeginWindow(_ context.Context, by appliance.Actor, w *appliance.Window) error {
	f.by = append(f.by, by)
	w.ID = 3
	return f.broken
}

func (f *fake) EndWindow(_ context.Context, by appliance.Actor, id appliance.ID, _ string) error {
	f.by = append(f.by, by)
	if id > 3 {
		return appliance.ErrNotFound
	}
	return f.broken
}

func (f *fake) Availability(_ context.Context, from, to time.Time) (appliance.AvailabilityReport, error) {
	up := appliance.Availability{Device: 1, Name: hostile, Service: time.Hour, Up: 59 * time.Minute, Down: time.Minute, From: from, To: to}
	return appliance.AvailabilityReport{From: from, To: to, Hours: "7x24", Site: up, Devices: []appliance.Availability{up}}, f.broken
}

// TestDraftsOfWindowsAreOfThoseWhoPlan shows a draft to a technician and not to a viewer.
func TestDraftsOfWindowsAreOfThoseWhoPlan(t *testing.T) {
	b := newBench(t)
	for role, want := range map[appliance.Role]int{appliance.RoleViewer: 1, appliance.RoleTechnician: 2} {
		w := b.send("GET", "/api/v1/windows", "", "Authorization", "Bearer "+b.tokens[role])
		if got := strings.Count(w.Body.String(), `"state":`); w.Code != 200 || got != want {
			t.Errorf("%s sees %d windows, want %d: %s", role, got, want, w.Body)
		}
	}
}

func TestAvailabilityIsTold(t *testing.T) {
	b := newBench(t)
	w := b.send("GET", "/api/v1/availability?from=2026-11-01T00:00:00Z", "", "Authorization", "Bearer "+b.tokens[appliance.RoleViewer])
	if s := w.Body.String(); w.Code != 200 || !strings.Contains(s, `"down_seconds":60`) || !strings.Contains(s, `"reached_percent":98.3`) {
		t.Errorf("%d %s", w.Code, s)
	}
}
