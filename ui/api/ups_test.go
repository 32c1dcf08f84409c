package api

import (
	"strings"
	"testing"
)

func TestUPSesAreRead(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{"/api/v1/ups": `"power":"mains"`, "/api/v1/ups/outages?device=2": `"kind":"outage"`, "/api/v1/ups/events": `"kind":"on_battery"`} {
		got := b.send("GET", path, "")
		if got.Code != 200 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
}
