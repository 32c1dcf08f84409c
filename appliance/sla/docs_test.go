package sla

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// The three examples of docs/service-levels.md are counted here, and stand there in all three languages as they are counted.
func TestDocument(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "service-levels.md"))
	if err != nil {
		t.Fatal(err)
	}
	languages := strings.Split("\n"+string(raw), "\n# ")[1:]
	if len(languages) != 3 {
		t.Fatalf("%d languages", len(languages))
	}
	const berlin = "Europe/Berlin"
	hours := mustHours(t, office, berlin, "DE-BE")
	examples := []Clock{
		{Hours: hours, Start: at(t, berlin, "2026-11-27 16:40:31"), Target: 60},
		{Hours: hours, Start: at(t, berlin, "2026-12-23 15:00:00"), Target: 240,
			Pauses: []appliance.Wait{{From: at(t, berlin, "2026-12-24 09:00:00"), Until: at(t, berlin, "2026-12-28 11:00:00"), For: appliance.WaitCustomer}}},
		{Hours: mustHours(t, appliance.ServiceHours{Preset: appliance.Hours7x24}, berlin, "DE-BE"), Start: at(t, berlin, "2026-10-25 01:30:00"), Target: 240},
	}
	for _, text := range languages {
		for i, c := range examples {
			_, part, found := strings.Cut(text, "\n**"+strconv.Itoa(i+1)+". ")
			if !found {
				t.Fatalf("example %d is missing in %.20q", i+1, text)
			}
			compare(t, part, c.Read(c.Read(c.Start.Add(100*24*time.Hour)).Due))
		}
	}
}

// compare holds the first table of a text against a working.
func compare(t *testing.T, text string, w Working) {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(text[strings.Index(text, "\n| "):]) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			rows = append(rows, cells[1:4])
		} else if len(rows) > 0 {
			break
		}
	}
	rows = rows[2:] // heads and the line below them
	if len(rows) != len(w.Lines)+1 {
		t.Errorf("%.30q: %d lines, counted are %d", text, len(rows)-1, len(w.Lines))
		return
	}
	for i, l := range w.Lines {
		minutes := l.Minutes
		if !slices.Contains([]Kind{Counted, Ahead, Over}, l.Kind) {
			minutes = 0
		}
		if r := rows[i]; strings.TrimSpace(r[2]) != strconv.Itoa(minutes) || !strings.Contains(r[0], l.From.Format("15:04")) || !strings.Contains(r[0], l.To.Format("15:04")) {
			t.Errorf("%.30q: %q is not %s to %s, %d minutes", text, rows[i], l.From, l.To, minutes)
		}
	}
	if sum := rows[len(rows)-1]; !strings.Contains(sum[2], "**"+strconv.Itoa(w.Target)+"**") || !strings.Contains(sum[1], w.Due.Format("15:04")) || !strings.Contains(sum[1], w.Due.Format("2")) {
		t.Errorf("%.30q: %q is not due %s", text, sum, w.Due)
	}
}
