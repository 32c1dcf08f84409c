package ups

import (
	"strings"

	"siteward/appliance"
)

// sourceOf says where the power comes from by a vendor's word for its output. The words of all profiles are read by their meaning
// (upsOutputSource normal, upsBasicOutputStatus onSmartBoost, xupsOutputSource maintenanceBypass), so that a new vendor needs no
// line here; the profile's judgement tells what runs as it should from what does not.
func sourceOf(s appliance.Status) appliance.UPSPower {
	w := strings.ToLower(s.Word)
	fine := s.Severity == appliance.SeverityOK
	switch {
	case s.Severity == appliance.SeverityUnknown, w == "other":
		return appliance.UPSPowerUnknown
	case strings.Contains(w, "battery") && strings.Contains(w, "test"):
		return appliance.UPSPowerTest
	case strings.Contains(w, "battery") && !fine:
		return appliance.UPSPowerBattery
	case strings.Contains(w, "bypass") && !fine:
		return appliance.UPSPowerBypass
	case strings.Contains(w, "boost"):
		return appliance.UPSPowerBoost
	case anyOf(w, "trim", "buck", "reducer"):
		return appliance.UPSPowerTrim
	case !fine && anyOf(w, "none", "off", "sleep", "standby"):
		return appliance.UPSPowerOff
	case fine:
		return appliance.UPSPowerMains
	}
	return appliance.UPSPowerUnknown
}

func anyOf(word string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(word, p) {
			return true
		}
	}
	return false
}

// testOf says how a self-test went by a vendor's word for it: donePass, batteryTestFail, invalidTest, noTestsInitiated.
func testOf(s appliance.Status) (appliance.UPSTest, bool) {
	w := strings.ToLower(s.Word)
	switch {
	case anyOf(w, "progress"):
		return appliance.UPSTestRunning, true
	case anyOf(w, "abort", "invalid", "unable", "inhibit"):
		return appliance.UPSTestAborted, true
	case anyOf(w, "notest", "scheduled", "notsupported", "none"):
		return appliance.UPSTestNone, true
	case s.Severity == appliance.SeverityWarning && !anyOf(w, "fail"):
		return appliance.UPSTestWarning, true
	case s.Severity == appliance.SeverityCritical, s.Severity == appliance.SeverityWarning:
		return appliance.UPSTestFailed, true
	case s.Severity == appliance.SeverityOK:
		return appliance.UPSTestPassed, true
	}
	return appliance.UPSTestNone, false
}

// alarm takes what a row of an alarm table says beside the other words, or instead of them (UPS-MIB upsWellKnownAlarms).
func alarm(t *appliance.UPSTruth, word string) {
	w := strings.ToLower(word)
	switch {
	case anyOf(w, "onbattery"):
		takesBattery(t)
	case anyOf(w, "lowbattery", "depletedbattery", "batterydischarged"):
		t.Low = true
	case anyOf(w, "batterybad", "batteryfault"):
		t.Fault = true
	case anyOf(w, "replacebattery", "batteryreplace"):
		t.Replace = true
	case anyOf(w, "overload"):
		t.Overload = true
	case anyOf(w, "onbypass"):
		t.Power = appliance.UPSPowerBypass
	case anyOf(w, "outputoff"):
		t.Power = appliance.UPSPowerOff
	case anyOf(w, "testinprogress"):
		t.Test = appliance.UPSTestRunning
	case anyOf(w, "communicationslost", "commlost"):
		t.CommLost = true
	}
}

// takesBattery is for UPSes that tell it beside their word for the output, or instead of it.
func takesBattery(t *appliance.UPSTruth) {
	if t.Power == appliance.UPSPowerUnknown || t.Power == appliance.UPSPowerMains {
		t.Power = appliance.UPSPowerBattery
	}
}
