package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
	"siteward/central"
)

// Bounds of what is read from a backup, which may have been damaged or made by somebody else.
const (
	maxLine  = 8 << 20
	maxRatio = 1000    // unpacked bytes of each byte of the file: real ones have 5 to 30
	maxPart  = 1 << 20 // put into a store at once
)

// freeSize is from where on the ratio counts.
var freeSize = int64(64 << 20)

// VerifyBackup reads a backup to its end and says when it was made and how many lines it has.
func VerifyBackup(ctx context.Context, r io.Reader) (made time.Time, lines int, err error) {
	return readBackup(ctx, r, func(backupLine) error { return nil })
}

// Restore loads a backup into a store, which must be empty: all of it, or nothing when it cannot be used.
func Restore(ctx context.Context, s central.Store, r io.Reader) error {
	return s.Load(ctx, func(put central.Put) error {
		l := loader{put: put}
		if _, _, err := readBackup(ctx, r, l.take); err != nil {
			return err
		}
		return l.flush()
	})
}

// loader gathers what fits into one part.
type loader struct {
	put     central.Put
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
	case b.Record != nil && !passing[b.Record.Family]:
		leap(b.Record)
		l.records = append(l.records, *b.Record)
		l.size += len(b.Record.Value) + 300
	}
	if l.size > maxPart {
		return l.flush()
	}
	return nil
}

// leap brings the number of the next offer beyond those that were given out after the backup: sites know them, and would take a new offer
// of the same number for one that they have decided on.
func leap(r *central.Record) {
	var n appliance.ID
	if r.Family != central.Counters.Family || r.Key != central.Offers.Family || central.Counters.Decode(*r, &n) != nil {
		return
	}
	if next, err := central.Counters.Set(r.Key, n+leapBy, r.Version); err == nil {
		r.Value = next.Value
	}
}

// leapBy is more offers than a provider makes between two backups.
const leapBy = 1000

func (l *loader) flush() error {
	err := l.put(l.rows, l.events, l.records)
	l.rows, l.events, l.records, l.size = nil, nil, nil, 0
	return err
}

func bad(format string, args ...any) error {
	return appliance.Errorf(appliance.CodeInvalid, "the backup cannot be used: "+format, args...)
}

const another = "; nothing was changed, take another backup"

func readBackup(ctx context.Context, r io.Reader, visit func(backupLine) error) (made time.Time, lines int, err error) {
	file := &counter{r: r}
	z, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return made, 0, bad("%v", err)
	}
	defer z.Close()
	in := bufio.NewScanner(z)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	sum, size, rules := sha256.New(), int64(0), newRules()
	for in.Scan() {
		if size += int64(len(in.Bytes())); size > freeSize && size > maxRatio*file.n {
			return made, lines, bad("it unpacks to far more than a central ever wrote%s", another)
		}
		if lines%1000 == 0 && ctx.Err() != nil {
			return made, lines, ctx.Err()
		}
		var l backupLine
		if err := json.Unmarshal(in.Bytes(), &l); err != nil && lines > 0 {
			return made, lines, bad("line %d cannot be read%s", lines+1, another)
		}
		switch {
		case lines == 0 && l.Siteward != "central-backup":
			return made, 0, bad("it is no backup of a central; name a file that `siteward-central central backup` has written")
		case lines == 0 && l.Form != backupForm:
			return made, 0, bad("another version made it (form %d, this program reads %d); restore it with the version that made it", l.Form, backupForm)
		case lines == 0:
			made = l.Made
		case l.End != nil:
			if in.Scan() || in.Err() != nil || l.End.Lines != lines || !bytes.Equal(l.End.SHA256, sum.Sum(nil)) {
				return made, lines, bad("its checksum does not match%s", another)
			}
			return made, lines, nil
		default:
			if err := rules.check(&l); err != nil {
				return made, lines, bad("line %d: %v%s", lines+1, err, another)
			}
		}
		if err := visit(l); err != nil {
			return made, lines, err
		}
		sum.Write(in.Bytes())
		sum.Write([]byte{'\n'})
		lines++
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return made, lines, bad("line %d is longer than %d bytes%s", lines+1, maxLine, another)
	}
	return made, lines, bad("it is damaged, or ends before its end%s%s", because(in.Err()), another)
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf(" (%v)", err)
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
