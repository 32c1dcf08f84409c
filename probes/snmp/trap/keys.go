package trap

import (
	"crypto/hmac"
	"crypto/subtle"
	"slices"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
	"siteward/probes/snmp"
)

// keys are the stored credentials as the receiver needs them. It is for one goroutine.
type keys struct {
	from  []appliance.Credential // what the rest was made of
	users map[string][]*appliance.Credential
	cache map[keyOf]*localised
}

// keyOf names a credential's keys for one engine.
type keyOf struct {
	credential appliance.ID
	engine     string
}

// localised is a credential of SNMPv3 with the keys for one engine.
type localised struct {
	credential *appliance.Credential
	usm        *gosnmp.UsmSecurityParameters
	level      gosnmp.SnmpV3MsgFlags
}

// maxKeys bounds the cache: senders may invent engines, and each costs a few hashes.
const maxKeys = 1024

// set takes over the credentials of now; what was made of others is forgotten.
func (k *keys) set(credentials []appliance.Credential) {
	if k.users != nil && slices.Equal(k.from, credentials) {
		return
	}
	k.from, k.users, k.cache = slices.Clone(credentials), map[string][]*appliance.Credential{}, map[keyOf]*localised{}
	for i := range k.from {
		if c := &k.from[i]; c.SNMPVersion == "3" && c.User != "" {
			k.users[c.User] = append(k.users[c.User], c)
		}
	}
}

// community gives the credentials with a community. All are compared, in a time that says nothing about them.
func (k *keys) community(sent []byte) (ids []appliance.ID) {
	for i := range k.from {
		c := &k.from[i]
		same := subtle.ConstantTimeCompare([]byte(c.Community.Value), sent) == 1
		if same && c.SNMPVersion != "3" && len(sent) > 0 {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// of gives a user's keys for an engine, one for each credential that has the user. A credential that is not complete has none.
func (k *keys) of(user, engine string) (all []*localised) {
	for _, c := range k.users[user] {
		key := keyOf{c.ID, engine}
		l, ok := k.cache[key]
		if !ok {
			l = localise(c, engine)
			if len(k.cache) >= maxKeys {
				clear(k.cache)
			}
			k.cache[key] = l
		}
		if l != nil {
			all = append(all, l)
		}
	}
	return all
}

func localise(c *appliance.Credential, engine string) *localised {
	usm, level, err := snmp.USM(c)
	if err != nil {
		return nil
	}
	usm.AuthoritativeEngineID = engine
	if err := usm.InitSecurityKeys(); err != nil {
		return nil
	}
	return &localised{credential: c, usm: usm, level: level}
}

// signed says whether a message carries the digest of this key (RFC 3414 6.3.2, RFC 7860 4.2.2).
func (l *localised) signed(datagram []byte, digest []byte) bool {
	if l.level&gosnmp.AuthNoPriv == 0 || len(digest) < 12 || len(l.usm.SecretKey) == 0 {
		return false
	}
	at := offset(datagram, digest)
	if at < 0 {
		return false
	}
	mac := hmac.New(l.usm.AuthenticationProtocol.HashType().New, l.usm.SecretKey)
	_, _ = mac.Write(datagram[:at])
	_, _ = mac.Write(make([]byte, len(digest))) // it was made with zeros in its own place
	_, _ = mac.Write(datagram[at+len(digest):])
	sum := mac.Sum(nil)
	return len(digest) == digestLength(l.usm.AuthenticationProtocol) && hmac.Equal(sum[:len(digest)], digest)
}

// digestLength is how much of the digest a message carries.
func digestLength(p gosnmp.SnmpV3AuthProtocol) int {
	switch p {
	case gosnmp.SHA224:
		return 16
	case gosnmp.SHA256:
		return 24
	case gosnmp.SHA384:
		return 32
	case gosnmp.SHA512:
		return 48
	}
	return 12
}

// offset is where part, which points into whole, begins in it.
func offset(whole, part []byte) int {
	at := cap(whole) - cap(part)
	if at < 0 || at+len(part) > len(whole) {
		return -1
	}
	return at
}
