package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

// A backup is one zstd stream of
//
//	"SITEWARD-BACKUP\n"
//	length:4 manifest         JSON, see Manifest
//	length:4 key, length:4 value   each record in key order; a value carries its own checksum
//	0xffffffff:4 records:8 SHA-256 of everything before:32
//
// It is not Badger's own format, so that it can be checked without opening a store and read by later versions.
const (
	backupMagic = "SITEWARD-BACKUP\n"
	backupForm  = 1
	backupEnd   = 0xffffffff
)

// Bounds of what a backup may hold: a reader must not be made to take more memory than that.
const (
	maxManifest = 64 << 10
	maxKey      = 64 << 10 >> 1
	maxValue    = 1 << 20
)

// Manifest says what a backup is.
type Manifest struct {
	Form   int       `json:"form"`
	Schema int       `json:"schema"`
	Made   time.Time `json:"made"`
	Site   string    `json:"site,omitempty"`
	Seq    uint64    `json:"seq"` // of the journal's last event
}

// Backup writes a consistent copy of the store, of the moment it begins, while work goes on.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if readOnly, _ := s.Mode(); !readOnly {
		// What is only in memory goes to the disk first. In read-only mode the log records tell it.
		if err := errors.Join(s.cutAll(), s.flushLive(s.opt.Now().Add(time.Minute))); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
			return fmt.Errorf("backup: %w", err)
		}
	}
	if err := s.View(func(tx *Tx) error { return tx.backup(ctx, w) }); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

func (tx *Tx) backup(ctx context.Context, w io.Writer) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return err
	}
	out := &backupWriter{w: bufio.NewWriterSize(z, 64<<10), sum: sha256.New()}
	m := Manifest{Form: backupForm, Made: tx.s.opt.Now().UTC(), Seq: tx.lastEvent()}
	if m.Schema, err = tx.schema(); err != nil {
		return err
	}
	if site, err := tx.Site(); err == nil {
		m.Site = site.Name
	}
	head, err := json.Marshal(m)
	if err != nil {
		return err
	}
	out.write([]byte(backupMagic))
	out.block(head)
	err = tx.scan(nil, func(key, value []byte) error {
		if key[0] == famStaged {
			return nil
		}
		out.block(key)
		out.block(value)
		if out.records++; out.records%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return out.err
	})
	if err != nil {
		return err
	}
	out.end()
	return errors.Join(out.err, out.w.Flush(), z.Close())
}

// backupWriter writes blocks and sums them up. Its first error sticks.
type backupWriter struct {
	w       *bufio.Writer
	sum     hash.Hash
	records uint64
	err     error
}

func (o *backupWriter) write(b []byte) {
	if o.err != nil {
		return
	}
	o.sum.Write(b)
	_, o.err = o.w.Write(b)
}

func (o *backupWriter) block(b []byte) {
	o.write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
	o.write(b)
}

func (o *backupWriter) end() {
	b := binary.BigEndian.AppendUint32(nil, backupEnd)
	o.write(binary.BigEndian.AppendUint64(b, o.records))
	o.write(o.sum.Sum(nil))
}

// VerifyBackup reads a backup to its end and checks everything: its own sum, and that of each record.
// It fails with CodeInvalid and a sentence when that is no backup, or a damaged one.
func VerifyBackup(r io.Reader) (Manifest, error) {
	return readBackup(r, func(key, value []byte) error {
		if err := checkValue(key, value); err != nil {
			return badBackup("%s: %v", describeKey(key), err)
		}
		return nil
	})
}

func badBackup(format string, args ...any) error {
	return appliance.Errorf(appliance.CodeInvalid, "the backup cannot be used: "+format, args...)
}

// readBackup visits the records of a backup. Only when it returns without an error was the backup complete.
func readBackup(r io.Reader, visit func(key, value []byte) error) (m Manifest, err error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return m, badBackup("%v", err)
	}
	defer z.Close()
	return readRecords(z, visit)
}

