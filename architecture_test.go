package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbidden names imports that must not be, each with its reason. from and to are package paths below the module;
// a trailing /... takes a package and everything below it, a trailing /+ only what is below.
var forbidden = []struct{ from, to, why string }{
	{"appliance", "siteward/...", "the words import the standard library only, so that everything can speak them"},
	{"embed", "siteward/...", "what ships inside is files, and files know nobody"},
	{"appliance/+", "siteward/cli", "the command line is on top"},
	{"appliance/calendar", "siteward/appliance/+", "days are arithmetic; they know the words and nothing else"},
	{"ui/...", "siteward/cli", "the command line is on top"},
	{"probes/...", "siteward/appliance/+", "a probe asks and tells in the words of package appliance; it keeps nothing and judges nothing"},
	{"probes/...", "siteward/embed", "profiles are handed in, so that people can add their own"},
	{"probes", "siteward/probes/+", "probes offers the map, snmp is one entry handed in"},
	{"probes/snmp/...", "siteward/probes", "probes offers the map, snmp is one entry handed in"},
	{"probes/source", "siteward/probes/...", "where logs lie does not know what they say; the daemon hands the pieces on"},
	{"probes/snmp/profile", "siteward/probes/snmp", "what to ask does not know how it is asked; they share mib"},
	{"probes/snmp/mib", "siteward/...", "the seam between reader and profiles leans on neither"},
	{"probes/probetest/...", "siteward/...", "who answers in a device's place shares no code with who asks, or both are wrong in the same way"},
	{"ui/...", "siteward/appliance/store", "pages see the appliance through appliance.App"},
	{"ui/...", "siteward/appliance/daemon", "the daemon builds the pages' server, not the other way round"},
	{"ui/...", "siteward/appliance/poll", "pages see the appliance through appliance.App"},
	{"ui/...", "siteward/appliance/jobs", "pages see the appliance through appliance.App"},
	{"ui/...", "siteward/probes/...", "pages see the appliance through appliance.App"},
	{"ui/view", "siteward/ui", "page structs are plain values that anybody may fill"},
	{"ui/api", "siteward/ui", "the REST API stands beside the pages and works without them"},
	{"ui/api", "siteward/ui/view", "the REST API promises its own words, not those of a page"},
	{"systemd", "siteward/...", "telling the service manager needs nothing of ours"},
	{"appliance/daemon", "siteward/probes/probetest/...", "a real appliance simulates nothing"},
	{"appliance/...", "siteward/central/...", "an appliance works with any central, and without one"},
	{"ui/...", "siteward/central/...", "the pages of an appliance know no central"},
	{"central", "siteward/central/+", "the words of the provider's side lean on none of its rooms"},
	{"central/store/...", "siteward/central/ingest", "a store keeps what it is given"},
	{"central/...", "siteward/appliance/daemon", "the provider's side is no appliance"},
	{"central/web", "siteward/ui/api", "the provider's pages promise other words than the API of an appliance"},
	{"central/...", "siteward/appliance/store", "the provider's side has stores of its own"},
	{"appliance/daemon", "siteward/appliance/demo", "the demo is an appliance with something around it, not the other way round"},
}

// neighbours live on one level and do not know each other; the daemon introduces them.
var neighbours = []string{"access", "availability", "channel", "config", "control", "discovery", "enrol", "eventlog", "expect", "incident", "inventory", "jobs", "logbook", "metric", "monitor", "notify", "offer", "poll", "round", "series", "sla", "store", "ticket", "topology", "update", "uplink", "ups", "window"}

// acquainted are the neighbours that know each other all the same.
var acquainted = map[[2]string]string{
	{"offer", "enrol"}:   "what is offered is sealed as everything between a site and central is",
	{"config", "sla"}:    "times of a day are read where they are counted",
	{"config", "ticket"}: "what a contract may say is said in one place",
	{"config", "window"}: "what a window may be is said in one place",
	{"ticket", "sla"}:    "the clocks of a ticket are counted there",
	{"config", "expect"}: "whether a schedule can be read is said where it is read",
	{"uplink", "metric"}: "numbers for others are written in the words of Prometheus",
	{"store", "series"}:  "chunks on the disk are the encoding of package series",
	{"store", "logbook"}: "an entry, its hashes and its signature are one change of the store",
}

