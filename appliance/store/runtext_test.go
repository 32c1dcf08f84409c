package store

import (
	"bytes"
	"testing"
	"time"

	"siteward/appliance"
)

func TestTextsOfRunsAreKeptForAWhile(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	keep := func(text string, at time.Time) string {
		t.Helper()
		if err := s.Update(func(tx *Tx) error {
			return tx.KeepRunText(&appliance.RunText{Name: "mail", At: at, Text: []byte(text)})
		}); err != nil {
			t.Fatal(err)
		}
		return RunTextSum([]byte(text))
	}
	old, young := keep("an old one", now.AddDate(-3, 0, 0)), keep("backup done\n", now)
	if again := keep("backup done\n", now.Add(time.Hour)); again != young {
		t.Error("the same text has two names")
	}
	if got, err := s.RunText(young); err != nil || !bytes.Equal(got.Text, []byte("backup done\n")) || got.Name != "mail" || !got.At.Equal(now) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.dropRunTexts(t.Context(), now, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RunText(old); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("one of three years ago: %v", err)
	}
	if _, err := s.RunText(young); err != nil {
		t.Errorf("one of today: %v", err)
	}
	for _, sum := range []string{"", "zz", "00"} {
		if _, err := s.RunText(sum); appliance.CodeOf(err) != appliance.CodeNotFound {
			t.Errorf("%q: %v", sum, err)
		}
	}
}
