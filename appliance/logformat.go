package appliance

import (
	"context"
	"time"
)

// LogFormat says how the logs of a product are read: a file in the language of docs/formats.md.
type LogFormat struct {
	ID      ID        `json:"id"`   // 0 of those that ship with the program
	Name    string    `json:"name"` // as the text says; one's own wins over a shipped one of the same name
	Title   string    `json:"title"`
	Product string    `json:"product"`
	Text    string    `json:"text"`
	By      string    `json:"by,omitempty"`
	Saved   time.Time `json:"saved,omitzero"`
	Version uint64    `json:"version"`
}

// LogVerdict is what a pasted log tells.
type LogVerdict struct {
	Product string     `json:"product"` // "" = not recognised
	Runs    []Run      `json:"runs"`
	Events  []UPSEvent `json:"events"`
}

// LogFormats is what the appliance offers for formats of logs.
type LogFormats interface {
	// LogFormats lists all formats by name, those that ship first in the order of a tie.
	LogFormats(ctx context.Context) ([]LogFormat, error)
	// TryLog reads a pasted log, with all formats that are known when format is empty, else with it as well. A mistake in the
	// format is a CodeInvalid error about the field text.
	TryLog(ctx context.Context, format string, log []byte) (LogVerdict, error)
	SaveLogFormat(ctx context.Context, by Actor, f *LogFormat) error // ID 0 creates
	DeleteLogFormat(ctx context.Context, by Actor, id ID) error
}
