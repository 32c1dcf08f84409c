package store

import (
	"bytes"
	"encoding/binary"

	"siteward/appliance"
)

// Spooled is something that came by itself and waits to be read: a push, a mail, lines of syslog.
type Spooled struct {
	Source appliance.ID   `json:"source"`
	N      uint64         `json:"n"` // within the source, in the order it came
	Name   string         `json:"name"`
	Push   appliance.Push `json:"push"`
}

func keySpool(source appliance.ID, n uint64) []byte {
	return binary.BigEndian.AppendUint64(keyNoun(nounSpool, source), n)
}

// Spool keeps what came until it is read. It is on disk when the change is.
func (tx *Tx) Spool(s *Spooled) error {
	id, err := tx.nextID(nounSpool)
	if err != nil {
		return err
	}
	s.N = uint64(id)
	return tx.setJSON(keySpool(s.Source, s.N), s)
}

// Spooled lists what waits, oldest first, at most limit.
func (tx *Tx) Spooled(source appliance.ID, limit int) ([]Spooled, error) {
	var out []Spooled
	err := tx.scan(keyNoun(nounSpool, source), func(key, value []byte) error {
		var s Spooled
		if err := decodeJSON(value, &s); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		if out = append(out, s); len(out) >= limit {
			return errStop
		}
		return nil
	})
	return out, err
}

// SpoolSize counts what waits, all sources together when source is 0, and its bytes.
func (tx *Tx) SpoolSize(source appliance.ID) (n int, size int64, err error) {
	prefix := []byte(nounSpool)
	if source != 0 {
		prefix = keyNoun(nounSpool, source)
	}
	err = tx.scan(prefix, func(_, value []byte) error {
		n++
		size += int64(len(value))
		return nil
	})
	return n, size, err
}

// Unspool removes what was read.
func (tx *Tx) Unspool(s Spooled) error { return tx.delete(keySpool(s.Source, s.N)) }

// SpoolSources lists the sources of which something waits.
func (tx *Tx) SpoolSources() ([]appliance.ID, error) {
	var out []appliance.ID
	var last []byte
	err := tx.scan([]byte(nounSpool), func(key, _ []byte) error {
		if len(key) >= 10 && !bytes.Equal(key[2:10], last) {
			last = bytes.Clone(key[2:10])
			out = append(out, appliance.ID(binary.BigEndian.Uint64(last)))
		}
		return nil
	})
	return out, err
}
