package logbook

import (
	"errors"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of the tree of what was read so far. With it and Size another checker goes on where this one is.
func (c *Checker) Edge() [][]byte {
	out := make([][]byte, len(c.tree.parts))
	for i, h := range c.tree.parts {
		out[i] = append([]byte(nil), h[:]...)
	}
	return out
}

// Resume goes on behind size records, whose edge another checker gave. The edge is believed.
func (c *Checker) Resume(size int64, edge [][]byte) error {
	if size < 0 || bits.OnesCount64(uint64(size)) != len(edge) {
		return errors.New("the edge does not belong to a tree of this size")
	}
	parts := make([]tlog.Hash, len(edge))
	for i, b := range edge {
		if copy(parts[i][:], b) != tlog.HashSize || len(b) != tlog.HashSize {
			return errors.New("a hash of the edge has another length")
		}
	}
	c.tree = tree{size: size, parts: parts}
	return nil
}
