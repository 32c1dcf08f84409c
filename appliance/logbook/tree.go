package logbook

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Grown is what a record adds to a tree.
type Grown struct {
	First  int64       // index of the first of Hashes
	Hashes []tlog.Hash // to be kept, one after the other
	Root   tlog.Hash   // of the tree with the record
}

// Grow adds a record to a tree of size records whose hashes kept reads.
func Grow(size int64, record []byte, kept tlog.HashReader) (g Grown, err error) {
	g.First = tlog.StoredHashCount(size)
	if g.Hashes, err = tlog.StoredHashes(size, record, kept); err != nil {
		return g, fmt.Errorf("hashes of the logbook: %w", err)
	}
	g.Root, err = tlog.TreeHash(size+1, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, n := range at {
			if n >= g.First {
				if n >= g.First+int64(len(g.Hashes)) {
					return nil, errors.New("a hash beyond the tree")
				}
				out[i] = g.Hashes[n-g.First]
				continue
			}
			h, err := kept.ReadHashes([]int64{n})
			if err != nil {
				return nil, err
			}
			out[i] = h[0]
		}
		return out, nil
	}))
	if err != nil {
		return g, fmt.Errorf("root of the logbook: %w", err)
	}
	return g, nil
}

// tree is the right edge of a growing Merkle tree: the roots of its full parts, largest first. It needs no kept hashes.
type tree struct {
	size  int64
	parts []tlog.Hash // one for each bit of size, from the highest
}

// add takes in a record and gives the hashes it makes, in the order in which they are kept.
func (t *tree) add(record []byte) []tlog.Hash {
	h := tlog.RecordHash(record)
	made := []tlog.Hash{h}
	for n := t.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(t.parts[len(t.parts)-1], h)
		t.parts = t.parts[:len(t.parts)-1]
		made = append(made, h)
	}
	t.parts = append(t.parts, h)
	t.size++
	return made
}

// root is the root of the tree; that of an empty one is all zero.
func (t *tree) root() (h tlog.Hash) {
	for i := len(t.parts) - 1; i >= 0; i-- {
		if i == len(t.parts)-1 {
			h = t.parts[i]
			continue
		}
		h = tlog.NodeHash(t.parts[i], h)
	}
	return h
}
