package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ContentType is that of a batch.
const ContentType = "application/cloudevents-batch+json"

// The encodings of a body; "" is none.
const (
	Zstd = "zstd"
	Gzip = "gzip"
)

// Bounds of one request.
const (
	MaxBody    = 1 << 20 // bytes as sent
	MaxDecoded = 4 << 20
	MaxEvents  = 500
	MaxEvent   = 512 << 10 // bytes of one event
)

// Encode makes the body of a batch.
func Encode(events []Event, encoding string) ([]byte, error) {
	plain, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	if len(events) > MaxEvents || len(plain) > MaxDecoded {
		return nil, Refuse(CodeTooLarge, "%d events of %d bytes together", len(events), len(plain))
	}
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "":
		return plain, nil
	case Gzip:
		w = gzip.NewWriter(&out)
	case Zstd:
		w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
	default:
		err = errors.New("no such encoding: " + encoding)
	}
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Decode reads the body of a batch, strictly and within the bounds. It fails with a *Problem.
func Decode(body []byte, encoding string) ([]Event, error) {
	if len(body) > MaxBody {
		return nil, Refuse(CodeTooLarge, "%d bytes, at most %d", len(body), MaxBody)
	}
	plain, err := unpack(body, encoding)
	if err != nil {
		return nil, err
	}
	return parse(plain)
}

// Raw gives the events of a body as they stand there, byte by byte, whatever they are.
func Raw(body []byte, encoding string) ([]json.RawMessage, error) {
	plain, err := unpack(body, encoding)
	if err != nil {
		return nil, err
	}
	var out []json.RawMessage
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, Refuse(CodeInvalid, "the body is no array of events")
	}
	return out, nil
}

func unpack(body []byte, encoding string) ([]byte, error) {
	var r io.Reader
	switch encoding {
	case "", "identity":
		r = bytes.NewReader(body)
	case Gzip:
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, Refuse(CodeInvalid, "the body is no gzip")
		}
		defer z.Close()
		r = z
	case Zstd:
		z, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderMaxMemory(MaxDecoded+1))
		if err != nil {
			return nil, Refuse(CodeInvalid, "the body is no zstd")
		}
		defer z.Close()
		r = z
	default:
		return nil, Refuse(CodeInvalid, "the encoding %.20q is not known; use zstd or gzip", encoding)
	}
	plain, err := io.ReadAll(io.LimitReader(r, MaxDecoded+1))
	if len(plain) > MaxDecoded || errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return nil, Refuse(CodeTooLarge, "more than %d bytes when unpacked", MaxDecoded)
	}
	if err != nil {
		return nil, Refuse(CodeInvalid, "the body cannot be unpacked; it may have been cut")
	}
	return plain, nil
}

func parse(plain []byte) ([]Event, error) {
	d := json.NewDecoder(bytes.NewReader(plain))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, Refuse(CodeInvalid, "the body is no array of events")
	}
	var events []Event
	for d.More() {
		if len(events) == MaxEvents {
			return nil, Refuse(CodeTooLarge, "more than %d events", MaxEvents)
		}
		began := d.InputOffset()
		var e Event
		if err := d.Decode(&e); err != nil {
			return nil, Refuse(CodeInvalid, "event %d cannot be read", len(events)+1)
		}
		if size := d.InputOffset() - began; size > MaxEvent {
			return nil, Refuse(CodeTooLarge, "event %d has %d bytes, at most %d", len(events)+1, size, MaxEvent)
		}
		if err := e.check(); err != nil {
			return nil, Refuse(CodeInvalid, "event %d: %v", len(events)+1, err)
		}
		if err := checkSchema(&e); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	if t, err := d.Token(); err != nil || t != json.Delim(']') {
		return nil, Refuse(CodeInvalid, "the body was cut")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, Refuse(CodeInvalid, "something follows the array of events")
	}
	if len(events) == 0 {
		return nil, Refuse(CodeInvalid, "the batch is empty")
	}
	return events, nil
}
