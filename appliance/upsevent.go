package appliance

import "time"

// UPSEvent is one thing that happened to a UPS, whoever told it: a poll, a trap, its own log, a message to syslog.
type UPSEvent struct {
	ID     ID           `json:"id,omitempty"`     // given by the store
	Device ID           `json:"device,omitempty"` // the UPS; 0 when the log does not tell which one
	UPS    string       `json:"ups,omitempty"`    // as the log names it: "apc@localhost"
	At     time.Time    `json:"at"`
	Kind   UPSEventKind `json:"kind"`
	Text   string       `json:"text"`             // verbatim: the log line, "upsBatteryStatus = batteryLow(3)"
	Told   []string     `json:"told,omitempty"`   // who told it: "poll", "trap", "apcupsd", "syslog"; several when it was heard twice
	Source string       `json:"source,omitempty"` // file and byte, OID, address
}

// UPSEventKind sorts what happens to a UPS.
type UPSEventKind string

// The kinds of events of a UPS, those of apcupsd and of NUT's upsmon under one name each.
const (
	UPSOnBattery                UPSEventKind = "on_battery"
	UPSOnLine                   UPSEventKind = "on_line"
	UPSPowerFailure             UPSEventKind = "power_failure" // mains lost; on_battery follows unless it was a blip
	UPSLowBattery               UPSEventKind = "low_battery"
	UPSLowBatteryCleared        UPSEventKind = "low_battery_cleared"
	UPSBatteryDischarged        UPSEventKind = "battery_discharged"
	UPSBatteryDischargedCleared UPSEventKind = "battery_discharged_cleared"
	UPSReplaceBattery           UPSEventKind = "replace_battery"
	UPSBatteryDisconnected      UPSEventKind = "battery_disconnected"
	UPSBatteryReattached        UPSEventKind = "battery_reattached"
	UPSCommLost                 UPSEventKind = "comm_lost"
	UPSCommOK                   UPSEventKind = "comm_ok"
	UPSSelfTestStarted          UPSEventKind = "self_test_started"
	UPSSelfTestPassed           UPSEventKind = "self_test_passed"
	UPSSelfTestFailed           UPSEventKind = "self_test_failed"
	UPSCalibrating              UPSEventKind = "calibrating"
	UPSOverload                 UPSEventKind = "overload"
	UPSBypass                   UPSEventKind = "bypass"
	UPSBoost                    UPSEventKind = "boost"
	UPSTrim                     UPSEventKind = "trim"
	UPSOutputOff                UPSEventKind = "output_off"
	UPSRuntimeLimit             UPSEventKind = "runtime_limit"
	UPSShutdown                 UPSEventKind = "shutdown"
	UPSForcedShutdown           UPSEventKind = "forced_shutdown"
	UPSMonitorStarted           UPSEventKind = "monitor_started"
	UPSMonitorStopped           UPSEventKind = "monitor_stopped"
	UPSAlarm                    UPSEventKind = "alarm"
	UPSOther                    UPSEventKind = "other"
	UPSUnknown                  UPSEventKind = "unknown"
)
