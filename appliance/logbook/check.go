package logbook

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"siteward/appliance"
)

// Checker reads a log from its first record on and says of each whether it fits.
type Checker struct {
	origin string
	keys   []key
	tree   tree
}

type key struct {
	verifier note.Verifier
	from     uint64
}

// NewChecker checks against these public keys. All belong to one log, so they have one name.
func NewChecker(keys []appliance.LogbookKey) (*Checker, error) {
	c := &Checker{}
	for _, k := range keys {
		v, err := note.NewVerifier(k.Key)
		if err != nil {
			return nil, fmt.Errorf("public key %.100q: %w", k.Key, err)
		}
		if c.origin != "" && v.Name() != c.origin {
			return nil, fmt.Errorf("the public keys belong to two logs, %.60q and %.60q", c.origin, v.Name())
		}
		c.origin = v.Name()
		c.keys = append(c.keys, key{v, k.From})
	}
	slices.SortStableFunc(c.keys, func(a, b key) int { return cmp.Compare(a.from, b.from) })
	return c, nil
}

// Size is how many records fitted.
func (c *Checker) Size() int64 { return c.tree.size }

// Checkpoint is that of the records read so far.
func (c *Checker) Checkpoint() Checkpoint {
	return Checkpoint{Origin: c.origin, Size: c.tree.size, Root: c.tree.root()}
}

// Add reads the next record. The error says in a sentence why it does not fit; then the checker is of no further use.
func (c *Checker) Add(record, signature []byte) error {
	want := uint64(c.tree.size) + 1
	e, err := Parse(record)
	if err != nil {
		return errors.New("it cannot be read")
	}
	if e.Seq != want {
		return fmt.Errorf("entry %d stands where entry %d belongs: one was left out, put in or moved", e.Seq, want)
	}
	c.tree.add(record)
	v, err := c.signer(want, signature)
	if err != nil {
		return err
	}
	if !v.Verify([]byte(c.Checkpoint().Text()), signature[4:]) {
		return errors.New("its signature does not fit: this entry or one before it is not what was written")
	}
	return nil
}

// signer is the key in force for an entry, when the signature says that it was made with it.
func (c *Checker) signer(seq uint64, signature []byte) (note.Verifier, error) {
	if len(signature) != 4+64 {
		return nil, errors.New("it has no signature")
	}
	for _, k := range slices.Backward(c.keys) {
		if k.from > seq {
			continue
		}
		if k.verifier.KeyHash() != binary.BigEndian.Uint32(signature) {
			return nil, errors.New("it was not signed with the key of this log")
		}
		return k.verifier, nil
	}
	return nil, errors.New("there is no public key for it")
}
