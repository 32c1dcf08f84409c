package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A value of a noun is <form:1> <payload> <CRC-32C of both:4>. Badger does not look at what it reads back (see
// docs/store.md), so every value carries its own checksum. Chunks of samples have theirs in package series.
const (
	formBytes = 0x01 // payload as it was given
	formJSON  = 0x02 // JSON
	formZstd  = 0x03 // JSON, compressed; used from compressFrom bytes on
)

const (
	compressFrom = 1 << 10
	// maxDecoded bounds what a compressed value may grow to: a damaged or hostile one must not take the memory.
	maxDecoded = 32 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	zstdWriter, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	zstdReader, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxDecoded))
)

// errDamaged is what the decoders wrap when a value is not what was written.
var errDamaged = errors.New("checksum does not match: the value was damaged on disk")

func encodeJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if len(b) < compressFrom {
		return seal(formJSON, b), nil
	}
	return seal(formZstd, zstdWriter.EncodeAll(b, nil)), nil
}

func encodeBytes(b []byte) []byte { return seal(formBytes, b) }

func seal(form byte, payload []byte) []byte {
	b := make([]byte, 0, len(payload)+5)
	b = append(append(b, form), payload...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// open checks a value and gives its payload, uncompressed.
func open(b []byte) (form byte, payload []byte, err error) {
	if len(b) < 5 {
		return 0, nil, errDamaged
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return 0, nil, errDamaged
	}
	form, payload = body[0], body[1:]
	switch form {
	case formBytes, formJSON:
		return form, payload, nil
	case formZstd:
		payload, err = zstdReader.DecodeAll(payload, nil)
		if err != nil {
			return 0, nil, fmt.Errorf("%w (%w)", errDamaged, err)
		}
		return formJSON, payload, nil
	}
	return 0, nil, fmt.Errorf("value has the unknown form %#x", form)
}

// openJSON is open for what must be JSON.
func openJSON(b []byte) ([]byte, error) {
	form, payload, err := open(b)
	if err == nil && form != formJSON {
		err = fmt.Errorf("value has form %#x where JSON belongs", form)
	}
	return payload, err
}

func decodeJSON(b []byte, v any) error {
	payload, err := openJSON(b)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}

// decodeVersion reads no further than to the version of a record, 0 when it has none.
func decodeVersion(b []byte) (version uint64, err error) {
	payload, err := openJSON(b)
	if err != nil {
		return 0, err
	}
	in := json.NewDecoder(bytes.NewReader(payload))
	for field, err := in.Token(); ; field, err = in.Token() {
		switch {
		case err == io.EOF, field == json.Delim('}'):
			return 0, nil
		case err != nil:
			return 0, fmt.Errorf("decode: %w", err)
		case field == json.Delim('{'):
			continue
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return 0, fmt.Errorf("decode: %w", err)
		}
		if field == "version" {
			return version, json.Unmarshal(value, &version)
		}
	}
}

func decodeBytes(b []byte) ([]byte, error) {
	form, payload, err := open(b)
	if err == nil && form != formBytes {
		err = fmt.Errorf("value has form %#x where bytes belong", form)
	}
	return payload, err
}
