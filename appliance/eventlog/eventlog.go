// Package eventlog keeps the messages of syslog in compressed segment files in a folder of their own, beside the store: they come by
// the thousand, are read by time, and go by age and size as a whole. On the disk are files named by the number of their first message;
// each holds blocks of a header (magic, length, checksum, count, first number, times) and messages, compressed. A block is written whole
// once a second or when it is full; what a crash tears off the end of the last file is cut away when it is opened.
package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

// Options of a log.
type Options struct {
	MaxBytes int64         // of all files, 0 = 512 MiB
	MaxAge   time.Duration // 0 = 90 days
}

// Sizes of blocks (uncompressed) and files.
const (
	blockSize   = 256 << 10
	segmentSize = 16 << 20
	headerSize  = 4 + 4 + 4 + 4 + 8 + 8 + 8
	magic       = 0x53574c31 // "SWL1"
	suffix      = ".log"
)

// Log is a folder of messages.
type Log struct {
	dir string
	o   Options
	enc *zstd.Encoder
	dec *zstd.Decoder

	mu       sync.Mutex
	segments []*segment
	file     *os.File // of the last segment, nil before the first block
	open     []appliance.LogMessage
	size     int
	next     uint64
	failed   error
}

type segment struct {
	path   string
	size   int64
	blocks []block
}

// block is what the header of one says.
type block struct {
	at          int64
	length      uint32
	sum         uint32
	count       uint32
	first       uint64
	since, till int64 // unix nanoseconds of arrival
}

// Open opens or makes a folder. What is torn off at the end of the last file is cut away.
func Open(dir string, o Options) (*Log, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = 512 << 20
	}
	if o.MaxAge == 0 {
		o.MaxAge = 90 * 24 * time.Hour
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	l := &Log{dir: dir, o: o, next: 1}
	var err error
	if l.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
		return nil, err
	}
	if l.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20)); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return nil, err
	}
	slices.Sort(names) // numbers of fixed width
	for _, path := range names {
		s, err := readSegment(path)
		if err != nil {
			return nil, fmt.Errorf("event log: %w", err)
		}
		l.segments = append(l.segments, s)
		if n := len(s.blocks); n > 0 {
			l.next = max(l.next, s.blocks[n-1].first+uint64(s.blocks[n-1].count))
		}
		if n, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), suffix), 10, 64); err == nil {
			l.next = max(l.next, n)
		}
	}
	return l, nil
}

// readSegment reads the headers of a file and cuts off what is no whole block.
func readSegment(path string) (*segment, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s := &segment{path: path}
	var head [headerSize]byte
	for {
		if _, err := f.ReadAt(head[:], s.size); err != nil {
			break
		}
		b := block{at: s.size + headerSize, length: binary.BigEndian.Uint32(head[4:]), sum: binary.BigEndian.Uint32(head[8:]), count: binary.BigEndian.Uint32(head[12:]),
			first: binary.BigEndian.Uint64(head[16:]), since: int64(binary.BigEndian.Uint64(head[24:])), till: int64(binary.BigEndian.Uint64(head[32:]))}
		if binary.BigEndian.Uint32(head[:]) != magic || b.at+int64(b.length) > st.Size() {
			break
		}
		s.blocks = append(s.blocks, b)
		s.size = b.at + int64(b.length)
	}
	if s.size < st.Size() {
		return s, f.Truncate(s.size)
	}
	return s, nil
}

// Append takes messages, numbers them, and keeps them in memory until the block is full or Flush is called.
func (l *Log) Append(ms []appliance.LogMessage) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range ms {
		ms[i].ID = l.next
		l.next++
		l.open = append(l.open, ms[i])
		l.size += len(ms[i].Raw) + 64
		if l.size >= blockSize {
			if err := l.write(false); err != nil {
				return err
			}
		}
	}
	return nil
}

// Flush puts what is in memory onto the disk.
func (l *Log) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write(true)
}

// maxWaiting bounds what is kept while the disk takes nothing; then the oldest go, counted by the caller through the error.
const maxWaiting = 20_000

func (l *Log) write(sync bool) error {
	if len(l.open) == 0 {
		return l.failed
	}
	if err := l.writeBlock(sync); err != nil {
		l.failed = err
		if len(l.open) > maxWaiting {
			l.open = slices.Clone(l.open[len(l.open)-maxWaiting/2:])
		}
		return fmt.Errorf("event log: %w", err)
	}
	l.failed, l.open, l.size = nil, nil, 0
	return nil
}

