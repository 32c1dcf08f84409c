package logbook

import (
	"crypto/rand"
	"errors"
	"iter"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"siteward/appliance"
)

// Book is a log in memory: for page tests, and the model that the store is compared with.
type Book struct {
	Lines  []Line
	Keys   []appliance.LogbookKey
	signer note.Signer
	hashes []tlog.Hash
}

// NewBook makes an empty log with a key of its own.
func NewBook() (*Book, error) {
	private, public, err := NewKey(rand.Reader, "")
	if err != nil {
		return nil, err
	}
	s, err := note.NewSigner(private)
	if err != nil {
		return nil, err
	}
	return &Book{signer: s, Keys: []appliance.LogbookKey{{Key: public, From: 1}}}, nil
}

// Append adds an entry and gives it as it is kept.
func (b *Book) Append(e appliance.LogbookEntry) (appliance.LogbookEntry, error) {
	e.Seq = uint64(len(b.Lines)) + 1
	record, err := Record(e)
	if err != nil {
		return e, err
	}
	g, err := Grow(int64(len(b.Lines)), record, b)
	if err != nil {
		return e, err
	}
	signature, err := Sign(Checkpoint{Origin: b.signer.Name(), Size: int64(e.Seq), Root: g.Root}, b.signer)
	if err != nil {
		return e, err
	}
	b.Lines, b.hashes = append(b.Lines, Line{record, signature}), append(b.hashes, g.Hashes...)
	return Parse(record)
}

// ReadHashes is tlog.HashReader.
func (b *Book) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		if n < 0 || n >= int64(len(b.hashes)) {
			return nil, errors.New("a hash beyond the tree")
		}
		out[i] = b.hashes[n]
	}
	return out, nil
}

// Checkpoint is the signed note of the log's end, "" while it is empty.
func (b *Book) Checkpoint() (string, error) {
	n := int64(len(b.Lines))
	if n == 0 {
		return "", nil
	}
	root, err := tlog.TreeHash(n, b)
	if err != nil {
		return "", err
	}
	return Checkpoint{Origin: b.signer.Name(), Size: n, Root: root}.Note(b.Lines[n-1].Signature), nil
}

// All visits the lines from the first on.
func (b *Book) All() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for _, l := range b.Lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}
