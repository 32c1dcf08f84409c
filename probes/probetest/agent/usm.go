package agent

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // RFC 3414 8; old devices know nothing else
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// User is the one SNMPv3 user an agent knows. Auth and Priv are names of AuthNames and PrivNames, or empty.
// The keys are pass phrases of 8 characters or more (RFC 3414 11.2).
type User struct {
	Name             string
	Auth, AuthPhrase string
	Priv, PrivPhrase string
}

var authProtocols = map[string]struct {
	id  gosnmp.SnmpV3AuthProtocol
	mac int // octets of the digest in a message: RFC 3414 6, 7 and RFC 7860 4
}{
	"MD5":    {gosnmp.MD5, 12},
	"SHA":    {gosnmp.SHA, 12},
	"SHA224": {gosnmp.SHA224, 16},
	"SHA256": {gosnmp.SHA256, 24},
	"SHA384": {gosnmp.SHA384, 32},
	"SHA512": {gosnmp.SHA512, 48},
}

// privProtocols: AES is RFC 3826; AES192 and AES256 lengthen the key as draft-blumenthal-aes-usm-04 says, those
// with a C as draft-reeder-snmpv3-usm-3desede says, which Cisco does.
var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"DES":     gosnmp.DES,
	"AES":     gosnmp.AES,
	"AES192":  gosnmp.AES192,
	"AES256":  gosnmp.AES256,
	"AES192C": gosnmp.AES192C,
	"AES256C": gosnmp.AES256C,
}

// AuthNames lists the authentication protocols.
func AuthNames() []string { return slices.Sorted(maps.Keys(authProtocols)) }

// PrivNames lists the privacy protocols.
func PrivNames() []string { return slices.Sorted(maps.Keys(privProtocols)) }

// Security levels as the two lower bits of msgFlags (RFC 3412 6.4).
const (
	flagAuth       = 1
	flagPriv       = 2
	flagReportable = 4
)

// usm is a user with keys made for our engine.
type usm struct {
	name  string
	level byte
	hash  func() hash.Hash
	mac   int
	block cipher.Block
	desIV []byte // "pre-IV" of RFC 3414 8.1.1.1; nil with AES
}

// localise makes the keys for an engine. gosnmp does the arithmetic (RFC 3414 2.6 and the two drafts).
func (u *User) localise(engineID string) (*usm, error) {
	if u.Name == "" || len(u.Name) > 32 {
		return nil, errors.New("an SNMPv3 user name has 1 to 32 octets")
	}
	out := &usm{name: u.Name}
	if u.Auth == "" {
		if u.Priv != "" {
			return nil, errors.New("SNMPv3 privacy needs an authentication protocol too")
		}
		return out, nil
	}
	auth, ok := authProtocols[u.Auth]
	if !ok {
		return nil, fmt.Errorf("authentication protocol %q is unknown; there are %s", u.Auth, strings.Join(AuthNames(), ", "))
	}
	keys := gosnmp.UsmSecurityParameters{
		AuthoritativeEngineID: engineID, AuthenticationProtocol: auth.id, AuthenticationPassphrase: u.AuthPhrase,
		PrivacyProtocol: gosnmp.NoPriv, PrivacyPassphrase: u.PrivPhrase,
	}
	if u.Priv != "" {
		if keys.PrivacyProtocol, ok = privProtocols[u.Priv]; !ok {
			return nil, fmt.Errorf("privacy protocol %q is unknown; there are %s", u.Priv, strings.Join(PrivNames(), ", "))
		}
	}
	if len(u.AuthPhrase) < 8 || (u.Priv != "" && len(u.PrivPhrase) < 8) {
		return nil, errors.New("an SNMPv3 key has 8 characters or more")
	}
	if err := keys.InitSecurityKeys(); err != nil {
		return nil, fmt.Errorf("localise SNMPv3 keys: %w", err)
	}
	out.level, out.mac = flagAuth, auth.mac
	out.hash = func() hash.Hash { return hmac.New(auth.id.HashType().New, keys.SecretKey) }
	if u.Priv == "" {
		return out, nil
	}
	return out, out.cipher(keys.PrivacyProtocol, keys.PrivacyKey)
}

func (u *usm) cipher(protocol gosnmp.SnmpV3PrivProtocol, key []byte) (err error) {
	u.level |= flagPriv
	if protocol != gosnmp.DES {
		u.block, err = aes.NewCipher(key)
		return err
	}
	u.desIV = key[8:16]
	u.block, err = des.NewCipher(key[:8]) //nolint:gosec // see the import
	return err
}

// scratch holds what a block cipher works on, so that it need not be allocated for each message.
type scratch struct {
	iv, stream, salt [16]byte
	sum              [64]byte
}

// aesIV is the initial vector of RFC 3826 3.1.2.1.
func (s *scratch) aesIV(boots, seconds uint32, salt []byte) {
	binary.BigEndian.PutUint32(s.iv[0:], boots)
	binary.BigEndian.PutUint32(s.iv[4:], seconds)
	copy(s.iv[8:], salt)
}

func (s *scratch) setDESIV(pre, salt []byte) {
	for i := range 8 {
		s.iv[i] = pre[i] ^ salt[i]
	}
}

// cfb is AES in CFB128 mode, in place. The standard library calls its own deprecated and keeps it slow.
func (s *scratch) cfb(block cipher.Block, data []byte, decrypt bool) {
	for len(data) > 0 {
		block.Encrypt(s.stream[:], s.iv[:])
		n := min(len(data), len(s.iv))
		for i := range n {
			c := data[i] ^ s.stream[i]
			if s.iv[i] = c; decrypt {
				s.iv[i] = data[i]
			}
			data[i] = c
		}
		data = data[n:]
	}
}

// blockSize is what the length of data must be a multiple of.
func (u *usm) blockSize() int {
	if u.desIV == nil {
		return 1
	}
	return des.BlockSize
}

// encrypt turns the data into its cipher text in place and returns the privacy parameters.
func (u *usm) encrypt(s *scratch, data []byte, boots, seconds uint32, salt uint64) []byte {
	out := s.salt[:8]
	binary.BigEndian.PutUint64(out, salt)
	if u.desIV == nil {
		s.aesIV(boots, seconds, out)
		s.cfb(u.block, data, false)
		return out
	}
	binary.BigEndian.PutUint32(out, boots) // RFC 3414 8.1.1.1: boots and a number of our own
	s.setDESIV(u.desIV, out)
	cipher.NewCBCEncrypter(u.block, s.iv[:8]).CryptBlocks(data, data)
	return out
}

// decrypt turns cipher text back in place.
func (u *usm) decrypt(s *scratch, data, salt []byte, boots, seconds uint32) bool {
	if len(salt) != 8 {
		return false
	}
	if u.desIV == nil {
		s.aesIV(boots, seconds, salt)
		s.cfb(u.block, data, true)
		return true
	}
	if len(data)%u.blockSize() != 0 {
		return false
	}
	s.setDESIV(u.desIV, salt)
	cipher.NewCBCDecrypter(u.block, s.iv[:8]).CryptBlocks(data, data)
	return true
}
