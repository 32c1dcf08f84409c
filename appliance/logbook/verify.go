package logbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"siteward/appliance"
)

// Noted is what somebody knows of a log from elsewhere and that it must agree with.
type Noted struct {
	Key        string // a public key that must be among those of the log
	Checkpoint string // a signed note of an earlier day, as it stands in a report or in an older export
}

// Verify reads an export and names the first entry that does not fit. It needs nothing but the export. The error says that
// it could not be read to its end, or that it is no export at all; what does not fit is in the report.
func Verify(r io.Reader, noted Noted, now time.Time) (appliance.LogbookReport, error) {
	report := appliance.LogbookReport{At: now}
	in := scanner(r)
	if !in.Scan() {
		if err := in.Err(); err != nil {
			return report, fmt.Errorf("read export: %w", err)
		}
		return report, errors.New("the file is empty")
	}
	h, err := parseHeader(in.Bytes())
	if err != nil {
		return report, err
	}
	c, err := NewChecker(h.Keys)
	if err != nil {
		return report, err
	}
	for _, k := range h.Keys {
		report.Keys = append(report.Keys, k.Key)
	}
	if noted.Key != "" && !slices.Contains(report.Keys, noted.Key) {
		report.Bad, report.Fault = 1, "the log is signed with other keys than the one given"
		return report, nil
	}
	known, err := noted.checkpoint(report.Keys)
	if err != nil {
		return report, err
	}
	fault := func(seq int64, why string) (appliance.LogbookReport, error) {
		report.Entries, report.Bad, report.Fault = seq-1, uint64(seq), why
		return report, nil
	}
	for in.Scan() {
		next := c.Size() + 1
		if bytes.HasPrefix(in.Bytes(), []byte(`{"entries":`)) {
			if why := c.end(in.Bytes(), report.Keys); why != "" {
				return fault(next, why)
			}
			if known != nil && known.Size > c.Size() {
				return fault(next, fmt.Sprintf("entries %d to %d, which the noted checkpoint covers, are missing", next, known.Size))
			}
			if in.Scan() {
				return fault(next, "something follows after the end")
			}
			if in.Err() != nil {
				break
			}
			report.Entries, report.Root = c.Size(), c.Checkpoint().Root.String()
			return report, nil
		}
		l, err := parseLine(in.Bytes())
		if err == nil {
			err = c.Add(l.Record, l.Signature)
		}
		if err != nil {
			return fault(next, err.Error())
		}
		if known != nil && known.Size == c.Size() && known.Root != c.Checkpoint().Root {
			return fault(next, "the noted checkpoint has another root: this entry or one before it was written anew")
		}
	}
	if err := in.Err(); err != nil {
		return report, fmt.Errorf("read export after entry %d: %w", c.Size(), err)
	}
	return fault(c.Size()+1, "the export ends without its last line: it was cut off")
}

// checkpoint opens the noted checkpoint with the log's keys.
func (n Noted) checkpoint(keys []string) (*Checkpoint, error) {
	if n.Checkpoint == "" {
		return nil, nil
	}
	verifiers, err := Verifiers(keys...)
	if err != nil {
		return nil, err
	}
	c, err := OpenNote(n.Checkpoint, verifiers)
	if err != nil {
		return nil, fmt.Errorf("the noted checkpoint was not signed by this log: %w", err)
	}
	return &c, nil
}

// end compares the last line with what was read. It gives a sentence when they differ.
func (c *Checker) end(line []byte, keys []string) string {
	var f footer
	if err := json.Unmarshal(line, &f); err != nil {
		return "the last line cannot be read"
	}
	if f.Entries > c.Size() {
		return fmt.Sprintf("entries %d to %d are missing", c.Size()+1, f.Entries)
	}
	if f.Entries < c.Size() {
		return fmt.Sprintf("the export says that it ends after entry %d", f.Entries)
	}
	if f.Entries == 0 && f.Checkpoint == "" {
		return ""
	}
	verifiers, err := Verifiers(keys...)
	if err != nil {
		return err.Error()
	}
	last, err := OpenNote(f.Checkpoint, verifiers)
	if err != nil {
		return "the checkpoint of the end is not signed"
	}
	if last != c.Checkpoint() {
		return fmt.Sprintf("the checkpoint of the end is of %d entries and another tree", last.Size)
	}
	return ""
}
