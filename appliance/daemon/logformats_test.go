package daemon

import (
	"testing"

	"siteward/appliance"
	"siteward/appliance/store"
)

func TestAFormatOfOnesOwnIsUsedAtOnceAndAfterARestart(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := &Daemon{store: s}
	known := func() string {
		set, err := d.formats()
		if err != nil {
			t.Fatal(err)
		}
		names := ""
		for _, f := range set.Formats() {
			if f.Name == "nightly" {
				names = f.Product
			}
		}
		return names
	}
	if known() != "" {
		t.Fatal("a format that nobody has written is known")
	}
	f := appliance.LogFormat{Name: "nightly", Text: "format: nightly\nrules:\n  - {match: 'nightly copy ended: OK', end: true, status: success, sign: true}\n"}
	if err := s.Update(func(tx *store.Tx) error { return tx.PutLogFormat(&f) }); err != nil {
		t.Fatal(err)
	}
	d.forgetFormats()
	if known() != "nightly" {
		t.Fatal("a format that was saved is not used")
	}
	if _, err := compileFormat("format: x\nrules: [{match: a}]"); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a format with a mistake: %v", err)
	}
}
