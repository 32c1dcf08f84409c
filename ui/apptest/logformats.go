package apptest

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// shippedFormats are two formats that ship with the sample appliance.
var shippedFormats = []appliance.LogFormat{
	{Name: "borg", Title: "BorgBackup", Product: "borg", Text: "format: borg\nrules:\n  - {match: 'rc 0', end: true, status: success, sign: true}\n"},
	{Name: "restic", Title: "restic", Product: "restic", Text: "format: restic\n"},
}

// LogFormats lists the shipped and the saved ones.
func (a *App) LogFormats(context.Context) ([]appliance.LogFormat, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Concat(shippedFormats, a.formats), nil
}

// TryLog says of a log with "rc 0" that it is a success, and of a format with "wrong" that it is none.
func (a *App) TryLog(_ context.Context, format string, log []byte) (appliance.LogVerdict, error) {
	if strings.Contains(format, "wrong") {
		return appliance.LogVerdict{}, &appliance.Error{Code: appliance.CodeInvalid, Field: "text", Message: appliance.Message{English: "[1:1] there is no key wrong"}}
	}
	if !strings.Contains(string(log), "rc 0") {
		return appliance.LogVerdict{}, nil
	}
	size, files := int64(92_070_000), int64(361)
	line, _, _ := strings.Cut(string(log), "\n")
	return appliance.LogVerdict{Product: "borg", Runs: []appliance.Run{
		{Job: "srv-file01", Product: "borg", Status: appliance.RunSuccess, Started: a.now.Add(-time.Hour), Finished: a.now, Bytes: &size, Files: &files, Message: line},
	}, Events: []appliance.UPSEvent{{At: a.now, Kind: appliance.UPSOnBattery, Text: "Power failure."}}}, nil
}

// SaveLogFormat keeps a format.
func (a *App) SaveLogFormat(_ context.Context, by appliance.Actor, f *appliance.LogFormat) error {
	if _, err := a.TryLog(context.Background(), f.Text, nil); err != nil {
		return err
	}
	return a.change("save log format", appliance.Change{}, func() error {
		f.Name, f.Title, f.Product, f.By, f.Saved = "own", "Own format", "own", by.Name, a.now
		if f.ID == 0 {
			f.ID = 7
		}
		a.formats = slices.DeleteFunc(slices.Clone(a.formats), func(o appliance.LogFormat) bool { return o.ID == f.ID })
		a.formats = append(a.formats, *f)
		return nil
	})
}

// DeleteLogFormat forgets a format.
func (a *App) DeleteLogFormat(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete log format", appliance.Change{}, func() error {
		a.formats = slices.DeleteFunc(slices.Clone(a.formats), func(o appliance.LogFormat) bool { return o.ID == id })
		return nil
	})
}
