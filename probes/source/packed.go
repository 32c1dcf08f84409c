package source

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

// MaxUnpacked is how much a packed log may hold; a bomb is told and not read to its end.
const MaxUnpacked = 2 << 30

// Packed says whether a name is that of a packed file.
func Packed(name string) bool { return packing.MatchString(name) }

// unpack gives the bytes inside a packed file.
func unpack(name string, r io.Reader) (io.ReadCloser, error) {
	r = bufio.NewReaderSize(r, 64<<10)
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, ".gz"):
		return gzip.NewReader(r)
	case strings.HasSuffix(lower, ".bz2"):
		return io.NopCloser(bzip2.NewReader(r)), nil
	case strings.HasSuffix(lower, ".zst"):
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(16<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return nil, errors.New("unknown packing")
}

// unpacked is a packed file that can be read from any place, by unpacking from the start whenever one goes back.
type unpacked struct {
	Content
	name string
	size int64 // packed
	r    io.ReadCloser
	at   int64
}

// ReadAt reads the bytes inside.
func (u *unpacked) ReadAt(b []byte, off int64) (int, error) {
	if u.r == nil || off < u.at {
		if err := u.restart(); err != nil {
			return 0, err
		}
	}
	if off >= MaxUnpacked {
		return 0, io.EOF // follower.read says so
	}
	skipped, err := io.CopyN(io.Discard, u.r, off-u.at)
	u.at += skipped
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(u.r, b)
	u.at += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) && n > 0 {
		err = io.EOF
	}
	return n, err
}

func (u *unpacked) restart() error {
	if u.r != nil {
		_ = u.r.Close()
	}
	var err error
	u.at = 0
	u.r, err = unpack(u.name, io.NewSectionReader(u.Content, 0, u.size))
	return err
}

// Close closes the file.
func (u *unpacked) Close() error {
	if u.r != nil {
		_ = u.r.Close()
	}
	return u.Content.Close()
}

func bomb(name string) error {
	return &appliance.Error{Code: appliance.CodeTooLarge, Message: appliance.Message{Key: "source.error_bomb",
		Args: map[string]any{"name": name, "limit": MaxUnpacked >> 30}, English: fmt.Sprintf("%s holds more than %d GB unpacked and is not read to its end", name, MaxUnpacked>>30)}}
}
