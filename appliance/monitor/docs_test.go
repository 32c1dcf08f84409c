package monitor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/internal/peer"
)

// TestDocumentation holds the table of docs/monitor.md against the defaults. When it fails, it prints the table to paste.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "monitor.md"))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, d := range Defaults() {
		table.WriteString(documented(d) + "\n")
	}
	if !strings.Contains(string(page), table.String()) {
		t.Errorf("docs/monitor.md should have this table:\n%s", table.String())
	}
}

func documented(d Default) string {
	number := func(x *float64) string {
		if x == nil {
			return ""
		}
		return fmt.Sprint(*x)
	}
	devices, direction := string(d.Kind), "from"
	if d.Marked {
		devices = "marked ports"
	}
	if d.Below {
		direction = "below"
	}
	if d.Of != "" {
		direction = "% of " + d.Of
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s |", d.Metric, devices, direction, number(d.Warning), number(d.Critical), number(&d.Hysteresis), d.Why)
}
