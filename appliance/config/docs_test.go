package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/internal/peer"
)

// The example of the document is one that can be applied, and the document names every key.
func TestDocument(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "site-file.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(raw), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	f := mustParse(t, example)
	s := &shelf{}
	apply(t, s, example)
	if len(f.Devices) != 4 || len(s.inv.Devices) != 4 {
		t.Errorf("the example has %d devices", len(f.Devices))
	}
	if changes := apply(t, s, string(Format(s.inv.Export()))); len(changes) != 0 {
		t.Errorf("its export changes: %s", changes)
	}
	for _, key := range strings.Fields(`take_over holiday_region hotline provider community_file auth_file priv_env …_kept context attempts recoveries
		count size profile skip_verify send match_not redirects instance below hysteresis off coverage until reference
		days_off host_key senders programs mailbox origins data_set places skip_holidays older_than unchanged restore_every
		security password_file secret_env daily least repeat quiet steps after roles title effect comment reason remind announce mails`) {
		if !strings.Contains(string(raw), key) {
			t.Errorf("the document does not name %s", key)
		}
	}
}
