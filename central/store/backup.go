package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
	"siteward/central"
)

// A backup is one zstd stream of lines, each a JSON object: a head, then sites, events and records, at the end how many there were
// and the SHA-256 of all lines before. Either store reads it, which is also the way from one to the other.
const (
	backupForm = 1
	maxLine    = 8 << 20
)

type backupLine struct {
	Siteward string          `json:"siteward,omitempty"` // "central-backup", of the head
	Form     int             `json:"form,omitempty"`
	Made     time.Time       `json:"made,omitzero"`
	Row      *central.Row    `json:"row,omitempty"`
	Event    *backupEvent    `json:"event,omitempty"`
	Record   *central.Record `json:"record,omitempty"`
	End      *backupEnd      `json:"end,omitempty"`
}

// backupEvent has the data as bytes, so that they stay what they were.
type backupEvent struct {
	central.Event
	Data []byte `json:"data"`
}

type backupEnd struct {
	Lines  int    `json:"lines"`
	SHA256 []byte `json:"sha256"`
}

// Backup writes everything that a store holds.
func Backup(ctx context.Context, s central.Store, w io.Writer, now time.Time) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return err
	}
	sum, lines := sha256.New(), 0
	out := bufio.NewWriterSize(z, 64<<10)
	line := func(l backupLine) error {
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		b = append(b, '\n')
		sum.Write(b)
		lines++
		_, err = out.Write(b)
		return err
	}
	if err := line(backupLine{Siteward: "central-backup", Form: backupForm, Made: now.UTC()}); err != nil {
		return err
	}
	err = s.Dump(ctx, func(row *central.Row, event *central.Event, record *central.Record) error {
		l := backupLine{Row: row, Record: record}
		if event != nil {
			l.Event = &backupEvent{Event: *event, Data: event.Data}
			l.Event.Event.Data = nil
		}
		return line(l)
	})
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := line(backupLine{End: &backupEnd{Lines: lines, SHA256: sum.Sum(nil)}}); err != nil {
		return err
	}
	return errors.Join(out.Flush(), z.Close())
}

// VerifyBackup reads a backup to its end and says when it was made and how many lines it has.
func VerifyBackup(r io.Reader) (made time.Time, lines int, err error) {
	return readBackup(r, func(backupLine) error { return nil })
}

// Restore loads a backup into a store, which must be empty. The file must have been verified before.
func Restore(ctx context.Context, s central.Store, r io.Reader) error {
	some, err := s.Fleet(ctx, central.FleetFilter{Limit: 1})
	if err != nil {
		return err
	}
	if len(some.Rows) > 0 {
		return appliance.Errorf(appliance.CodeConflict, "the store is not empty; restore into a new one, so that nothing is written over")
	}
	l := loader{ctx: ctx, s: s}
	if _, _, err := readBackup(r, l.take); err != nil {
		return err
	}
	return l.flush()
}

// loader gathers what fits into one transaction.
type loader struct {
	ctx     context.Context
	s       central.Store
	rows    []central.Row
	events  []central.Event
	records []central.Record
	size    int
}

func (l *loader) take(b backupLine) error {
	switch {
	case b.Row != nil:
		l.rows = append(l.rows, *b.Row)
		l.size += 2000
	case b.Event != nil:
		e := b.Event.Event
		e.Data = b.Event.Data
		l.events = append(l.events, e)
		l.size += len(e.Data) + 500
	case b.Record != nil:
		l.records = append(l.records, *b.Record)
		l.size += len(b.Record.Value) + 300
	}
	if l.size > 1<<20 {
		return l.flush()
	}
	return nil
}

func (l *loader) flush() error {
	err := l.s.Load(l.ctx, l.rows, l.events, l.records)
	l.rows, l.events, l.records, l.size = nil, nil, nil, 0
	return err
}

func bad(format string, args ...any) error {
	return appliance.Errorf(appliance.CodeInvalid, "the backup cannot be used: "+format, args...)
}

func readBackup(r io.Reader, visit func(backupLine) error) (made time.Time, lines int, err error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return made, 0, bad("%v", err)
	}
	defer z.Close()
	in := bufio.NewScanner(z)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	sum := sha256.New()
	for in.Scan() {
		var l backupLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return made, lines, bad("line %d cannot be read", lines+1)
		}
		switch {
		case lines == 0 && l.Siteward != "central-backup":
			return made, 0, bad("it is no backup of a central")
		case lines == 0 && l.Form != backupForm:
			return made, 0, bad("it was made by another version (form %d, this program reads %d)", l.Form, backupForm)
		case lines == 0:
			made = l.Made
		}
		if l.End != nil {
			return made, lines, checkEnd(l.End, lines, sum, in.Scan())
		}
		if err := visit(l); err != nil {
			return made, lines, err
		}
		sum.Write(in.Bytes())
		sum.Write([]byte{'\n'})
		lines++
	}
	return made, lines, bad("it ends too early or is damaged (%v)", in.Err())
}

func checkEnd(end *backupEnd, lines int, sum hash.Hash, more bool) error {
	if more || end.Lines != lines || string(end.SHA256) != string(sum.Sum(nil)) {
		return bad("its checksum does not match")
	}
	return nil
}