// only names libraries that stay in few rooms, so that replacing one is the work of an afternoon.
var only = []struct {
	library string
	rooms   []string
	why     string
}{
	{"github.com/teambition/rrule-go", []string{"appliance/window"}, "rules of iCalendar are read in one place, with bounds"},
	{"github.com/robfig/cron/v3", []string{"appliance/expect"}, "lines of cron are read in one place"},
	{"github.com/rickar/cal/v2", []string{"appliance/calendar"}, "which days are holidays is a proposal that one place corrects"},
	{"github.com/dgraph-io/badger/v4", []string{"appliance/store", "central/store/badger"}, "the stores are the only ones that know what they are made of"},
	{"github.com/jackc/pgx/v5", []string{"central/store/postgres"}, "the store is the only one that knows what it is made of"},
	{"github.com/labstack/echo/v4", []string{"ui", "ui/api", "central/web"}, "pages are served by Echo, nothing else is"},
	{"github.com/danielgtaylor/huma/v2", []string{"ui/api", "central/api"}, "the REST API is described in one place, and that of the provider's side in one"},
	{"github.com/prometheus/client_golang/prometheus", []string{"ui/api"}, "metrics are told in one place"},
	{"github.com/golang/snappy", []string{"appliance/metric"}, "numbers are packed for others in one place"},
	{"golang.org/x/mod/sumdb/tlog", []string{"appliance/logbook", "appliance/store"}, "one Merkle tree, which the store keeps"},
	{"golang.org/x/mod/sumdb/note", []string{"appliance/logbook", "appliance/store", "central/ingest"}, "one place signs, with a key that the store keeps, and one at the provider countersigns"},
	{"github.com/go-co-op/gocron/v2", []string{"appliance/jobs"}, "one table of jobs"},
	{"github.com/alexedwards/scs/v2", []string{"appliance/access"}, "who is signed in is decided in one place"},
	{"golang.org/x/crypto/argon2", []string{"appliance/access"}, "passwords are hashed in one place"},
	{"github.com/pquerna/otp", []string{"central/people"}, "codes of the second factor are checked in one place"},
	{"github.com/coreos/go-oidc/v3/oidc", []string{"central/web"}, "one place trusts a sign-in service"},
	{"rsc.io/qr", []string{"central/web"}, "one place draws codes"},
	{"github.com/gosnmp/gosnmp", []string{"probes/snmp", "probes/snmp/trap", "probes/probetest/agent"}, "one reader and one receiver of traps, whose profiles know OIDs and values only; the simulated agent takes keys and ciphers of SNMPv3 from it"},
	{"github.com/prometheus-community/pro-bing", []string{"probes"}, "one ping"},
	{"github.com/emersion/go-smtp", []string{"appliance/channel", "probes/mailin"}, "mails leave in one place and come in at another"},
	{"github.com/nicholas-fedor/shoutrrr", []string{"appliance/channel"}, "services are reached from one place, which keeps their addresses secret"},
	{"aead.dev/minisign", []string{"appliance/update"}, "what may run is decided in one place"},
	{"github.com/spf13/cobra", []string{"cli"}, "flags and printing only"},
	{"github.com/coreos/go-systemd/v22/activation", []string{"systemd"}, "one place knows the service manager"},
	{"github.com/coreos/go-systemd/v22/daemon", []string{"systemd"}, "one place knows the service manager"},
}

// banned names packages that must not be linked into the binary.
var banned = []struct{ path, why string }{
	{"os/exec", "Siteward starts no program: nothing from a device or a log may ever become a command"},
	{"net/http/pprof", "it registers itself on the default mux"},
	{"github.com/labstack/echo/v5", "huma's humaecho brings Echo 5 beside 4"},
	{"github.com/danielgtaylor/huma/v2/adapters/humaecho", "it is Echo 5"},
	{"golang.org/x/crypto/openpgp", "GO-2026-5932 has no fix"},
	{"github.com/google/go-cmp/cmp", "a test library"},
	{"go.uber.org/goleak", "a test library"},
	{"pgregory.net/rapid", "a test library"},
	{"github.com/chromedp/chromedp", "a test library"},
	{"github.com/rogpeppe/go-internal/testscript", "a test library"},
	{"testing", "test helpers stay out of the binary"},
	{"siteward/internal/peer", "a helper of tests"},
	{"siteward/internal/score", "a helper of tests"},
	{"siteward/ui/uitest", "a helper of tests"},
	{"siteward/ui/apptest", "a helper of tests"},
	{"siteward/appliance/access/accesstest", "a helper of tests"},
	{"siteward/appliance/store/storetest", "a helper of tests"},
	{"siteward/central/store/storetest", "a helper of tests"},
	{"C", "the binary is static"},
}

