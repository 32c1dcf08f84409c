package store

import (
	"bytes"
	"encoding/binary"
	"time"

	"siteward/appliance"
)

// samplesRoom bounds what is kept of deliveries of measured values: up to a hundred kilobytes each half minute, which nobody has a disk for.
// Their bytes have a room of their own, so that they push no report out; then a line of each hour is kept as long as a report is.
type samplesRoom struct {
	age   time.Duration
	bytes int64
	count uint64
}

var defaultSamplesRoom = samplesRoom{24 * time.Hour, 64 << 20, 20_000}

// foldAtOnce is how many go when one comes.
const foldAtOnce = 4

// putSamplesSent keeps a delivery of measured values, its bytes beside it: a list need not read them.
func (tx *Tx) putSamplesSent(v *appliance.Sent) (err error) {
	if v.ID, err = tx.countSent(nounSentLine, v, len(v.Body)); err != nil {
		return err
	}
	if err := tx.foldSent(v); err != nil {
		return err
	}
	line := *v
	line.Bytes, line.Body = len(v.Body), nil
	if err := tx.set(keyNoun(nounSentBody, v.ID), encodeBytes(v.Body)); err != nil {
		return err
	}
	return tx.setJSON(keyNoun(nounSentLine, v.ID), line)
}

// samplesSent finds a delivery of measured values with its bytes, or a line of an hour.
func (tx *Tx) samplesSent(id appliance.ID, v *appliance.Sent) error {
	err := tx.getJSON(keyNoun(nounSentLine, id), v)
	if isMissing(err) {
		return notFound("delivery", id.String())
	}
	if err != nil || v.Folded > 0 {
		return err
	}
	return tx.decode(keyNoun(nounSentBody, id), func(value []byte) error {
		b, err := decodeBytes(value)
		v.Body = bytes.Clone(b)
		return err
	})
}

// foldSent lets go of the oldest bytes, and of the oldest lines.
func (tx *Tx) foldSent(newest *appliance.Sent) error {
	room := tx.s.samplesFor
	bodies, err := tx.keysUpTo([]byte(nounSentBody), foldAtOnce)
	if err != nil {
		return err
	}
	for _, key := range bodies {
		id := appliance.ID(binary.BigEndian.Uint64(key[len(nounSentBody):]))
		var v appliance.Sent
		if tx.getJSON(keyNoun(nounSentLine, id), &v) == nil { // what is damaged goes without a line
			if newest.At.Sub(v.At) < room.age && newest.Sum-v.Sum <= room.bytes && v.Nth+room.count > newest.Nth {
				break
			}
			if err := tx.fold(v); err != nil {
				return err
			}
		}
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	lines, err := tx.keysUpTo([]byte(nounSentLine), foldAtOnce)
	if err != nil {
		return err
	}
	for _, key := range lines {
		var v appliance.Sent
		if tx.getJSON(key, &v) == nil && (v.Folded == 0 || !v.At.Before(newest.At.AddDate(0, 0, -sentDays))) {
			break
		}
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	return nil
}

// fold adds a delivery to the line of its hour, which stands where the first of it stood.
func (tx *Tx) fold(v appliance.Sent) error {
	hour, err := tx.lineOfHour(v)
	if err != nil {
		return err
	}
	if hour.Folded == 0 {
		hour, v.Samples, v.Bytes = v, 0, 0
		hour.Headers = nil
	} else if err := tx.delete(keyNoun(nounSentLine, v.ID)); err != nil {
		return err
	}
	hour.Folded, hour.Until, hour.Sum, hour.Nth = hour.Folded+1, v.At, v.Sum, v.Nth
	hour.Samples, hour.Bytes = hour.Samples+v.Samples, hour.Bytes+v.Bytes
	if !v.Taken() {
		hour.Refused, hour.Status, hour.Code, hour.Why = hour.Refused+1, v.Status, v.Code, v.Why
	}
	return tx.setJSON(keyNoun(nounSentLine, hour.ID), hour)
}

// lineOfHour finds the line that a delivery belongs to. It is one of the last before it: each consumer has one an hour.
func (tx *Tx) lineOfHour(v appliance.Sent) (hour appliance.Sent, err error) {
	var before [][]byte
	err = tx.scanBackFrom([]byte(nounSentLine), keyNoun(nounSentLine, v.ID-1), func(key, _ []byte) error {
		if now, ok := tx.writes[string(key)]; ok && now == nil {
			return nil
		}
		if before = append(before, bytes.Clone(key)); len(before) == 16 {
			return errStop
		}
		return nil
	})
	for _, key := range before {
		var line appliance.Sent
		if err == nil && tx.getJSON(key, &line) == nil && line.Folded > 0 && line.Enrolment == v.Enrolment && line.URL == v.URL &&
			line.At.Truncate(time.Hour).Equal(v.At.Truncate(time.Hour)) {
			return line, nil
		}
	}
	return hour, err
}
