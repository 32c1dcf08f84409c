package central

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"siteward/appliance"
)

// Token lets a program use the REST API.
type Token struct {
	ID      string         `json:"id"` // SHA-256 of the token in hexadecimal: the token itself is kept nowhere
	Name    string         `json:"name"`
	Write   bool           `json:"write,omitempty"`
	Groups  []appliance.ID `json:"groups,omitempty"` // empty: all
	Created time.Time      `json:"created"`
	Expires time.Time      `json:"expires,omitzero"`
}

// ByCommand is who did something by the command line.
const ByCommand = "command line"

// Tokens keeps tokens by their hash.
var Tokens = Noun[Token]{"token"}

// NewToken makes a token and what is shown of it once.
func NewToken() (secret, id string) {
	secret = "swc_" + rand.Text()
	return secret, TokenID(secret)
}

// TokenID is under what a token is kept.
func TokenID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