// providers are packages of the provider's side, which the appliance must not carry: a tag links them into siteward-central.
var providers = []string{"siteward/central/...", "github.com/jackc/pgx/v5/...", "github.com/coreos/go-oidc/v3/..."}

func TestImportsRunOneWay(t *testing.T) {
	for _, line := range goList(t, `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		from, imports, _ := strings.Cut(line, " ")
		from = strings.TrimPrefix(strings.TrimPrefix(from, "siteward"), "/")
		for _, to := range strings.Fields(imports) {
			for _, f := range forbidden {
				if matches(f.from, from) && matches(f.to, to) {
					t.Errorf("%s imports %s: %s", from, to, f.why)
				}
			}
			if strangers(from, to) {
				t.Errorf("%s imports %s: neighbours meet in the daemon", from, to)
			}
			for _, o := range only {
				if to == o.library && !slices.Contains(o.rooms, from) && !helper(from) {
					t.Errorf("%s imports %s, which is for %v: %s", from, to, o.rooms, o.why)
				}
			}
		}
	}
}

func strangers(from, to string) bool {
	a, fine := strings.CutPrefix(from, "appliance/")
	b, below := strings.CutPrefix(to, "siteward/appliance/")
	if !fine || !below || a == b || !slices.Contains(neighbours, a) || !slices.Contains(neighbours, b) {
		return false
	}
	_, known := acquainted[[2]string{a, b}]
	return !known
}

// helper says whether a package serves tests and figures only, which may touch what they measure.
func helper(pkg string) bool {
	return strings.HasPrefix(pkg, "internal/") || strings.HasSuffix(pkg, "test")
}

func TestNothingBannedIsLinked(t *testing.T) {
	linked := map[string]bool{}
	for _, p := range goList(t, "{{.ImportPath}}", "-deps", ".") {
		linked[p] = true
	}
	for _, b := range banned {
		if linked[b.path] {
			t.Errorf("%s is linked: %s", b.path, b.why)
		}
	}
}

func TestTheApplianceCarriesNothingOfTheProvider(t *testing.T) {
	for _, p := range goListTags(t, "gosnmp_nodebug", "{{.ImportPath}}", "-deps", ".") {
		for _, pattern := range providers {
			if matches(pattern, p) {
				t.Errorf("%s is linked into the appliance: it belongs to the provider's side, behind the tag central", p)
			}
		}
	}
}

// allowed are the licences that go with Apache-2.0, known by a phrase of their text.
var allowed = []struct{ name, phrase string }{
	{"Apache-2.0", "Apache License"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"BSD", "Redistribution and use in source and binary forms"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any"},
	{"ISC", "Permission to use, copy, modify, and distribute this software for any"},
}

func TestLinkedLicencesGoWithApache(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range goList(t, `{{with .Module}}{{.Path}} {{.Dir}}{{end}}`, "-deps", ".") {
		mod, dir, ok := strings.Cut(line, " ")
		if !ok || mod == "siteward" || seen[mod] {
			continue
		}
		seen[mod] = true
		if name := licence(dir); name == "" {
			t.Errorf("%s: no licence found that goes with Apache-2.0", mod)
		}
	}
}

func licence(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		base := strings.ToUpper(filepath.Base(f))
		if !strings.HasPrefix(base, "LICEN") && !strings.HasPrefix(base, "COPYING") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		flat := regexp.MustCompile(`\s+`).ReplaceAllString(string(text), " ")
		if regexp.MustCompile(`(?i)GNU (LESSER |AFFERO )?GENERAL PUBLIC`).MatchString(flat) {
			return ""
		}
		for _, a := range allowed {
			if strings.Contains(flat, a.phrase) {
				return a.name
			}
		}
	}
	return ""
}

func matches(pattern, path string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	if base, ok := strings.CutSuffix(pattern, "/+"); ok {
		return strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

// goList asks about everything that ships, the provider's side included.
func goList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	return goListTags(t, "gosnmp_nodebug,central", format, args...)
}

func goListTags(t *testing.T, tags, format string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-tags", tags, "-f", format}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var lines []string
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		if s.Text() != "" {
			lines = append(lines, s.Text())
		}
	}
	return lines
}
