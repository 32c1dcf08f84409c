package message

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks (https://www.standardwebhooks.com).
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
	// HeaderAcknowledged is the number that central acknowledged last, as the site knows it. So central notices that it was
	// restored from an old backup.
	HeaderAcknowledged = "siteward-acknowledged"
)

func signed(id, stamp string, body []byte) []byte {
	b := make([]byte, 0, len(id)+len(stamp)+2+len(body))
	b = append(append(b, id...), '.')
	b = append(append(b, stamp...), '.')
	return append(b, body...)
}

// Sign sets the headers of a request to central: Ed25519 over id, time and the exact bytes of the body.
func Sign(h http.Header, key ed25519.PrivateKey, id string, at time.Time, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, stamp)
	h.Set(HeaderSignature, "v1a,"+base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(id, stamp, body))))
}

// SignShared sets the headers of a request to any other receiver: HMAC-SHA256 with a secret "whsec_" and base64, or plain text.
func SignShared(h http.Header, secret, id string, at time.Time, body []byte) {
	key := []byte(secret)
	if rest, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil {
			key = raw
		}
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write(signed(id, stamp, body))
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, stamp)
	h.Set(HeaderSignature, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// Signed is what the headers of a request say.
type Signed struct {
	ID string
	At time.Time // by the sender's clock, which may be wrong: it proves nothing
}

// Verify checks the headers of a request against public keys, and which of them signed. There is no limit on the age: what is
// repeated is known by its numbers, and a site whose clock is wrong must be heard all the same.
func Verify(h http.Header, keys []ed25519.PublicKey, body []byte) (s Signed, key int, err error) {
	id, stamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || len(id) > 128 || !printable(id) || err != nil || seconds < 0 || seconds > 1<<40 {
		return s, 0, Refuse(CodeBadSignature, "the headers of Standard Webhooks are missing")
	}
	s = Signed{ID: id, At: time.Unix(seconds, 0).UTC()}
	text := signed(id, stamp, body)
	given := strings.Fields(h.Get(HeaderSignature))
	for _, one := range given[:min(len(given), 4)] {
		encoded, ok := strings.CutPrefix(one, "v1a,")
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(raw) != ed25519.SignatureSize {
			continue
		}
		for i, k := range keys {
			if len(k) == ed25519.PublicKeySize && ed25519.Verify(k, text, raw) {
				return s, i, nil
			}
		}
	}
	return s, 0, Refuse(CodeBadSignature, "no signature fits a key of this site")
}
