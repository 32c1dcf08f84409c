package logbook

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"siteward/appliance"
)

// Prove shows that a record is in the tree of a signed checkpoint, and checks what it shows.
func Prove(record []byte, checkpoint string, keys []string, kept tlog.HashReader) (p appliance.LogbookProof, err error) {
	if p.Entry, err = Parse(record); err != nil {
		return p, err
	}
	p.Record, p.Checkpoint, p.Keys = string(record), checkpoint, keys
	p.Index = int64(p.Entry.Seq) - 1
	verifiers, err := Verifiers(keys...)
	if err != nil {
		return p, err
	}
	c, err := OpenNote(checkpoint, verifiers)
	if err != nil {
		p.Fault = fmt.Sprintf("the checkpoint is not signed by this log: %v", err)
		return p, nil
	}
	hash := tlog.RecordHash(record)
	p.Size, p.Root, p.Hash = c.Size, c.Root.String(), hash.String()
	path, err := tlog.ProveRecord(c.Size, p.Index, kept)
	if err != nil {
		p.Fault = fmt.Sprintf("the hashes of the tree do not fit: %v", err)
		return p, nil
	}
	for _, h := range path {
		p.Path = append(p.Path, h.String())
	}
	if tlog.CheckRecord(path, c.Size, c.Root, p.Index, hash) != nil {
		p.Fault = "the entry is not in the tree that the checkpoint signs"
	}
	return p, nil
}
