package probes

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

func freePort(t *testing.T) int {
	t.Helper()
	_, port, err := net.SplitHostPort(peer.FreeTCP(t))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(port)
	return n
}

func listening(t *testing.T, what string, port int) {
	t.Helper()
	peer.Until(t, 20*time.Second, what, func() bool {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// TestARealApcupsd reads Debian's apcupsd, which plays a UPS without a battery ("test" driver).
func TestARealApcupsd(t *testing.T) {
	program := peer.Need(t, "apcupsd")
	dir, port := t.TempDir(), freePort(t)
	writeFile(t, filepath.Join(dir, "apccontrol"), "#!/bin/sh\nexit 0\n", 0o700)
	conf := filepath.Join(dir, "apcupsd.conf")
	writeFile(t, conf, fmt.Sprintf("## apcupsd.conf v1.1 ##\nUPSNAME usv-test\nUPSCABLE smart\nUPSTYPE test\nDEVICE /dev/null\nLOCKFILE %[1]s\nSCRIPTDIR %[1]s\nPWRFAILDIR %[1]s\nNOLOGINDIR %[1]s\n"+
		"NETSERVER on\nNISIP 127.0.0.1\nNISPORT %[2]d\nEVENTSFILE %[1]s/events\nUPSCLASS standalone\nUPSMODE disable\nSTATTIME 0\nLOGSTATS off\n", dir, port), 0o600)
	peer.Start(t, program, "-b", "-f", conf, "-P", filepath.Join(dir, "pid"))
	listening(t, "apcupsd", port)
	var r appliance.Reading
	peer.Until(t, 20*time.Second, "the UPS's first words", func() bool {
		r = askUPS(t, port, appliance.Check{Probe: appliance.ProbeApcupsd, Apcupsd: &appliance.ApcupsdSettings{}})
		return r.Failure == nil && r.Identity != nil && r.Identity.Serial != ""
	})
	if r.Identity.Kind != appliance.KindUPS || r.Identity.Serial != "NO-123456" || textOf(r, "ups.name") != "usv-test" {
		t.Errorf("identity %+v, name %q", r.Identity, textOf(r, "ups.name"))
	}
	if wordOf(r, "ups.output_source") != "normal" || wordOf(r, "ups.test_result") != "donePass" {
		t.Errorf("statuses %+v", r.Statuses)
	}
	missing := true
	for _, s := range r.Statuses {
		missing = missing && s.Severity != appliance.SeverityCritical
	}
	if missing {
		t.Errorf("a UPS without a battery is no alarm: %+v", r.Statuses)
	}
}

// TestARealUpsdOverTLS reads Debian's upsd with STARTTLS: its certificate comes from a database of NSS, and nobody signed it.
func TestARealUpsdOverTLS(t *testing.T) {
	driver, upsd, certutil := peer.Need(t, "/lib/nut/dummy-ups"), peer.Need(t, "/lib/nut/upsd"), peer.Need(t, "certutil")
	dir, port := t.TempDir(), freePort(t)
	if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // the driver may run as another user
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "noise"), strings.Repeat("not random, and only for a test. ", 4), 0o600)
	for _, args := range [][]string{{"-N", "--empty-password"}, {"-S", "-n", "upsd", "-s", "CN=upsd test", "-x", "-t", "CTu,Cu,u", "-v", "12", "-z", filepath.Join(dir, "noise"), "--extSAN", "ip:127.0.0.1"}} {
		if out, err := exec.Command(certutil, append(args, "-d", dir)...).CombinedOutput(); err != nil {
			t.Fatalf("certutil: %v %s", err, out)
		}
	}
	writeFile(t, filepath.Join(dir, "ups.conf"), "maxretry = 1\npollinterval = 1\n[usv]\n driver = dummy-ups\n port = "+filepath.Join(dir, "usv.dev")+"\n mode = dummy-once\n", 0o640)
	writeFile(t, filepath.Join(dir, "usv.dev"), "ups.status: OL\nbattery.charge: 97\nups.mfr: EATON\nups.model: 5P 650\nups.serial: G355K12345\n", 0o640)
	writeFile(t, filepath.Join(dir, "upsd.conf"), fmt.Sprintf("LISTEN 127.0.0.1 %d\nMAXAGE 15\nCERTPATH %s\nCERTIDENT upsd \"\"\n", port, dir), 0o640)
	writeFile(t, filepath.Join(dir, "upsd.users"), "[monitor]\n password = geheim\n upsmon secondary\n", 0o640)
	for _, name := range []string{"NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"} {
		t.Setenv(name, dir)
	}
	peer.Start(t, driver, "-a", "usv", "-u", "root", "-FF")
	peer.Until(t, 20*time.Second, "the driver's socket", func() bool { _, err := os.Stat(filepath.Join(dir, "dummy-ups-usv")); return err == nil })
	peer.Start(t, upsd, "-u", "root", "-F")
	listening(t, "upsd", port)

	login := &appliance.Credential{SNMPVersion: appliance.CredentialLogin, User: "monitor", Auth: appliance.Secret{Value: "geheim"}}
	check := appliance.Check{Probe: appliance.ProbeNUT, NUT: &appliance.NUTSettings{TLS: true, SkipVerify: true}}
	var r appliance.Reading
	peer.Until(t, 20*time.Second, "the UPS over TLS", func() bool {
		r = askWith(t, port, check, login)
		return r.Failure == nil && r.Identity != nil && r.Identity.Serial != ""
	})
	if r.Identity.Serial != "G355K12345" || wordOf(r, "ups.output_source") != "normal" {
		t.Errorf("identity %+v, statuses %+v", r.Identity, r.Statuses)
	}
	check.NUT = &appliance.NUTSettings{TLS: true}
	if r = askWith(t, port, check, login); r.Failure == nil || r.Failure.Reason != appliance.ReasonCertificate {
		t.Errorf("a certificate that nobody signed: %+v", r.Failure)
	}
	check.NUT = &appliance.NUTSettings{TLS: true, SkipVerify: true}
	login.Auth.Value = "falsch"
	if r = askWith(t, port, check, login); r.Failure == nil || r.Failure.Reason != appliance.ReasonDenied {
		t.Errorf("a wrong password: %+v", r.Failure)
	}
}
