package source

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"

	"siteward/appliance"
)

// printLength is how many bytes a fingerprint is made of, at most.
const printLength = 1024

func printOf(b []byte) appliance.Print {
	sum := sha256.Sum256(b)
	return appliance.Print{Length: len(b), Sum: sum[:16]}
}

func fits(p appliance.Print, b []byte) bool {
	return len(b) == p.Length && bytes.Equal(printOf(b).Sum, p.Sum)
}

// part reads the bytes [from, to) of a content; less when it is shorter.
func part(c io.ReaderAt, from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	n, err := c.ReadAt(b, from)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

// headOf reads the first bytes.
func headOf(c io.ReaderAt) ([]byte, error) { return part(c, 0, printLength) }

// holds says whether a content is the one that a file was read from: it begins as that did, and has the same bytes
// before the place where reading stopped.
func holds(c io.ReaderAt, head []byte, f appliance.SourceFile) bool {
	if f.Head.Length == 0 || len(head) < f.Head.Length || !fits(f.Head, head[:f.Head.Length]) {
		return false
	}
	if f.Offset == 0 {
		return true
	}
	tail, err := part(c, f.Offset-int64(f.Tail.Length), f.Offset)
	return err == nil && f.Tail.Length > 0 && fits(f.Tail, tail)
}

// errChanged says that a file was cut or replaced while it was read: what was read of it is not to be believed, and the
// next time it is read as it is then.
var errChanged = errors.New("the file changed while it was read")

// place makes the prints of a file that was read up to offset.
func place(c io.ReaderAt, f *appliance.SourceFile, offset int64) error {
	head, err := headOf(c)
	if err != nil {
		return err
	}
	tail, err := part(c, max(0, offset-printLength), offset)
	if err != nil {
		return err
	}
	if int64(len(tail)) != min(offset, printLength) {
		return errChanged
	}
	f.Head, f.Tail, f.Offset = printOf(head), printOf(tail), offset
	return nil
}