func (l *Log) writeBlock(sync bool) error {
	b := block{count: uint32(len(l.open)), first: l.open[0].ID, since: l.open[0].At.UnixNano(), till: l.open[0].At.UnixNano()}
	var raw []byte
	for i := range l.open {
		raw = encode(raw, &l.open[i])
		b.since, b.till = min(b.since, l.open[i].At.UnixNano()), max(b.till, l.open[i].At.UnixNano())
	}
	packed := l.enc.EncodeAll(raw, make([]byte, headerSize, headerSize+len(raw)/4))
	b.length, b.sum = uint32(len(packed)-headerSize), crc32.ChecksumIEEE(packed[headerSize:])
	binary.BigEndian.PutUint32(packed, magic)
	binary.BigEndian.PutUint32(packed[4:], b.length)
	binary.BigEndian.PutUint32(packed[8:], b.sum)
	binary.BigEndian.PutUint32(packed[12:], b.count)
	binary.BigEndian.PutUint64(packed[16:], b.first)
	binary.BigEndian.PutUint64(packed[24:], uint64(b.since))
	binary.BigEndian.PutUint64(packed[32:], uint64(b.till))
	s, err := l.segment(b.first)
	if err != nil {
		return err
	}
	if _, err := l.file.WriteAt(packed, s.size); err != nil {
		return errors.Join(err, l.file.Truncate(s.size))
	}
	if sync {
		if err := l.file.Sync(); err != nil {
			return errors.Join(err, l.file.Truncate(s.size))
		}
	}
	b.at = s.size + headerSize
	s.blocks, s.size = append(s.blocks, b), s.size+int64(len(packed))
	return nil
}

// segment gives the file for a block, a new one when the last is full.
func (l *Log) segment(first uint64) (*segment, error) {
	if n := len(l.segments); n > 0 && l.segments[n-1].size < segmentSize {
		if l.file == nil {
			f, err := os.OpenFile(l.segments[n-1].path, os.O_RDWR, 0)
			if err != nil {
				return nil, err
			}
			l.file = f
		}
		return l.segments[n-1], nil
	}
	path := filepath.Join(l.dir, fmt.Sprintf("%020d%s", first, suffix))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if l.file != nil {
		_ = l.file.Sync()
		_ = l.file.Close()
	}
	l.file = f
	l.segments = append(l.segments, &segment{path: path})
	return l.segments[len(l.segments)-1], nil
}

// Retain removes the oldest files beyond size and age. The last one stays.
func (l *Log) Retain(now time.Time) (removed int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := l.bytes()
	for len(l.segments) > 1 {
		s := l.segments[0]
		old := len(s.blocks) == 0 || now.Sub(time.Unix(0, s.blocks[len(s.blocks)-1].till)) > l.o.MaxAge
		if !old && total <= l.o.MaxBytes {
			return removed, nil
		}
		if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return removed, err
		}
		total -= s.size
		removed++
		l.segments = slices.Clone(l.segments[1:])
	}
	return removed, nil
}

func (l *Log) bytes() (n int64) {
	for _, s := range l.segments {
		n += s.size
	}
	return n
}

// Size is what the files take, and when the oldest message arrived.
func (l *Log) Size() (bytes int64, oldest time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.segments {
		if len(s.blocks) > 0 {
			return l.bytes(), time.Unix(0, s.blocks[0].since)
		}
	}
	if len(l.open) > 0 {
		oldest = l.open[0].At
	}
	return l.bytes(), oldest
}

// Close writes what is in memory.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.write(true)
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
		l.file = nil
	}
	l.dec.Close()
	return err
}

// read gives the messages of a block.
func (l *Log) read(path string, b block) ([]appliance.LogMessage, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	packed := make([]byte, b.length)
	if _, err := f.ReadAt(packed, b.at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if crc32.ChecksumIEEE(packed) != b.sum {
		return nil, fmt.Errorf("%s at %d: the checksum does not fit", filepath.Base(path), b.at)
	}
	raw, err := l.dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	return decode(raw, b.first, int(b.count))
}
