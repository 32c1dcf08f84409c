package store

import (
	"encoding/binary"

	"siteward/appliance"
)

// Notices are kept with their deliveries. What is still to be told lies apart from what was told, so that a start reads only the
// first.

func keyDelivery(family string, notice appliance.ID, n uint8) []byte {
	return append(keyNoun(family, notice), n)
}

func keyNoticeOf(incident, notice appliance.ID) []byte {
	return binary.BigEndian.AppendUint64(keyNoun(nounNoticeOf, incident), uint64(notice))
}

// AddNotice puts a notice into the queue, with the deliveries that it leads to.
func (tx *Tx) AddNotice(n *appliance.Notice, deliveries []appliance.Delivery) error {
	id, err := tx.nextID(nounNotice)
	if err != nil {
		return err
	}
	n.ID = id
	if err := tx.setJSON(keyNoun(nounNotice, n.ID), n); err != nil {
		return err
	}
	if n.About.Incident != 0 {
		if err := tx.set(keyNoticeOf(n.About.Incident, n.ID), encodeBytes(nil)); err != nil {
			return err
		}
	}
	for i := range deliveries {
		deliveries[i].Notice, deliveries[i].N = n.ID, uint8(i) //nolint:gosec // bounded by who makes them
		if err := tx.PutDelivery(deliveries[i]); err != nil {
			return err
		}
	}
	return nil
}

// PutDelivery keeps how far a delivery is.
func (tx *Tx) PutDelivery(d appliance.Delivery) error {
	here, there := nounDelivered, nounDelivery
	if d.State.Open() {
		here, there = there, here
	}
	if err := tx.delete(keyDelivery(there, d.Notice, d.N)); err != nil {
		return err
	}
	if err := tx.setJSON(keyDelivery(here, d.Notice, d.N), d); err != nil {
		return err
	}
	if d.State.Open() {
		return nil
	}
	return tx.lightenNotice(d.Notice)
}

// lightenNotice drops the files of a notice of which nothing is to be told any more: they are big, and were told.
func (tx *Tx) lightenNotice(id appliance.ID) error {
	n, err := tx.Notice(id)
	if isMissing(err) || err == nil && len(n.Files) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	open, err := tx.keys(keyNoun(nounDelivery, id))
	if err != nil || len(open) > 0 {
		return err
	}
	for i := range n.Files {
		n.Files[i].Data = nil
	}
	return tx.setJSON(keyNoun(nounNotice, id), n)
}

// Notice finds one notice, or fails with CodeNotFound.
func (tx *Tx) Notice(id appliance.ID) (appliance.Notice, error) {
	var n appliance.Notice
	err := tx.getJSON(keyNoun(nounNotice, id), &n)
	if isMissing(err) {
		err = notFound("notice", id.String())
	}
	return n, err
}

// Notice finds one notice, or fails with CodeNotFound.
func (s *Store) Notice(id appliance.ID) (appliance.Notice, error) {
	return view(s, func(tx *Tx) (appliance.Notice, error) { return tx.Notice(id) })
}

// OpenDeliveries lists what is still to be told of notices from a number on, oldest first.
func (s *Store) OpenDeliveries(from appliance.ID) ([]appliance.Delivery, error) {
	return view(s, func(tx *Tx) ([]appliance.Delivery, error) {
		return tx.deliveries([]byte(nounDelivery), keyNoun(nounDelivery, from))
	})
}

func (tx *Tx) deliveries(prefix, from []byte) (out []appliance.Delivery, err error) {
	err = tx.scanFrom(prefix, from, func(key, value []byte) error {
		var d appliance.Delivery
		if err := decodeJSON(value, &d); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		out = append(out, d)
		return nil
	})
	return out, err
}

// DeliveriesOf lists the deliveries of one notice.
func (tx *Tx) DeliveriesOf(notice appliance.ID) ([]appliance.Delivery, error) {
	open, err := tx.deliveries(keyNoun(nounDelivery, notice), keyNoun(nounDelivery, notice))
	if err != nil {
		return nil, err
	}
	done, err := tx.deliveries(keyNoun(nounDelivered, notice), keyNoun(nounDelivered, notice))
	return append(done, open...), err
}

// Deliveries lists deliveries of the newest notices first.
func (s *Store) Deliveries(f appliance.DeliveryFilter) ([]appliance.Delivery, error) {
	return view(s, func(tx *Tx) ([]appliance.Delivery, error) { return tx.Deliveries(f) })
}

// Deliveries lists deliveries of the newest notices first.
func (tx *Tx) Deliveries(f appliance.DeliveryFilter) (out []appliance.Delivery, err error) {
	prefix, from := []byte(nounNotice), f.Before-1 // 0 becomes the last
	if f.Incident != 0 {
		prefix = keyNoun(nounNoticeOf, f.Incident)
	}
	start := binary.BigEndian.AppendUint64(append([]byte(nil), prefix...), uint64(from))
	err = tx.scanBackFrom(prefix, start, func(key, _ []byte) error {
		id := appliance.ID(binary.BigEndian.Uint64(key[len(key)-8:]))
		of, err := tx.DeliveriesOf(id)
		if err != nil {
			return err
		}
		for _, d := range of {
			if f.State == "" || d.State == f.State {
				out = append(out, d)
			}
		}
		if len(out) >= f.Limit {
			return errStop
		}
		return nil
	})
	return out, err
}