// readRecords is readBackup of a stream that is unpacked already.
func readRecords(r io.Reader, visit func(key, value []byte) error) (m Manifest, err error) {
	in := &backupReader{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	if string(in.bytes(len(backupMagic))) != backupMagic {
		return m, badBackup("it is not a backup made by Siteward")
	}
	head := in.block(in.length(), maxManifest)
	if in.err == nil {
		if err := json.Unmarshal(head, &m); err != nil {
			return m, badBackup("its description is damaged")
		}
	}
	if in.err == nil && (m.Form != backupForm || m.Schema > schema()) {
		return m, badBackup("it was made by a newer Siteward (schema %d, this program knows %d); install that version", m.Schema, schema())
	}
	records := uint64(0)
	for in.err == nil {
		n := in.length()
		if n == backupEnd {
			return m, in.finish(records)
		}
		key := in.block(n, maxKey)
		value := in.block(in.length(), maxValue)
		if in.err != nil {
			break
		}
		if len(key) == 0 {
			return m, badBackup("a record has no key")
		}
		if err := visit(key, value); err != nil {
			return m, err
		}
		records++
	}
	return m, badBackup("it ends too early or is damaged (%v)", in.err)
}

// backupReader reads blocks and sums them up. Its first error sticks.
type backupReader struct {
	r   *bufio.Reader
	sum hash.Hash
	err error
}

func (in *backupReader) bytes(n int) []byte {
	b := make([]byte, n)
	if in.err == nil {
		_, in.err = io.ReadFull(in.r, b)
	}
	in.sum.Write(b)
	return b
}

func (in *backupReader) length() uint32 { return binary.BigEndian.Uint32(in.bytes(4)) }

func (in *backupReader) block(n, most uint32) []byte {
	if in.err == nil && n > most {
		in.err = fmt.Errorf("a part of %d bytes", n)
	}
	if in.err != nil {
		return nil
	}
	return in.bytes(int(n))
}

func (in *backupReader) finish(records uint64) error {
	count := binary.BigEndian.Uint64(in.bytes(8))
	want := in.sum.Sum(nil)
	sum := in.bytes(len(want))
	if in.err != nil || string(sum) != string(want) || count != records {
		return badBackup("its checksum does not match")
	}
	if _, err := in.r.ReadByte(); !errors.Is(err, io.EOF) {
		return badBackup("something follows its end")
	}
	return nil
}

// Restore makes a store in dir from a backup. The folder must be empty or not exist; nothing is there unless the
// backup was complete and the store made from it was verified.
func Restore(ctx context.Context, r io.Reader, dir string) error {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o700); err != nil {
		return folderError(dir, err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".siteward-restore-")
	if err != nil {
		return folderError(dir, err)
	}
	defer os.RemoveAll(tmp)
	if err := restoreInto(ctx, r, tmp); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return folderError(dir, err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return folderError(dir, err)
	}
	return syncFolder(filepath.Dir(filepath.Clean(dir)))
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return folderError(dir, err)
	}
	if len(entries) > 0 {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
			Key: "store.error.not_empty", Args: map[string]any{"Dir": dir},
			English: fmt.Sprintf("the folder %s is not empty; restore into a new one and move it into place, so that nothing is written over", dir),
		}}
	}
	return nil
}

func restoreInto(ctx context.Context, r io.Reader, dir string) error {
	s := &Store{dir: dir}
	s.opt.defaults()
	s.log = s.opt.Logger
	if err := os.MkdirAll(s.dbDir(), 0o700); err != nil {
		return folderError(dir, err)
	}
	if err := s.openDB(); err != nil {
		return err
	}
	if err := errors.Join(s.load(ctx, r), s.db.Close()); err != nil {
		return err
	}
	restored, err := Open(ctx, dir, Options{SkipVerify: true, Backups: -1})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	report, err := restored.Verify(ctx)
	if err == nil && len(report.Damage) > 0 {
		err = badBackup("%s: %s", report.Damage[0].Where, report.Damage[0].What)
	}
	return errors.Join(err, restored.Close())
}

// load writes the records of a backup into an empty database.
func (s *Store) load(ctx context.Context, r io.Reader) error {
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	n := 0
	_, err := readBackup(r, func(key, value []byte) error {
		if n++; n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if free, err := s.opt.free(s.dir); err == nil && free < minFree {
				return appliance.Errorf(appliance.CodeReadOnly, "the disk is full: %d MiB are free; make room and restore again", free>>20)
			}
			if s.level0() >= flattenAt {
				if err := s.mergeTables(); err != nil {
					return err
				}
			}
		}
		return batch.SetEntry(badger.NewEntry(key, value))
	})
	if err != nil {
		return err
	}
	if err := batch.Flush(); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return s.db.Sync()
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
