package store

import (
	"encoding/binary"
	"errors"

	"siteward/appliance"
)

// consumerRecord is how the consumers of reports besides the provider are kept.
var consumerRecord = record[appliance.Consumer]{
	family: nounConsumer, word: "consumer",
	id:      func(v *appliance.Consumer) *appliance.ID { return &v.ID },
	version: func(v *appliance.Consumer) *uint64 { return &v.Version },
	name:    func(v *appliance.Consumer) string { return v.Name },
}

// Consumers lists them by number.
func (s *Store) Consumers() ([]appliance.Consumer, error) { return view(s, consumerRecord.list) }

// Consumers lists them by number.
func (tx *Tx) Consumers() ([]appliance.Consumer, error) { return consumerRecord.list(tx) }

// PutConsumer stores a consumer, as PutDevice does a device.
func (tx *Tx) PutConsumer(v *appliance.Consumer) error {
	if !v.Off {
		tx.reportFromNow()
	}
	return consumerRecord.put(tx, v)
}

// DeleteConsumer removes a consumer. What waits for it goes with ForgetOutbox.
func (tx *Tx) DeleteConsumer(id appliance.ID) error { return consumerRecord.remove(tx, id) }

// ForgetOutbox removes up to limit events of an outbox, and its state with the last ones. more says that some are left.
func (tx *Tx) ForgetOutbox(enrolment appliance.ID, limit int) (more bool, err error) {
	keys, err := tx.keysUpTo(keyNoun(nounOutbox, enrolment), limit)
	if err != nil {
		return false, err
	}
	if len(keys) == limit {
		return true, tx.deleteAll(keys)
	}
	return false, errors.Join(tx.deleteAll(keys), tx.delete(keyNoun(nounUplink, enrolment)))
}

// UplinkOwners are those of and above a number that have a position or something that waits.
func (tx *Tx) UplinkOwners(from appliance.ID) (out []appliance.ID, err error) {
	err = tx.scanFrom([]byte(nounUplink), keyNoun(nounUplink, from), func(key, _ []byte) error {
		if rest := key[len(nounUplink):]; len(rest) == 8 { // not the letters of a longer family
			out = append(out, appliance.ID(binary.BigEndian.Uint64(rest)))
		}
		return nil
	})
	return out, err
}
