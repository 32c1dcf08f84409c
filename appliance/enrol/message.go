package enrol

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// Path is where central answers, below its address: GET for Identity, POST for Request; PathRotate and PathLeave take POST.
const (
	Path       = "/enrol/v1"
	PathRotate = "/enrol/v1/rotate"
	PathLeave  = "/enrol/v1/leave"
	PathOffers = "/offers/v1"
)

// Identity is who central is. It signs the nonce of whoever asks, so that nobody shows a key he does not have.
type Identity struct {
	Name  string `json:"name"` // of the provider, for people
	Key   []byte `json:"key"`  // Ed25519, public
	Nonce string `json:"nonce"`
}

// Request hands in a code. The site's new key signs it.
type Request struct {
	Code    string `json:"code"`
	Key     []byte `json:"key"`     // of the site, public
	Central []byte `json:"central"` // the key that a person confirmed: a request for one central is no use to another
	Outbox  string `json:"outbox"`  // names the numbering of this site's events from now on
	Name    string `json:"name"`    // of the site, as it calls itself
	Version string `json:"version"` // of the appliance
	Nonce   string `json:"nonce"`
}

// Enrolled is the answer, signed by central.
type Enrolled struct {
	Site  string `json:"site"` // id, stands in the addresses that the site sends to
	Name  string `json:"name"` // as the provider calls the site
	Key   []byte `json:"key"`  // of the site, as it asked
	Nonce string `json:"nonce"`
}

// Rotation names a new key of a site. The old key signs it, and Proof is the new key's signature over the site and itself.
type Rotation struct {
	Site  string `json:"site"`
	Key   []byte `json:"key"`
	Proof []byte `json:"proof"`
	Nonce string `json:"nonce"`
}

// Leaving says that a site goes.
type Leaving struct {
	Site   string `json:"site"`
	Reason string `json:"reason"`
	Nonce  string `json:"nonce"`
}

// Asking asks for what is offered to a site.
type Asking struct {
	Site  string   `json:"site"`
	Known []uint64 `json:"known"` // numbers that need not be told again
	Nonce string   `json:"nonce"`
}

// Problem is how central refuses (RFC 9457): Code is one of the Codes.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
}

// The codes of a refusal.
const (
	CodeBad        = "bad_request"   // cannot be read
	CodeUnknown    = "unknown_code"  // no such code, or used, or too old: which of them is not told
	CodeSignature  = "bad_signature" // not of the one it says
	CodeRevoked    = "key_revoked"
	CodeOtherPlace = "other_central" // meant for another central
	CodeSlowDown   = "slow_down"
	CodeTrouble    = "trouble" // central's own
)

// Proof is what the new key signs when it takes the place of an old one.
func Proof(site string, key ed25519.PrivateKey) []byte {
	return ed25519.Sign(key, proofOf(site, key.Public().(ed25519.PublicKey))) //nolint:forcetypeassert // what Public of this key gives
}

// ProofHolds checks it.
func (r Rotation) ProofHolds() bool {
	return len(r.Key) == ed25519.PublicKeySize && ed25519.Verify(r.Key, proofOf(r.Site, r.Key), r.Proof)
}

func proofOf(site string, key []byte) []byte {
	return append([]byte("siteward-new-key-v1\n"+site+"\n"), key...)
}

// Fingerprint is a key as people compare it: 32 hexadecimal digits of its SHA-256 in eight groups.
func Fingerprint(key []byte) string {
	sum := sha256.Sum256(key)
	digits := hex.EncodeToString(sum[:16])
	groups := make([]string, 0, 8)
	for ; digits != ""; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(groups, " ")
}

// SameFingerprint says whether what somebody typed is the whole fingerprint of a key, however it is grouped.
func SameFingerprint(key []byte, typed string) bool {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -:\t.", r) {
			return -1
		}
		return r
	}, strings.ToLower(typed))
	return digits == strings.ReplaceAll(Fingerprint(key), " ", "")
}

// alphabet of codes: no letter that is read as another (Crockford).
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeDigits carry 5 bits each: 100 bits, which nobody guesses.
const codeDigits = 20

// FormatCode writes random bytes as a code in groups of five.
func FormatCode(random [codeDigits]byte) string {
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[r&31])
	}
	return b.String()
}

// ParseCode brings a typed code into the one form that is hashed; ok is false when it cannot be one.
func ParseCode(typed string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(alphabet, r) || b.Len() >= codeDigits {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == codeDigits
}

// CodeHash is what central keeps of a code.
func CodeHash(code string) string {
	sum := sha256.Sum256([]byte("siteward-code-v1\n" + code))
	return hex.EncodeToString(sum[:])
}

// Tidy bounds a name from outside and takes control characters out.
func Tidy(name string, most int) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	for utf8.RuneCountInString(name) > most {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimSpace(name)
}
