package api

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/appliance/access"
	"siteward/internal/peer"
)

// TestDurationsAreGivenAsTheyAreTaken: a time that something takes is text like 5m, unless its name says a unit.
func TestDurationsAreGivenAsTheyAreTaken(t *testing.T) {
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Type any }
			}
		}
	}
	if err := json.Unmarshal(newBench(t).OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, schema := range doc.Components.Schemas {
		for field, p := range schema.Properties {
			switch field {
			case "took", "every", "interval", "timeout", "uptime", "usual_took", "least_took", "most_took", "grace":
				if found++; p.Type != "string" {
					t.Errorf("%s.%s is %v", name, field, p.Type)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d of them", found)
	}
}

// docs/api.md lists every operation with its permission, and every code with its status.
func TestDocumentIsComplete(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	bench := newBench(t)
	operations := bench.operations(t)
	for _, op := range operations {
		rule, _ := bench.gate.Table.Lookup(op.Method, op.Path)
		row := fmt.Sprintf("| %s %s | %s |", op.Method, strings.TrimPrefix(op.Path, access.APIPrefix), rule.Need)
		if !strings.Contains(doc, row) {
			t.Errorf("docs/api.md lacks the row %s", row)
		}
	}
	listed := 0
	for _, line := range strings.Split(doc, "\n") {
		for _, m := range []string{"GET", "POST", "PUT", "DELETE"} {
			if strings.HasPrefix(line, "| "+m+" /") {
				listed++
			}
		}
	}
	if listed != len(operations) {
		t.Errorf("docs/api.md lists %d operations, there are %d", listed, len(operations))
	}
	for code, status := range statuses {
		if !strings.Contains(doc, fmt.Sprintf("| %s | %d", code, status)) {
			t.Errorf("docs/api.md lacks the code %s with status %d", code, status)
		}
	}
}
