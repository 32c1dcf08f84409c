package store

import (
	"encoding/binary"

	"siteward/appliance"
)

var sourceRecord = record[appliance.Source]{
	family: nounSource, word: "source",
	id:      func(v *appliance.Source) *appliance.ID { return &v.ID },
	version: func(v *appliance.Source) *uint64 { return &v.Version },
	name:    func(v *appliance.Source) string { return v.Name },
	removed: (*Tx).sourceRemoved,
}

// sourceRemoved removes how far a source was read and what of it was not read yet. Runs that were read stay.
func (tx *Tx) sourceRemoved(s *appliance.Source) error {
	if err := tx.clear(keyNoun(nounCursor, s.ID)); err != nil {
		return err
	}
	return tx.clear(keyNoun(nounSpool, s.ID))
}

// sourcesWithout takes a device that goes from the sources that told of it.
func (tx *Tx) sourcesWithout(device appliance.ID) error {
	sources, err := tx.Sources()
	if err != nil {
		return err
	}
	for _, s := range sources {
		if s.Device != device {
			continue
		}
		s.Device = 0
		if err := tx.PutSource(&s); err != nil {
			return err
		}
	}
	return nil
}

// credentialOfSource refuses to remove a credential that a source still uses.
func (tx *Tx) credentialOfSource(c *appliance.Credential) error {
	sources, err := tx.Sources()
	if err != nil {
		return err
	}
	for _, s := range sources {
		if s.Credential == c.ID {
			return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
				Key:     "error.credential_of_source",
				Args:    map[string]any{"Name": c.Name, "Source": s.Name},
				English: "the log source " + s.Name + " still uses the credential " + c.Name + "; give that source another one first",
			}}
		}
	}
	return nil
}

// Sources lists all sources of logs by number.
func (tx *Tx) Sources() ([]appliance.Source, error) { return sourceRecord.list(tx) }

// Source finds one source, or fails with CodeNotFound.
func (tx *Tx) Source(id appliance.ID) (appliance.Source, error) { return sourceRecord.get(tx, id) }

// PutSource stores a source, as PutDevice does a device.
func (tx *Tx) PutSource(v *appliance.Source) error { return sourceRecord.put(tx, v) }

// DeleteSource removes a source with how far it was read.
func (tx *Tx) DeleteSource(id appliance.ID) error { return sourceRecord.remove(tx, id) }

// SourceStatus is how a source was read last; the zero status when it never was.
func (tx *Tx) SourceStatus(id appliance.ID) (appliance.SourceStatus, error) {
	v := appliance.SourceStatus{Source: id}
	err := tx.getJSON(keyNoun(nounCursor, id), &v)
	if isMissing(err) {
		err = nil
	}
	return v, err
}

// PutSourceStatus keeps how a source was read.
func (tx *Tx) PutSourceStatus(v appliance.SourceStatus) error {
	return tx.setJSON(keyNoun(nounCursor, v.Source), v)
}

// SourceFiles lists how far the files of a source were read. A damaged one is left out: its file is read again.
func (tx *Tx) SourceFiles(source appliance.ID) ([]appliance.SourceFile, error) {
	var out []appliance.SourceFile
	err := tx.scan(keyNoun(nounCursor, source), func(key, value []byte) error {
		if len(key) == len(keyNoun(nounCursor, source)) {
			return nil // its status
		}
		var f appliance.SourceFile
		if err := decodeJSON(value, &f); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		out = append(out, f)
		return nil
	})
	return out, err
}

// PutSourceFile keeps how far a file was read. N 0 makes a new one and sets N.
func (tx *Tx) PutSourceFile(source appliance.ID, f *appliance.SourceFile) error {
	if f.N == 0 {
		id, err := tx.nextID(nounCursor)
		if err != nil {
			return err
		}
		f.N = uint32(id) //nolint:gosec // G115: four thousand million files are read in no lifetime
	}
	return tx.setJSON(keySourceFile(source, f.N), f)
}

// DeleteSourceFile forgets a file that is gone.
func (tx *Tx) DeleteSourceFile(source appliance.ID, n uint32) error {
	return tx.delete(keySourceFile(source, n))
}

// ForgetSourceFiles makes a source be read from the beginning.
func (tx *Tx) ForgetSourceFiles(source appliance.ID) error {
	files, err := tx.SourceFiles(source)
	for _, f := range files {
		if err == nil {
			err = tx.DeleteSourceFile(source, f.N)
		}
	}
	return err
}

func keySourceFile(source appliance.ID, n uint32) []byte {
	return binary.BigEndian.AppendUint32(keyNoun(nounCursor, source), n)
}

// Sources lists all sources of logs by number.
func (s *Store) Sources() ([]appliance.Source, error) { return view(s, (*Tx).Sources) }

// Source finds one source, or fails with CodeNotFound.
func (s *Store) Source(id appliance.ID) (appliance.Source, error) {
	return view(s, func(tx *Tx) (appliance.Source, error) { return tx.Source(id) })
}

// SourceStatus is how a source was read last.
func (s *Store) SourceStatus(id appliance.ID) (appliance.SourceStatus, error) {
	return view(s, func(tx *Tx) (appliance.SourceStatus, error) { return tx.SourceStatus(id) })
}

// SourceFiles lists how far the files of a source were read.
func (s *Store) SourceFiles(source appliance.ID) ([]appliance.SourceFile, error) {
	return view(s, func(tx *Tx) ([]appliance.SourceFile, error) { return tx.SourceFiles(source) })
}
