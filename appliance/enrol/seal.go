package enrol

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Purpose is what a sealed message is for; it is signed along.
type Purpose string

// The purposes.
const (
	PurposeIdentity Purpose = "siteward-identity-v1" // central says who it is
	PurposeEnrol    Purpose = "siteward-enrol-v1"    // a site hands in its code
	PurposeEnrolled Purpose = "siteward-enrolled-v1" // central takes it
	PurposeRotate   Purpose = "siteward-rotate-v1"   // the old key names the new one
	PurposeLeave    Purpose = "siteward-leave-v1"    // a site goes
	PurposeOffers   Purpose = "siteward-offers-v1"   // a site asks what there is for it
	PurposeOffer    Purpose = "siteward-offer-v1"    // central offers something
)

// Sealed is a message with its signature.
type Sealed struct {
	Payload   []byte `json:"payload"` // the bytes that are signed: a JSON value
	Signature []byte `json:"signature"`
}

// MaxMessage bounds a sealed message without an offer in it.
const MaxMessage = 16 << 10

// ErrSignature says that a message is not of the one it says it is of.
var ErrSignature = errors.New("the signature does not fit")

// Seal signs a value.
func Seal(key ed25519.PrivateKey, p Purpose, v any) (Sealed, error) {
	payload, err := json.Marshal(v)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal a message: %w", err)
	}
	return Sealed{Payload: payload, Signature: ed25519.Sign(key, signed(p, payload))}, nil
}

// Open checks a signature and reads the value strictly: a field that nobody knows is a mistake or somebody trying.
func Open(key ed25519.PublicKey, p Purpose, s Sealed, v any) error {
	if len(key) != ed25519.PublicKeySize || len(s.Signature) != ed25519.SignatureSize || !ed25519.Verify(key, signed(p, s.Payload), s.Signature) {
		return ErrSignature
	}
	return Strict(bytes.NewReader(s.Payload), int64(len(s.Payload)), v)
}

// Peek reads a value whose signature is not checked yet, to learn whose it says it is. Nothing else may follow from it.
func Peek(s Sealed, v any) error {
	return Strict(bytes.NewReader(s.Payload), int64(len(s.Payload)), v)
}

// Strict reads one JSON value of at most limit bytes and nothing after it, without fields that v does not have.
func Strict(r io.Reader, limit int64, v any) error {
	lim := &io.LimitedReader{R: r, N: limit + 1}
	d := json.NewDecoder(lim)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if lim.N <= 0 {
			return fmt.Errorf("the message is larger than %d bytes", limit)
		}
		return fmt.Errorf("read a message: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the message")
	}
	return nil
}

func signed(p Purpose, payload []byte) []byte {
	return append(append(make([]byte, 0, len(p)+1+len(payload)), p+"\n"...), payload...)
}
