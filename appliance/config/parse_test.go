package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siteward/appliance"
)

func mustParse(tb testing.TB, text string) *File {
	tb.Helper()
	f, err := Parse(strings.NewReader(text), "site.yaml")
	if err != nil {
		tb.Fatalf("parse: %v", err)
	}
	return f
}

const smallSite = `siteward: 1
site:
  name: "Praxis Dr. Weiß"
  language: de
  time_zone: Europe/Berlin
credentials:
  - name: office
    snmp_version: 3
    user: monitor
    auth_protocol: SHA-256
    auth_file: secrets/office-auth
    priv_protocol: AES-128
    priv_env: SITEWARD_SECRET_OFFICE
devices:
  # the way out
  - name: gw
    kind: router
    address: 192.0.2.1
  - name: sw-core
    kind: switch
    address: sw-core.example
    place: server room, rack A
    parents: [gw]
    credential: office
    ports:
      Gi0/1: uplink
      "1": important
  - name: intranet
    kind: service
    parents: [sw-core]
    checks:
      - probe: http
        interval: 5m
        http:
          url: https://intranet.example/
          match: 'all\s+good'
          status: [200, 204]
        limits:
          - {metric: certificate.days, warning: 30 d, critical: 14}
          - {metric: http.duration, warning: 800ms}
`

func TestParse(t *testing.T) {
	f := mustParse(t, smallSite)
	if f.Name != "site.yaml" || f.Site.Set["name"] != "Praxis Dr. Weiß" {
		t.Errorf("file = %+v", f)
	}
	want := appliance.Credential{Name: "office", SNMPVersion: "3", User: "monitor", AuthProtocol: "SHA-256", Auth: appliance.Secret{File: "secrets/office-auth"},
		PrivProtocol: "AES-128", Priv: appliance.Secret{Env: "SITEWARD_SECRET_OFFICE"}}
	if diff := cmp.Diff(want, f.Credentials[0].Credential); diff != "" {
		t.Errorf("credential: %s", diff)
	}
	sw := f.Devices[1]
	if len(sw.Checks) != 2 || sw.Checks[0].Probe != appliance.ProbePing || sw.Checks[1].CredentialName != "office" || sw.Ports["1"] != appliance.PortImportant {
		t.Errorf("switch = %+v", sw)
	}
	page := f.Devices[2].Checks[0]
	if page.Name != "http" || page.Interval != appliance.Duration(5*time.Minute) || page.Timeout != DefaultTimeout || page.HTTP.Match != `all\s+good` {
		t.Errorf("check = %+v", page)
	}
	days, duration := page.Limits[0], page.Limits[1]
	if !days.Below || *days.Warning != 30 || *days.Critical != 14 || duration.Below || *duration.Warning != 0.8 {
		t.Errorf("limits = %+v", page.Limits)
	}
}

// One file for each mistake; its first line says place and sentence.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/site/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(raw), "\n")
			where, sentence, ok := strings.Cut(strings.TrimPrefix(first, "# want: "), " ")
			if !ok {
				t.Fatal("the first line says nothing")
			}
			_, err = Parse(bytes.NewReader(raw), path)
			if want := path + ":" + where + ": " + sentence; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the message holds a secret: %v", err)
			}
			if appliance.CodeOf(err) != appliance.CodeInvalid {
				t.Errorf("code = %q", appliance.CodeOf(err))
			}
		})
	}
}

func TestParseTellsAllProblems(t *testing.T) {
	_, err := Parse(strings.NewReader("devices:\n  - name: a\n    kind: swich\n    adress: x\n  - kind: nas\n    address: y z\n"), "site.yaml")
	fe, ok := errors.AsType[*FileError](err)
	if !ok || len(fe.Problems) != 4 {
		t.Fatalf("got %v", err)
	}
	if one, ok := errors.AsType[*appliance.Error](err); !ok || one.Code != appliance.CodeInvalid || one.Error() != err.Error() {
		t.Errorf("passed on as one error: %v", one)
	}
	last := 0
	for _, p := range fe.Problems {
		if p.At.Line < last {
			t.Errorf("not in order: %v", err)
		}
		last = p.At.Line
	}
}

func TestParseBounds(t *testing.T) {
	for name, text := range map[string]string{
		"too large":             "devices:\n" + strings.Repeat("# padding\n", maxFile/10),
		"brackets":              "devices: " + strings.Repeat("[", 100000),
		"braces":                "devices: " + strings.Repeat("{a: ", 100000),
		"dashes":                "devices:\n  " + strings.Repeat("- ", 100000) + "x",
		"stairs":                stairs(2000),
		"alias bomb":            "a: &a [x,x]\nb: &b [*a,*a]\n",
		"not UTF-8":             "devices: \xff\xfe",
		"a lone quote":          "\"",
		"thousands of problems": "devices:\n" + strings.Repeat("  - 1\n", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := Parse(strings.NewReader(text), "site.yaml")
			if err == nil || len(err.Error()) > 100_000 {
				t.Errorf("err = %.200v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestFormatReadsBack(t *testing.T) {
	f := mustParse(t, smallSite)
	text := Format(f)
	again := mustParse(t, string(text))
	if second := Format(again); !bytes.Equal(text, second) {
		t.Errorf("changed by reading back: %s", cmp.Diff(string(text), string(second)))
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		text, metric string
		want         float64
		err          error
	}{
		{"90", "storage.used_percent", 90, nil},
		{"90 %", "storage.used_percent", 90, nil},
		{"90%", "storage.used_percent", 90, nil},
		{"300ms", "ping.rtt", 0.3, nil},
		{"5 min", "ups.runtime", 300, nil},
		{"48h", "certificate.days", 2, nil},
		{"100 Mbit/s", "if.in", 1e8, nil},
		{"1.5 GiB", "storage.used", 1.5 * (1 << 30), nil},
		{"-5 °C", "temperature.celsius", -5, nil},
		{"3 W", "vendor.thing", 3, nil},
		{"90 °C", "storage.used_percent", 0, errUnit},
		{"90 parsec", "storage.used_percent", 0, errUnit},
		{"3 parsec", "vendor.thing", 0, errMeasure},
		{"many", "ping.rtt", 0, errMeasure},
		{"NaN", "ping.rtt", 0, errMeasure},
		{"1e999", "ping.rtt", 0, errMeasure},
		{"", "ping.rtt", 0, errMeasure},
	} {
		got, err := inUnit(c.text, UnitOf(c.metric))
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q of %s: got %v, %v", c.text, c.metric, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(smallSite)
	files, _ := filepath.Glob("testdata/site/*.yaml")
	for _, path := range files {
		if raw, err := os.ReadFile(path); err == nil {
			f.Add(string(raw))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse(strings.NewReader(text), "site.yaml")
		if err != nil {
			return
		}
		out := Format(file)
		again, err := Parse(bytes.NewReader(out), "site.yaml")
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, out)
		}
		if second := Format(again); !bytes.Equal(out, second) {
			t.Fatalf("changed by reading back:\n%s\n---\n%s", out, second)
		}
	})
}
