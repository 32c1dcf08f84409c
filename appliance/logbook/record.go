package logbook

import (
	"encoding/json"
	"fmt"
	"time"

	"siteward/appliance"
)

// Record gives the bytes that stand for an entry: one line of JSON with the fields in the order of LogbookEntry, UTC times of
// whole milliseconds, no line end. They are kept as they are; nobody encodes an entry a second time.
func Record(e appliance.LogbookEntry) ([]byte, error) {
	e.At, e.Written = clean(e.At), clean(e.Written)
	b, err := json.Marshal(e)
	if err != nil && e.Message != nil { // arguments of a message may be anything; the English sentence says it too
		m := *e.Message
		m.Args, e.Message = nil, &m
		b, err = json.Marshal(e)
	}
	if err != nil {
		return nil, fmt.Errorf("encode entry of the logbook: %w", err)
	}
	return b, nil
}

func clean(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Parse reads the bytes of an entry.
func Parse(record []byte) (e appliance.LogbookEntry, err error) {
	if err := json.Unmarshal(record, &e); err != nil {
		return e, fmt.Errorf("decode entry of the logbook: %w", err)
	}
	return e, nil
}
