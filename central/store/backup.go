package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/central"
)

// A backup is one zstd stream of lines, each a JSON object: a head, then sites, events and records, at the end how many there were
// and the SHA-256 of all lines before. Either store reads it, which is also the way from one to the other.
const backupForm = 1

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
