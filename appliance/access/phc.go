package access

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"siteward/appliance"
)

// Argon are the cost parameters of argon2id (RFC 9106): memory in KiB, passes, lanes.
type Argon struct {
	Memory uint32
	Time   uint32
	Lanes  uint8
}

// Bounds of what is accepted from a stored string. A record that asks for more would let whoever can write one
// exhaust the memory of a small machine at sign-in.
const (
	maxPHC    = 256
	maxMemory = 64 * 1024
	minMemory = 8
	maxTime   = 10
	maxLanes  = 4
)

// phc is a password hash in PHC string form: $argon2id$v=19$m=19456,t=3,p=1$<salt>$<hash>, base64 without padding.
type phc struct {
	Argon
	salt, hash []byte
}

func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Time, p.Lanes, enc.EncodeToString(p.salt), enc.EncodeToString(p.hash))
}

// parsePHC reads the form that String writes, and nothing else.
func parsePHC(s string) (phc, error) {
	var p phc
	parts := strings.Split(s, "$")
	if len(s) > maxPHC || strings.ContainsAny(s, "\r\n") || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v=19" {
		return p, errPHC
	}
	if err := p.Argon.parse(parts[3]); err != nil {
		return p, err
	}
	enc := base64.RawStdEncoding.Strict()
	var err error
	if p.salt, err = enc.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return p, errPHC
	}
	if p.hash, err = enc.DecodeString(parts[5]); err != nil || len(p.hash) < 16 || len(p.hash) > 64 {
		return p, errPHC
	}
	return p, nil
}

func (a *Argon) parse(s string) error {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return errPHC
	}
	var n [3]uint64
	for i, prefix := range [3]string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(fields[i], prefix)
		v, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || strconv.FormatUint(v, 10) != digits {
			return errPHC
		}
		n[i] = v
	}
	if n[0] < minMemory || n[0] > maxMemory || n[1] < 1 || n[1] > maxTime || n[2] < 1 || n[2] > maxLanes || n[0] < 8*n[2] {
		return errPHC
	}
	*a = Argon{Memory: uint32(n[0]), Time: uint32(n[1]), Lanes: uint8(n[2])}
	return nil
}

var errPHC = appliance.Errorf(appliance.CodeInvalid, "this is no password hash of ours; set the password anew")
