package store

import (
	"encoding/binary"
	"encoding/json"

	"siteward/appliance"
)

// UplinkState is how far the reports under an enrolment are; the zero state when nothing was reported yet.
func (tx *Tx) UplinkState(enrolment appliance.ID) (v appliance.UplinkState, err error) {
	err = tx.getJSON(keyNoun(nounUplink, enrolment), &v)
	if isMissing(err) {
		err = nil
	}
	v.Enrolment = enrolment
	return v, err
}

// PutUplinkState stores it.
func (tx *Tx) PutUplinkState(v appliance.UplinkState) error {
	return tx.setJSON(keyNoun(nounUplink, v.Enrolment), v)
}

// UplinkState is how far the reports under an enrolment are.
func (s *Store) UplinkState(enrolment appliance.ID) (appliance.UplinkState, error) {
	return view(s, func(tx *Tx) (appliance.UplinkState, error) { return tx.UplinkState(enrolment) })
}

// UplinkPolicy is the list of what leaves.
func (tx *Tx) UplinkPolicy() (v appliance.UplinkPolicy, err error) {
	err = tx.getJSON([]byte(nounUplinkPolicy), &v)
	if isMissing(err) {
		err = nil
	}
	return v, err
}

// PutUplinkPolicy stores it, or fails with CodeConflict when somebody else changed it meanwhile.
func (tx *Tx) PutUplinkPolicy(v *appliance.UplinkPolicy) error {
	old, err := tx.UplinkPolicy()
	if err != nil {
		return err
	}
	if old.Version != v.Version {
		return changedMeanwhile("list of what leaves")
	}
	v.Version++
	return tx.setJSON([]byte(nounUplinkPolicy), v)
}

// UplinkPolicy is the list of what leaves.
func (s *Store) UplinkPolicy() (appliance.UplinkPolicy, error) {
	return view(s, func(tx *Tx) (appliance.UplinkPolicy, error) { return tx.UplinkPolicy() })
}

func keyOutbox(enrolment appliance.ID, n uint64) []byte {
	return binary.BigEndian.AppendUint64(keyNoun(nounOutbox, enrolment), n)
}

// PutOutbox keeps an event under its number.
func (tx *Tx) PutOutbox(enrolment appliance.ID, n uint64, event []byte) error {
	return tx.setJSON(keyOutbox(enrolment, n), json.RawMessage(event))
}

// DeleteOutbox removes the event of a number.
func (tx *Tx) DeleteOutbox(enrolment appliance.ID, n uint64) error {
	return tx.delete(keyOutbox(enrolment, n))
}

// Outbox visits events from a number on until visit says that it has enough. A damaged one ends it: nothing may be left out.
func (tx *Tx) Outbox(enrolment appliance.ID, from uint64, visit func(n uint64, event []byte) (more bool)) error {
	return tx.scanFrom(keyNoun(nounOutbox, enrolment), keyOutbox(enrolment, from), func(key, value []byte) error {
		var event json.RawMessage
		if err := decodeJSON(value, &event); err != nil {
			tx.s.damaged(key, err)
			return nil // its number is missing, which the outbox reports as a gap
		}
		if !visit(binary.BigEndian.Uint64(key[len(key)-8:]), event) {
			return errStop
		}
		return nil
	})
}

// LogbookAfter visits the entries behind a number as they are hashed and signed, until visit has enough.
func (tx *Tx) LogbookAfter(seq uint64, visit func(seq uint64, record, signature []byte) (more bool)) error {
	for n := seq + 1; n <= tx.entries; n++ {
		l, err := tx.logbookLine(n)
		if err != nil {
			return err
		}
		if !visit(n, l.Record, l.Signature) {
			return nil
		}
	}
	return nil
}

// LogbookHead gives the signed checkpoint of the logbook's end and the keys that sign.
func (tx *Tx) LogbookHead() (checkpoint string, keys []appliance.LogbookKey, err error) {
	return tx.logbookHead()
}
