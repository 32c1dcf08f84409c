package badger

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/central"
)

// A value is <form:1> <payload> <CRC-32C of both:4>: Badger does not look at what it reads back.
const (
	formPlain = 1
	formZstd  = 2
)

const (
	compressFrom = 512
	maxDecoded   = 32 << 20 // a damaged value must not take the memory
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	packer, _  = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(64<<10))
	reader, _  = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxDecoded))
)

var errDamaged = errors.New("the value was damaged on disk")

func seal(payload []byte) []byte {
	form := byte(formPlain)
	if len(payload) >= compressFrom {
		form, payload = formZstd, packer.EncodeAll(payload, nil)
	}
	b := make([]byte, 0, len(payload)+5)
	b = append(append(b, form), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func unseal(b []byte) ([]byte, error) {
	if len(b) < 5 || crc32.Checksum(b[:len(b)-4], castagnoli) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return nil, errDamaged
	}
	switch payload := b[1 : len(b)-4]; b[0] {
	case formPlain:
		return payload, nil
	case formZstd:
		return reader.DecodeAll(payload, nil)
	}
	return nil, fmt.Errorf("value has the unknown form %#x", b[0])
}

func sealJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	return seal(b), err
}

func unsealJSON(b []byte, v any) error {
	p, err := unseal(b)
	if err != nil {
		return err
	}
	return json.Unmarshal(p, v)
}

// An event is <length of its head:4> head <data as it came>: a JSON encoder would write the data in another way.
func sealEvent(e central.Event) ([]byte, error) {
	data := e.Data
	e.Data = nil
	head, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(head)+len(data)), uint32(len(head)))
	return seal(append(append(b, head...), data...)), nil
}

func unsealEvent(b []byte) (e central.Event, err error) {
	p, err := unseal(b)
	if err != nil {
		return e, err
	}
	if len(p) < 4 || uint64(binary.BigEndian.Uint32(p)) > uint64(len(p)-4) {
		return e, errDamaged
	}
	n := 4 + binary.BigEndian.Uint32(p)
	if err := json.Unmarshal(p[4:n], &e); err != nil {
		return e, err
	}
	e.Data = append([]byte(nil), p[n:]...)
	return e, nil
}

func sealRecord(r central.Record) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16+len(r.Value)), r.Version)
	var expires uint64
	if !r.Expires.IsZero() {
		expires = uint64(r.Expires.UnixNano())
	}
	b = binary.BigEndian.AppendUint64(b, expires)
	return seal(append(b, r.Value...))
}

// unsealRecord gives a record; the caller knows its family and key.
func unsealRecord(b []byte) (r central.Record, err error) {
	p, err := unseal(b)
	if err != nil {
		return r, err
	}
	if len(p) < 16 {
		return r, errDamaged
	}
	r.Version = binary.BigEndian.Uint64(p)
	if ns := binary.BigEndian.Uint64(p[8:]); ns != 0 {
		r.Expires = time.Unix(0, int64(ns)).UTC()
	}
	r.Value = append([]byte(nil), p[16:]...)
	return r, nil
}

func expired(r *central.Record, now time.Time) bool {
	return !r.Expires.IsZero() && !now.Before(r.Expires)
}
