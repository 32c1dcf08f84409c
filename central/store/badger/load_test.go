package badger

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"siteward/appliance"
	"siteward/central"
)

// TestARestoreThatWasKilled leaves half of a backup beside its mark: the next start takes it away, but not while somebody is loading.
func TestARestoreThatWasKilled(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	half := central.Record{Family: "user", Key: "1", Value: []byte("x"), Version: 1}
	if err := s.Load(t.Context(), func(put central.Put) error {
		if _, err := Open(dir, Options{}); appliance.CodeOf(err) != appliance.CodeConflict {
			t.Errorf("opened while a backup is loaded: %v", err)
		}
		return put(nil, nil, []central.Record{half})
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, killed := range []bool{false, true} {
		if killed {
			if err := os.WriteFile(filepath.Join(dir, loading), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if s, err = Open(dir, Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
		if _, err = s.Record(t.Context(), "user", "1"); (appliance.CodeOf(err) == appliance.CodeNotFound) != killed {
			t.Errorf("killed %t: %v", killed, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, loading)); !os.IsNotExist(err) {
		t.Errorf("the mark is still there: %v", err)
	}
}
