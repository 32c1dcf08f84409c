package backuplog

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// source gives the text of a log in windows of whole lines. Its text is UTF-8 where the log is UTF-16, and the log's own bytes
// otherwise: what is of another 8-bit encoding is put right a line at a time, where a line means something.
type source struct {
	r       io.Reader
	ctx     context.Context
	left    int64 // bytes that may still be read
	limited bool
	close   func()

	name string // of the encoding, for people
	wide wideOrder

	raw  []byte // UTF-16 that is not decoded yet
	end  bool
	fail error
}

type wideOrder byte

const (
	narrow wideOrder = iota
	littleEndian
	bigEndian
)

// Bounds of what is read at once. A window is larger than the longest line that is looked at.
const (
	windowSize = 256 << 10
	maxLine    = 64 << 10 // of a longer line the rest is passed over
	sniffSize  = 4 << 10
	maxLimit   = 8 << 30
)

// open looks at the first bytes and puts the layers that unpack before the reader.
func open(ctx context.Context, r io.Reader, limit int64) (*source, error) {
	if limit <= 0 || limit > maxLimit {
		limit = maxLimit
	}
	s := &source{ctx: ctx, left: limit, close: func() {}}
	for depth := 0; ; depth++ {
		b := bufio.NewReaderSize(r, sniffSize)
		head, err := b.Peek(8)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		unpacked, name, err := unpack(b, head, s)
		if err != nil {
			return s, nil //nolint:nilerr // a damaged archive has no text; that is news about the log, which is then empty
		}
		if name == "" || depth == 2 {
			s.r = b
			s.sniff(b)
			return s, nil
		}
		s.name += name + ", "
		r = unpacked
	}
}

func unpack(b *bufio.Reader, head []byte, s *source) (io.Reader, string, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		return z, "gzip", err
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(8<<20), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err == nil {
			s.close = z.Close
		}
		return z, "zstd", err
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 3 && head[3] >= '1' && head[3] <= '9':
		return bzip2.NewReader(b), "bzip2", nil
	}
	return nil, "", nil
}

// sniff tells UTF-16 by its mark, or by the zero bytes that Western text has in it.
func (s *source) sniff(b *bufio.Reader) {
	head, _ := b.Peek(sniffSize)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		s.wide = littleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		s.wide = bigEndian
	default:
		s.wide = zeroes(head)
	}
	switch s.wide {
	case littleEndian:
		s.name += "utf-16le"
	case bigEndian:
		s.name += "utf-16be"
	}
}

func zeroes(head []byte) wideOrder {
	var at [2]int
	for i, c := range head {
		if c == 0 {
			at[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 8:
		return narrow
	case at[1] > half*6/10 && at[0] < half/20+1:
		return littleEndian
	case at[0] > half*6/10 && at[1] < half/20+1:
		return bigEndian
	}
	return narrow
}

// read fills dst with text and tells how much; 0 is the end.
func (s *source) read(dst []byte) int {
	if s.wide == narrow {
		return s.fill(dst)
	}
	return s.decode(dst)
}

// fill reads until dst is full or the end has come. A reader that fails in the middle has come to its end: what was read counts.
func (s *source) fill(dst []byte) int {
	n := 0
	for n < len(dst) && !s.end && s.r != nil {
		if s.fail = s.ctx.Err(); s.fail != nil {
			s.end = true
			break
		}
		if s.left <= 0 {
			s.end, s.limited = true, true
			break
		}
		k, err := s.r.Read(dst[n:min(len(dst), n+int(min(s.left, 1<<30)))])
		n, s.left = n+k, s.left-int64(k)
		if err != nil {
			s.end = true
			if !errors.Is(err, io.EOF) {
				s.fail = readFailure(err)
			}
		}
	}
	return n
}

// readFailure keeps errors of the outside; a damaged gzip or zstd stream is the log's own business.
func readFailure(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrMagicMismatch) {
		return nil
	}
	var bad bzip2.StructuralError
	if errors.As(err, &bad) {
		return nil
	}
	return err
}

// decode makes UTF-8 of UTF-16. A lone half of a pair becomes one U+FFFD, so that each unit is counted once (units).
func (s *source) decode(dst []byte) int {
	const room = 32 << 10
	if s.raw == nil {
		s.raw = make([]byte, 0, room)
	}
	n := 0
	for n+8 < len(dst) {
		if len(s.raw) < 4 && !s.end {
			have := len(s.raw)
			k := s.fill(s.raw[have:min(cap(s.raw), have+(len(dst)-n)/4+4)])
			s.raw = s.raw[:have+k]
			if k == 0 && !s.end {
				break
			}
		}
		if len(s.raw) < 2 {
			break
		}
		k := 0
		for k+2 <= len(s.raw) && n+4 < len(dst) {
			u := s.unit(k)
			if utf16.IsSurrogate(rune(u)) && u < 0xdc00 {
				if k+4 > len(s.raw) && !s.end {
					break
				}
				if k+4 <= len(s.raw) {
					if r := utf16.DecodeRune(rune(u), rune(s.unit(k+2))); r != utf8.RuneError {
						n += utf8.EncodeRune(dst[n:], r)
						k += 4
						continue
					}
				}
			}
			n += utf8.EncodeRune(dst[n:], rune(u))
			k += 2
		}
		rest := copy(s.raw[:cap(s.raw)], s.raw[k:])
		s.raw = s.raw[:rest]
		if k == 0 {
			break
		}
	}
	return n
}

func (s *source) unit(k int) uint16 {
	if s.wide == littleEndian {
		return uint16(s.raw[k]) | uint16(s.raw[k+1])<<8
	}
	return uint16(s.raw[k])<<8 | uint16(s.raw[k+1])
}

// rawLen is how many bytes of the source a piece of its text took.
func (s *source) rawLen(text []byte) int64 {
	if s.wide == narrow {
		return int64(len(text))
	}
	return units(text) * 2
}

func units(text []byte) (n int64) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < 0x80 || c >= 0xc0 && c < 0xf0:
			n++
		case c >= 0xf0:
			n += 2
		}
	}
	return n
}
