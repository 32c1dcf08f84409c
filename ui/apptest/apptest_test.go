package apptest_test

import (
	"net/http"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

var _ appliance.App = (*apptest.App)(nil)

// TestStates holds the sample site to what the page tests rely on.
func TestStates(t *testing.T) {
	app := apptest.New()
	want := map[string]appliance.State{"sw-core": appliance.StateCritical, "srv-praxis": appliance.StateWarning, "srv-files": appliance.StateOK,
		"nas-1": appliance.StateOK, "ups-1": appliance.StateWarning, "drucker-empfang": appliance.StateWarning, "sw-empfang": appliance.StateCritical,
		"ap-empfang": appliance.StateNoData, "www.praxis-am-markt.example": appliance.StateOK, "kamera-eingang": appliance.StatePaused, "scanner-1": appliance.StateNoData}
	for name, state := range want {
		v, err := app.Device(t.Context(), app.Find(name))
		if err != nil || v.Worst != state {
			t.Errorf("%s: %v, want %v (%v)", name, v.Worst, state, err)
			for _, s := range v.States {
				t.Logf("  %s %v %s", s.Item, s.State, s.Evidence.Why.English)
			}
		}
	}
	if v, _ := app.Device(t.Context(), app.Find("ap-empfang")); v.States[0].UnreachableBy != app.Find("sw-empfang") {
		t.Error("the access point is not cut off by its switch")
	}
}

func TestServerAnswersEveryRole(t *testing.T) {
	b := apptest.Server(t)
	for _, role := range appliance.Roles {
		if w := b.Get(role, "/menu"); w.Code != http.StatusOK {
			t.Errorf("%s: %d", role, w.Code)
		}
	}
	if w := b.Get("", "/menu"); w.Code != http.StatusSeeOther {
		t.Errorf("nobody: %d", w.Code)
	}
}
