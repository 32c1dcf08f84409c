package access

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/internal/peer"
)

// The table that people read is the table that holds.
func TestSecurityDocumentHasTheTable(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[Permission][]string{}
	for _, line := range strings.Split(string(b), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) == 7 {
			rows[Permission(strings.TrimSpace(cells[1]))] = cells[2:6]
		}
	}
	for _, p := range Permissions() {
		row := rows[p]
		if row == nil {
			t.Errorf("%s is not in SECURITY.md", p)
			continue
		}
		for i, role := range appliance.Roles {
			if says := strings.TrimSpace(row[i]) == "yes"; says != Can(role, p) {
				t.Errorf("SECURITY.md: %s for %s is %v, the table says %v", p, role, says, Can(role, p))
			}
		}
	}
	for p := range rows {
		if strings.Contains(string(p), ".") && !ours.defined(p) {
			t.Errorf("SECURITY.md: %s is no permission", p)
		}
	}
}
