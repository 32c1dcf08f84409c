package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden names imports that must not be, each with its reason. from and to are package paths below the module;
// a trailing /... takes everything below.
var forbidden = []struct{ from, to, why string }{
	{"appliance", "siteward/...", "the words import the standard library only, so that everything can speak them"},
	{"appliance/monitor", "siteward/appliance/store", "judging is pure: time and history are arguments"},
	{"appliance/series", "siteward/appliance/store", "the encoding knows no disk"},
	{"appliance/store", "siteward/probes/...", "neighbours meet in the daemon"},
	{"appliance/store", "siteward/ui/...", "neighbours meet in the daemon"},
	{"appliance/poll", "siteward/appliance/store", "neighbours meet in the daemon"},
	{"appliance/jobs", "siteward/appliance/store", "neighbours meet in the daemon"},
	{"probes/...", "siteward/appliance/store", "a probe asks and tells, it keeps nothing"},
	{"probes/...", "siteward/appliance/monitor", "a probe does not judge"},
	{"probes/snmp/...", "siteward/probes", "probes offers the map, snmp is one entry handed in"},
	{"ui/...", "siteward/appliance/store", "pages see the appliance through appliance.App"},
	{"ui/...", "siteward/appliance/daemon", "the daemon builds the pages' server, not the other way round"},
	{"ui/...", "siteward/probes/...", "pages see the appliance through appliance.App"},
	{"appliance/access", "siteward/appliance/store", "storage comes in through small interfaces"},
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
	{"testing", "test helpers stay out of the binary"},
	{"C", "the binary is static"},
}

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
		}
	}
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
	return path == pattern
}

func goList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-tags", "gosnmp_nodebug", "-f", format}, args...)...)
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
