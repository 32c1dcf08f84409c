package logbook

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"siteward/appliance"
)

// An export is a file of lines, each a JSON object: a header, one line an entry, and the checkpoint of its end.
//
//	{"siteward":"logbook","version":1,"site":"…","exported":"…","keys":[{"key":"…","from":1}]}
//	{"entry":RECORD,"signature":"base64"}
//	{"entries":N,"checkpoint":"signed note"}
//
// RECORD is the bytes that are hashed. The signature is that of the checkpoint after the entry.
const version = 1

// Header is the first line of an export.
type Header struct {
	Siteward string                 `json:"siteward"` // "logbook"
	Version  int                    `json:"version"`
	Site     string                 `json:"site"`
	Exported time.Time              `json:"exported"`
	Keys     []appliance.LogbookKey `json:"keys"`
}

// Line is one entry with the signature of the checkpoint after it.
type Line struct {
	Record, Signature []byte
}

type footer struct {
	Entries    int64  `json:"entries"`
	Checkpoint string `json:"checkpoint"`
}

// Export writes a log. The checkpoint is the signed note of its end, "" for an empty log.
func Export(w io.Writer, h Header, lines iter.Seq2[Line, error], checkpoint string) error {
	h.Siteward, h.Version, h.Exported = "logbook", version, clean(h.Exported)
	out := bufio.NewWriter(w)
	if err := writeLine(out, h); err != nil {
		return err
	}
	var n int64
	for l, err := range lines {
		if err != nil {
			return err
		}
		n++
		if _, err := out.Write(l.line()); err != nil {
			return err
		}
	}
	if err := writeLine(out, footer{Entries: n, Checkpoint: checkpoint}); err != nil {
		return err
	}
	return out.Flush()
}

func writeLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	return err
}

const (
	lineStart  = `{"entry":`
	lineMiddle = `,"signature":"`
	lineEnd    = `"}`
)

func (l Line) line() []byte {
	b := append([]byte(lineStart), l.Record...)
	b = append(b, lineMiddle...)
	b = base64.StdEncoding.AppendEncode(b, l.Signature)
	return append(b, lineEnd+"\n"...)
}

// parseLine takes a line apart to the byte: what a JSON reader would pass over is a change too.
func parseLine(b []byte) (l Line, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(lineStart))
	rest, ok2 := bytes.CutSuffix(rest, []byte(lineEnd))
	at := bytes.LastIndex(rest, []byte(lineMiddle))
	if !ok || !ok2 || at < 0 {
		return l, errors.New("the line is no entry of a logbook")
	}
	l.Record = rest[:at]
	l.Signature, err = base64.StdEncoding.Strict().DecodeString(string(rest[at+len(lineMiddle):]))
	if err != nil {
		return l, errors.New("its signature cannot be read")
	}
	return l, nil
}

// maxLine bounds a line: an entry is at most a few ten kilobytes.
const maxLine = 1 << 20

// scanner reads lines of a bounded length.
func scanner(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), maxLine)
	return s
}

func parseHeader(b []byte) (h Header, err error) {
	if err := json.Unmarshal(b, &h); err != nil || h.Siteward != "logbook" {
		return h, errors.New("this is no export of a Siteward logbook: its first line is not the header")
	}
	if h.Version != version {
		return h, fmt.Errorf("this export has version %d, this program reads version %d", h.Version, version)
	}
	return h, nil
}
