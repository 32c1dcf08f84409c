package daemon

import (
	"context"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/probes/backuplog"
)

// TestTheSameWordsEveryNightAreARunEach: a text without a time is told apart by when it came, and one that came twice by nothing.
func TestTheSameWordsEveryNightAreARunEach(t *testing.T) {
	formats, err := shippedFormats()
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	read := func(at time.Time) string {
		text := "Creating archive at \"repo::x\"\nRepository /mnt/backup does not exist.\nterminating with error status, rc 2\n"
		result, err := backuplog.Read(context.Background(), strings.NewReader(text), backuplog.Options{Formats: formats, Name: "Backup of srv-files", Final: true, Now: at, Location: time.UTC})
		if err != nil || len(result.Runs) != 1 {
			t.Fatal(result.Runs, err)
		}
		receive(result.Runs, at)
		if !result.Runs[0].Finished.Equal(at) {
			t.Errorf("finished %v", result.Runs[0].Finished)
		}
		return result.Runs[0].Fingerprint()
	}
	if read(night) == read(night.Add(24*time.Hour)) {
		t.Error("the second night is lost")
	}
	if first, again := read(night), read(night); first != again {
		t.Error("a mail that is read again is a second run")
	}
	told := []appliance.Run{{Status: appliance.RunSuccess, Started: night}, {Status: appliance.RunIncomplete}}
	receive(told, night.Add(time.Hour))
	if !told[0].Finished.IsZero() || !told[0].Started.Equal(night) || !told[1].Started.Equal(night.Add(time.Hour)) {
		t.Errorf("%+v", told)
	}
}
