package store

import (
	"encoding/binary"
	"fmt"

	"siteward/appliance"
)

// ticketRecord is how tickets are kept. They stay: what was promised and what was done is evidence.
var ticketRecord = record[appliance.Ticket]{
	family: nounTicket, word: "ticket",
	id:      func(v *appliance.Ticket) *appliance.ID { return &v.ID },
	version: func(v *appliance.Ticket) *uint64 { return &v.Version },
}

// fileBlock is how much of an attachment is one record.
const fileBlock = 256 << 10

func keyTicketPost(ticket, post appliance.ID) []byte {
	return binary.BigEndian.AppendUint64(keyNoun(nounTicketPost, ticket), uint64(post))
}

func keyTicketData(file appliance.ID, n int) []byte {
	return binary.BigEndian.AppendUint32(keyNoun(nounTicketData, file), uint32(n)) //nolint:gosec // a file has at most some dozens of blocks
}

// Ticket finds one ticket, or fails with CodeNotFound.
func (tx *Tx) Ticket(id appliance.ID) (appliance.Ticket, error) { return ticketRecord.get(tx, id) }

// PutTicket stores a ticket, as PutDevice does a device.
func (tx *Tx) PutTicket(v *appliance.Ticket) error { return ticketRecord.put(tx, v) }

// EachTicket visits tickets, newest first, those with a lower number than before when it is not 0, until visit says that it is enough.
func (tx *Tx) EachTicket(before appliance.ID, visit func(appliance.Ticket) (enough bool)) error {
	if before == 0 {
		before = 1<<63 - 1
	}
	return tx.scanBackFrom([]byte(nounTicket), keyNoun(nounTicket, before-1), func(key, value []byte) error {
		var v appliance.Ticket
		if err := decodeJSON(value, &v); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		if visit(v) {
			return errStop
		}
		return nil
	})
}

// EachTicket visits tickets as Tx.EachTicket does.
func (s *Store) EachTicket(before appliance.ID, visit func(appliance.Ticket) (enough bool)) error {
	return s.View(func(tx *Tx) error { return tx.EachTicket(before, visit) })
}

// Ticket finds one ticket, or fails with CodeNotFound.
func (s *Store) Ticket(id appliance.ID) (appliance.Ticket, error) {
	return view(s, func(tx *Tx) (appliance.Ticket, error) { return tx.Ticket(id) })
}

// AddTicketPost keeps what was said, and gives it its number.
func (tx *Tx) AddTicketPost(p *appliance.TicketPost) (err error) {
	if p.ID, err = tx.nextID(nounTicketPost); err != nil {
		return err
	}
	return tx.setJSON(keyTicketPost(p.Ticket, p.ID), p)
}

// TicketPosts lists what was said of a ticket, oldest first.
func (s *Store) TicketPosts(ticket appliance.ID) ([]appliance.TicketPost, error) {
	return view(s, func(tx *Tx) (out []appliance.TicketPost, err error) {
		err = tx.scan(keyNoun(nounTicketPost, ticket), func(key, value []byte) error {
			var v appliance.TicketPost
			if err := decodeJSON(value, &v); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			out = append(out, v)
			return nil
		})
		return out, err
	})
}

// AddTicketFile keeps an attachment, and gives it its number.
func (tx *Tx) AddTicketFile(f *appliance.TicketFile, data []byte) (err error) {
	if f.ID, err = tx.nextID(nounTicketFile); err != nil {
		return err
	}
	for n := 0; n*fileBlock < len(data); n++ {
		part := data[n*fileBlock : min(len(data), (n+1)*fileBlock)]
		if err := tx.set(keyTicketData(f.ID, n), encodeBytes(part)); err != nil {
			return err
		}
	}
	return tx.setJSON(keyNoun(nounTicketFile, f.ID), f)
}

// TicketFile gives an attachment, or fails with CodeNotFound.
func (s *Store) TicketFile(id appliance.ID) (f appliance.TicketFile, data []byte, err error) {
	err = s.View(func(tx *Tx) error {
		err := tx.getJSON(keyNoun(nounTicketFile, id), &f)
		if isMissing(err) {
			return notFound("attachment", id.String())
		}
		if err != nil {
			return err
		}
		data = make([]byte, 0, f.Bytes)
		err = tx.scan(keyNoun(nounTicketData, id), func(key, value []byte) error {
			b, err := decodeBytes(value)
			if err != nil {
				tx.s.damaged(key, err)
				return fmt.Errorf("read %s: %w", describeKey(key), err)
			}
			data = append(data, b...)
			return nil
		})
		if err == nil && int64(len(data)) != f.Bytes {
			err = fmt.Errorf("attachment %d has %d of %d bytes", id, len(data), f.Bytes)
		}
		return err
	})
	return f, data, err
}

// Contract gives the contract, or fails with CodeNotFound.
func (tx *Tx) Contract() (c appliance.Contract, err error) {
	err = tx.getJSON([]byte(nounContract), &c)
	if isMissing(err) {
		err = notFound("contract", "")
	}
	return c, err
}

// PutContract stores the contract. Its Version must be the stored one and is raised.
func (tx *Tx) PutContract(c *appliance.Contract) error {
	old, err := tx.Contract()
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	if old.Version != c.Version {
		return changedMeanwhile("contract")
	}
	c.Version++
	return tx.setJSON([]byte(nounContract), c)
}

// Contract gives the contract, or fails with CodeNotFound.
func (s *Store) Contract() (appliance.Contract, error) {
	return view(s, func(tx *Tx) (appliance.Contract, error) { return tx.Contract() })
}
