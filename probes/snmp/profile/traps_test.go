package profile

import (
	"context"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// The traps that the README of the corpus names, each with the device that sets it.

func readCorpus(t *testing.T, name string) appliance.Reading {
	t.Helper()
	r := readRecording(t, corpus(t, name))
	return mustRead(t, mustPlan(t, mustLoad(t), r), r)
}

func value(r appliance.Reading, metric, instance string) *appliance.Value {
	for i, v := range r.Values {
		if v.Metric == metric && v.Instance == instance {
			return &r.Values[i]
		}
	}
	return nil
}

func statuses(r appliance.Reading, name string) (all []appliance.Status) {
	for _, s := range r.Statuses {
		if s.Name == name {
			all = append(all, s)
		}
	}
	return all
}

func TestScalarWithoutItsFinalZeroIsRead(t *testing.T) {
	r := readCorpus(t, "deltaups")
	if r.Identity.Vendor == "" {
		t.Error("upsIdentManufacturer stands without .0 and was not read")
	}
	if v := value(r, "ups.charge_percent", ""); v == nil || v.Number != 100 {
		t.Errorf("ups.charge_percent = %+v, want 100", v)
	}
}

func TestFirstRAMRowIsTheMemoryAndKernelZonesAreNot(t *testing.T) {
	r := readCorpus(t, "pfsense")
	for _, v := range r.Values {
		if strings.HasPrefix(v.Metric, "memory.") && v.Instance != "" {
			t.Fatalf("%s of instance %s: memory has no instances", v.Metric, v.Instance)
		}
	}
	if v := value(r, "storage.used_percent", "3"); v == nil || !strings.HasPrefix(v.Label, "/, type: ufs") {
		t.Errorf("storage 3 = %+v: its hrStorageType is an hrFSTypes OID and it is the root file system", v)
	}
	if v := value(r, "storage.used_percent", "4"); v != nil {
		t.Errorf("devfs is watched: %+v", v)
	}
}

func TestRuntime65535IsUnknownAndNot45Days(t *testing.T) {
	r := newRecording([]mib.Varbind{
		{OID: "1.3.6.1.2.1.33.1.2.1.0", Type: mib.Integer, Num: 2},
		{OID: "1.3.6.1.2.1.33.1.2.3.0", Type: mib.Integer, Num: 65535},
		{OID: "1.3.6.1.2.1.33.1.2.7.0", Type: mib.Integer, Num: 0},
	})
	reading := mustRead(t, mustPlan(t, mustLoad(t), r), r)
	if v := value(reading, "ups.runtime", ""); v != nil {
		t.Errorf("ups.runtime = %+v, want none", v)
	}
	if v := value(reading, "ups.temperature", ""); v != nil {
		t.Errorf("ups.temperature = %+v: 0 °C of a battery means no sensor", v)
	}
}

func TestZeroDegreesCountOnceTheSensorHasSpoken(t *testing.T) {
	at := func(c uint64) []mib.Varbind {
		return []mib.Varbind{{OID: "1.3.6.1.2.1.33.1.2.1.0", Type: mib.Integer, Num: 2}, {OID: "1.3.6.1.2.1.33.1.2.7.0", Type: mib.Integer, Num: c}}
	}
	p := mustPlan(t, mustLoad(t), newRecording(at(3)))
	for _, c := range []uint64{3, 0} {
		hot, _ := newRecording(at(c)).Get(context.Background(), p.Hot())
		if v := value(p.Interpret(hot, nil), "ups.temperature", ""); v == nil || v.Number != float64(c) {
			t.Errorf("at %d °C: %+v", c, v)
		}
	}
}

func TestPseudoFileSystemsAreFactsAndNoReadings(t *testing.T) {
	r := readRecording(t, corpus(t, "linux_powermon"))
	p := mustPlan(t, mustLoad(t), r)
	reading := mustRead(t, p, r)
	var shown []string
	for _, v := range reading.Values {
		if v.Metric == "storage.used_percent" {
			shown = append(shown, v.Label)
		}
	}
	if got := strings.Join(shown, " "); got != "/ /opt /boot" {
		t.Errorf("watched: %s; want / /opt /boot, without /dev/shm, /run, cgroup and the ISO image that is always full", got)
	}
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	if n := len(p.Facts(hot, cold).Storage); n != 8 {
		t.Errorf("%d file systems in the facts, want all 8", n)
	}
}

func TestReadOnlyFileSystemsAreFullByNature(t *testing.T) {
	row := func(column, index string) mib.OID { return mib.OID("1.3.6.1.2.1.25.2.3.1." + column + "." + index) }
	var vars []mib.Varbind
	for index, descr := range map[string]string{"31": "/", "40": "/firmware"} {
		vars = append(vars, str(row("3", index), descr), num(row("4", index), 4096), num(row("5", index), 1000), num(row("6", index), 1000),
			mib.Varbind{OID: row("2", index), Type: mib.ObjectID, Bytes: []byte("1.3.6.1.2.1.25.2.1.4")})
	}
	// hrFSTable has an index of its own and names the row of hrStorageTable
	vars = append(vars, num("1.3.6.1.2.1.25.3.8.1.5.1", 1), num("1.3.6.1.2.1.25.3.8.1.7.1", 31), num("1.3.6.1.2.1.25.3.8.1.5.2", 2), num("1.3.6.1.2.1.25.3.8.1.7.2", 40))
	r := newRecording(vars)
	reading := mustRead(t, mustPlan(t, mustLoad(t), r), r)
	if v := value(reading, "storage.used_percent", "31"); v == nil || v.Number != 100 {
		t.Errorf("/ = %+v, want 100 %%", v)
	}
	if v := value(reading, "storage.used_percent", "40"); v != nil {
		t.Errorf("a read-only file system is watched: %+v", v)
	}
}

func TestFileSystemsOver16TiBAreNoNegativeNumbers(t *testing.T) {
	r := readCorpus(t, "dsm")
	if v := value(r, "storage.size", "51"); v == nil || v.Number != 94178937405440 {
		t.Errorf("/volume1 = %+v", v)
	}
}

func TestADummy64BitCounterGivesWay(t *testing.T) {
	r := newRecording([]mib.Varbind{
		{OID: "1.3.6.1.2.1.2.2.1.10.1", Type: mib.Counter32, Num: 77}, {OID: "1.3.6.1.2.1.31.1.1.1.6.1", Type: mib.Counter64, Num: 0},
		{OID: "1.3.6.1.2.1.2.2.1.10.2", Type: mib.Counter32, Num: 77}, {OID: "1.3.6.1.2.1.31.1.1.1.6.2", Type: mib.Counter64, Num: 1 << 40},
	})
	reading := mustRead(t, mustPlan(t, mustLoad(t), r), r)
	if v := value(reading, "if.in", "1"); v == nil || v.Kind != appliance.Counter32 || v.Raw != 77 {
		t.Errorf("if.in/1 = %+v, want ifInOctets: ifHCInOctets stands at 0", v)
	}
	if v := value(reading, "if.in", "2"); v == nil || v.Kind != appliance.Counter64 {
		t.Errorf("if.in/2 = %+v, want ifHCInOctets", v)
	}
}

func TestFileSystemsOfABMCAreNotTheServersDisks(t *testing.T) {
	r := readCorpus(t, "xclarity_sr665")
	for _, v := range r.Values {
		if strings.HasPrefix(v.Metric, "storage.") {
			t.Fatalf("%s of %s is watched: it belongs to the management controller", v.Metric, v.Label)
		}
	}
}

func TestPrinterLevelsBelowZeroAreWordsAndNoPercentages(t *testing.T) {
	r := readCorpus(t, "konica_c250i")
	if v := value(r, "supply.level_percent", "1.13"); v != nil {
		t.Errorf("waste toner box: %+v, want no percentage of -3 of -2", v)
	}
	for _, s := range statuses(r, "supply.level_state") {
		if s.Instance == "1.13" && (s.Word != "someRemaining" || s.Severity != appliance.SeverityOK) {
			t.Errorf("waste toner box: %+v, want someRemaining", s)
		}
	}
	if s := statuses(r, "printer.detected_errors"); len(s) != 1 || s[0].Word != "serviceRequested" || s[0].Severity != appliance.SeverityWarning {
		t.Errorf("detected errors: %+v", s)
	}
}

func TestTextsEndAtANul(t *testing.T) {
	for _, text := range readCorpus(t, "windows_svr_2019_1809").Texts {
		if strings.ContainsRune(text.Value, 0) || strings.HasSuffix(text.Value, " ") {
			t.Errorf("%s = %q", text.Name, text.Value)
		}
	}
}

func TestAlarmRowsSpeakThoughTheBatteryStatusIsNormal(t *testing.T) {
	r := readCorpus(t, "poweralert_2")
	alarms := statuses(r, "ups.alarm")
	if len(alarms) != 2 || alarms[0].Word != "upsAlarmBatteryBad" || alarms[0].Severity != appliance.SeverityCritical {
		t.Errorf("alarms: %+v, want two upsAlarmBatteryBad", alarms)
	}
}

// Healthy devices of the set; those with something to say are named in its README.
func TestNoFalseAlarms(t *testing.T) {
	want := map[string]string{
		"poweralert_2": "critical", "generex-ups_cs141": "warning", "konica_c250i": "warning", "ricoh_mpc3002": "warning",
		"eaton-mgeups_9pxle": "ok", "eurostor_es-6642b": "critical",
		"raritan-pdu_px2-temp": "warning", // its humidity stands below the limit that the PDU itself was given
	}
	// edited states, without a system group: the vendor's own objects are all there is to know them by
	want["variants/apc-battery-ok"], want["variants/synology-disk-ok"], want["variants/synology-disk-warning"] = "ok", "ok", "warning"
	set := mustLoad(t)
	for _, name := range append(recordings(t), "variants/apc-battery-ok", "variants/synology-disk-ok", "variants/synology-disk-warning") {
		r := readRecording(t, corpus(t, name))
		p := mustPlan(t, set, r)
		hot, _ := r.Get(context.Background(), p.Hot())
		cold, _ := r.Get(context.Background(), p.Cold())
		f := p.Facts(hot, cold)
		w := want[name]
		if w == "" {
			w = "ok"
		}
		if f.State != w {
			t.Errorf("%s: %s because of %v", name, f.State, f.Why)
		}
	}
}

func TestVendorsAreKnownWithoutASystemGroup(t *testing.T) {
	for name, vendor := range map[string]string{"variants/apc-battery-ok": "APC", "variants/synology-disk-warning": "Synology"} {
		if id := readCorpus(t, name).Identity; id.Vendor != vendor {
			t.Errorf("%s: vendor %q, want %s", name, id.Vendor, vendor)
		}
	}
}
