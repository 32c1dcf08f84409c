package backuplog

import (
	"os"
	"strings"
	"testing"
)

// TestEveryProductHasARecipe looks for each format in what docs/backups.md tells to set up.
func TestEveryProductHasARecipe(t *testing.T) {
	doc := strings.ToLower(string(must(os.ReadFile("../../docs/backups.md"))(t)))
	called := map[string]string{"apcaccess": "apcupsd", "upsc": "nut", "upslog": "upslog", "script": "script", "ups-card": "other network cards", "pwrstatd": "pwrstatd", "apc-nmc": "apc network card",
		"mssql": "sql server", "nut": "nut", "novastor": "novabackup", "timemachine": "time machine"}
	for _, f := range shipped(t).formats {
		word := called[f.Name]
		if word == "" {
			word = strings.ReplaceAll(strings.TrimSuffix(f.Name, "-mail"), "-", " ")
			word = strings.TrimPrefix(word, "proxmox ")
		}
		if !strings.Contains(strings.ReplaceAll(doc, "-", " "), strings.ReplaceAll(strings.ToLower(word), "-", " ")) && !strings.Contains(strings.ReplaceAll(doc, " ", ""), strings.ReplaceAll(strings.ToLower(word), " ", "")) {
			t.Errorf("%s (%s): no recipe", f.Product, word)
		}
	}
}
