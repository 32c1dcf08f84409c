package probes

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

func TestReport(t *testing.T) {
	r := appliance.Reading{
		At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("CET", 3600)), Took: 1500 * time.Millisecond,
		Failure: &appliance.Failure{Reason: appliance.ReasonUnexpected, Detail: "status 500 <b>"},
		Values:  []appliance.Value{{Metric: "http.status", Number: 500}, {Metric: "http.connect", Unit: "s", Number: 0.25}, {Metric: "http.wait", Number: math.NaN()}},
		Texts:   []appliance.Text{{Name: "http.server", Value: "nginx"}},
		Log:     []appliance.LogLine{{After: 250 * time.Millisecond, Text: "connected"}},
	}
	var out bytes.Buffer
	if err := NewReport(appliance.ProbeHTTP, "http://a.example/", r, StateOf(r)).Encode(&out); err != nil {
		t.Fatal(err)
	}
	want := `{
  "schema": "siteward.probe.v1",
  "kind": "http",
  "target": "http://a.example/",
  "at": "2026-03-01T11:00:00Z",
  "took_seconds": 1.5,
  "ok": false,
  "state": "critical",
  "values": {
    "http.connect": 0.25,
    "http.status": 500
  },
  "units": {
    "http.connect": "s"
  },
  "texts": {
    "http.server": "nginx"
  },
  "failure": {
    "reason": "unexpected",
    "detail": "status 500 <b>",
    "ours": false
  },
  "log": [
    {
      "after_seconds": 0.25,
      "text": "connected"
    }
  ]
}
`
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

// Collections are there even when empty, so that a script can index them.
func TestReportWithoutAnything(t *testing.T) {
	var out bytes.Buffer
	if err := NewReport(appliance.ProbePing, "x", appliance.Reading{}, appliance.StateOK).Encode(&out); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"values", "units", "texts", "log"} {
		if got[key] == nil {
			t.Errorf("%s is missing or null", key)
		}
	}
	if _, there := got["failure"]; there {
		t.Error("failure is there without one")
	}
}

func TestStateAndExitCode(t *testing.T) {
	for _, c := range []struct {
		name    string
		failure *appliance.Failure
		code    int
	}{
		{"answered", nil, 0},
		{"no answer", &appliance.Failure{Reason: appliance.ReasonTimeout}, 2},
		{"our fault", OurFault("no route"), 3},
	} {
		if got := ExitCode(StateOf(appliance.Reading{Failure: c.failure})); got != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.code)
		}
	}
	if ExitCode(appliance.StateWarning) != 1 || ExitCode(appliance.StatePaused) != 3 {
		t.Error("warning is 1, everything that is not judged is 3")
	}
}

// The document names each value and text that a probe can bring.
func TestDocumentNamesEverything(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "probe-ping-tcp-http.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(`ping.rtt ping.rtt_max ping.jitter ping.loss ping.address
		tcp.connect tcp.tls tcp.answer tcp.address certificate.days certificate.subject certificate.issuer certificate.names certificate.until tls.version
		http.status http.duration http.resolve http.connect http.tls http.wait http.transfer http.size http.url http.server
		timeout refused unresolved denied protocol unexpected certificate setup ` + ReportSchema) {
		if !bytes.Contains(doc, []byte("`"+name+"`")) {
			t.Errorf("the document does not name %s", name)
		}
	}
}
