package profile

import (
	"slices"
	"testing"

	"siteward/appliance"
)

// TestEachFaultOfTheCorpusIsToldInItsMakersWord walks what its README names under "States that are not plain healthy".
func TestEachFaultOfTheCorpusIsToldInItsMakersWord(t *testing.T) {
	for _, c := range []struct {
		device, status, word string
		severity             appliance.Severity
		times                int
	}{
		{"poweralert_2", "ups.alarm", "upsAlarmBatteryBad", appliance.SeverityCritical, 2},
		{"poweralert_2", "ups.battery_status", "batteryNormal", appliance.SeverityOK, 1}, // and the battery has to be replaced all the same
		{"eaton-mgeups_9pxle", "ups.alarm", "xupsReturnFromLowBattery", appliance.SeverityNone, 1},
		{"generex-ups_cs141", "ups.output_source", "bypass", appliance.SeverityWarning, 1},
		{"eurostor_es-6642b", "disk.status", "Failed", appliance.SeverityCritical, 1},
		{"dsm", "status.upgrade", "available", appliance.SeverityNone, 1},
		{"dsm", "disk.status", "initialized", appliance.SeverityOK, 1},
		{"konica_c250i", "printer.device_status", "warning", appliance.SeverityWarning, 1},
		{"konica_c250i", "printer.detected_errors", "serviceRequested", appliance.SeverityWarning, 1},
		{"ricoh_mpc3002", "printer.device_status", "warning", appliance.SeverityWarning, 1},
	} {
		found := statuses(readCorpus(t, c.device), c.status)
		found = slices.DeleteFunc(found, func(s appliance.Status) bool { return s.Word != c.word || s.Severity != c.severity })
		if len(found) != c.times {
			t.Errorf("%s: %s %q (%v) is told %d times, want %d; it says %+v", c.device, c.status, c.word, c.severity, len(found), c.times, statuses(readCorpus(t, c.device), c.status))
		}
	}
	for device, metric := range map[string]string{"eaton-mgeups_9pxle": "ups.charge_percent", "socomec-ups": "ups.runtime"} {
		v := value(readCorpus(t, device), metric, "")
		if device == "socomec-ups" && v != nil || device != "socomec-ups" && (v == nil || v.Number != 91) {
			t.Errorf("%s: %s is %+v", device, metric, v)
		}
	}
}
