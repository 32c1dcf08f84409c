package config

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

const consumers = `siteward: 1
consumers:
  - name: metrics
    kind: samples
    url: https://metrics.example.org/api/v1/write
    site: muster
    user: site
    secret_env: SITEWARD_SECRET_METRICS
  - {name: PSA, url: "https://psa.example.org/hook", site: muster, secret_file: psa}
`

func TestConsumersStandInTheSiteFile(t *testing.T) {
	s := &shelf{}
	apply := func(text string) (Changes, error) {
		t.Helper()
		f, err := Parse(strings.NewReader(text), "site.yaml")
		if err != nil {
			return nil, err
		}
		c, _, err := Apply(s, f, false, time.Now())
		return c, err
	}
	if c, err := apply(consumers); err != nil || len(c) != 2 {
		t.Fatalf("%v %v", c, err)
	}
	first := s.inv.Consumers[0]
	if first.Outbox == "" || first.Since.IsZero() || first.Owner != "site.yaml" || s.inv.Consumers[1].Kind != appliance.ConsumerReports {
		t.Errorf("%+v", s.inv.Consumers)
	}
	if c, err := apply(consumers); err != nil || len(c) != 0 {
		t.Errorf("again: %v %v", c, err)
	}
	inv, err := ReadInventory(s)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := apply(string(Format(inv.Export()))); err != nil || len(c) != 0 {
		t.Errorf("exported: %v %v", c, err)
	}
	if c, err := apply(strings.Replace(consumers, "user: site", "user: other", 1)); err != nil || len(c) != 1 || s.inv.Consumers[0].Outbox != first.Outbox {
		t.Errorf("changed: %v %v", c, err)
	}
	if c, err := apply("siteward: 1\n"); err != nil || len(c) != 2 || len(s.inv.Consumers) != 0 {
		t.Errorf("gone: %v %v", c, err)
	}
	for text, want := range map[string]string{
		`{name: x, url: "http://metrics.example.org", site: m, secret_file: a}`:                "https://",
		`{name: x, url: "https://a:b@metrics.example.org", site: m, secret_file: a}`:           "password",
		`{name: x, url: "https://metrics.example.org", site: "a b", secret_file: a}`:           "no name of a site",
		`{name: x, url: "https://metrics.example.org", site: m}`:                               "16 characters",
		`{name: x, url: "https://metrics.example.org", site: m, user: u, secret_file: a}`:      "consumer of samples",
		`{name: x, url: "https://metrics.example.org", site: m, kind: all, secret_file: a}`:    "reports",
		`{name: x, url: "https://metrics.example.org", site: m, kind: samples, user: u}`:       "belong together",
		`{name: x, url: "https://metrics.example.org", site: m, secret_kept: true}`:            "holds no such secret",
		`{name: x, url: "https://metrics.example.org", site: m, secret: 0123456789abcdef0123}`: "secret",
	} {
		if _, err := apply("siteward: 1\nconsumers:\n  - " + text + "\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
