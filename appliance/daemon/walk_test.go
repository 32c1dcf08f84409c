package daemon_test

import (
	"bytes"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/probes/snmp/snmprec"
)

func TestADeviceIsWalkedAndRecorded(t *testing.T) {
	t.Parallel()
	s := settled(t)
	dev := s.device("sw-core", recording(t, "sw-core"), func(_ *appliance.Device, c *appliance.Check) { c.Timeout *= 10 })
	w, err := s.Ops().Walk(t.Context(), "SW-Core", appliance.WalkRequest{Root: "system"})
	if err != nil || len(w.Rows) < 6 || w.Rows[0].Name != "sysDescr.0" || w.Name != "system" {
		t.Fatalf("walk %+v, %v", w, err)
	}
	if keys := s.journal(appliance.EventFilter{Device: dev.ID, Kinds: []appliance.EventKind{appliance.EventAudit}}); keys[len(keys)-1] != "audit.walked" {
		t.Errorf("journal %v", keys)
	}
	plain, err := s.WalkRecording(t.Context(), w.ID, false)
	if err != nil || !strings.Contains(string(plain), "1.3.6.1.2.1.1.5.0|4|") {
		t.Fatalf("recording %s, %v", plain, err)
	}
	masked, err := s.WalkRecording(t.Context(), w.ID, true)
	if err != nil || !strings.Contains(string(masked), "1.3.6.1.2.1.1.5.0|4|name-1") {
		t.Fatalf("masked %s, %v", masked, err)
	}
	if vars, err := snmprec.Parse(bytes.NewReader(masked)); err != nil || len(vars) != len(w.Rows) {
		t.Errorf("%d objects, %v", len(vars), err)
	}
	w, err = s.Walk(t.Context(), byTest, dev.ID, appliance.WalkRequest{Root: "ifOperStatus", Limit: 3})
	if err != nil || len(w.Rows) != 3 || w.Cut == "" || !strings.Contains(w.Rows[0].Value, "(") {
		t.Errorf("walk %+v, %v", w, err)
	}
	if w, err = s.Walk(t.Context(), byTest, dev.ID, appliance.WalkRequest{Root: "sysName.0"}); err != nil || len(w.Rows) != 1 {
		t.Errorf("one instance %+v, %v", w, err)
	}
	for root, code := range map[string]appliance.Code{"nosuchname": appliance.CodeInvalid} {
		if _, err := s.Walk(t.Context(), byTest, dev.ID, appliance.WalkRequest{Root: root}); appliance.CodeOf(err) != code {
			t.Errorf("%s: %v", root, err)
		}
	}
	if _, err := s.Ops().Walk(t.Context(), "nobody", appliance.WalkRequest{}); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("a device that is not there: %v", err)
	}
	dev.agent.Silence(true)
	if _, err := s.Walk(t.Context(), byTest, dev.ID, appliance.WalkRequest{Root: "system"}); appliance.CodeOf(err) != appliance.CodeUnavailable {
		t.Errorf("a silent device: %v", err)
	}
}
