package backuplog

import (
	"context"
	"io"
	"strings"
	"time"
)

// Try reads a pasted log with a format that is being written: what a technician sees while he types. f may be nil.
func Try(ctx context.Context, known *Set, f *Format, text string, loc *time.Location, now time.Time) (Result, error) {
	o := Options{Formats: known, Location: loc, Now: now, Final: true}
	if f != nil {
		o.Formats, o.Product = known.With(f), f.Product
	}
	return Read(ctx, io.LimitReader(strings.NewReader(text), maxPart), o)
}
