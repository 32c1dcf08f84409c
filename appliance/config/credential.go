package config

import (
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

var snmpVersions = []string{"1", "2c", "3", appliance.CredentialLogin}

// EnvPrefix begins the names of environment variables that may hold secrets: whoever may edit credentials must not
// read the rest of the appliance's environment by sending it to a device.
const EnvPrefix = "SITEWARD_SECRET_"

var envName = lazyregexp.New(`^` + EnvPrefix + `[A-Z0-9_]{1,100}$`)

// ValidateCredential says what cannot be right about a credential. Its sentences never hold a secret. Fields: name,
// kind, snmp_version, community, user, context, auth_protocol, auth, priv_protocol, priv, password, key, passphrase.
func ValidateCredential(c appliance.Credential) []*appliance.Error {
	var p problems
	p.name(c.Name)
	p.secret("password", c.Password)
	p.secret("passphrase", c.Passphrase)
	p.long("key", c.Key)
	if c.Kind == appliance.CredentialSSH {
		p.ssh(c)
		return p
	}
	p.must(c.Kind == "", "kind", "choice", "value", clip(c.Kind), "choices", appliance.CredentialSSH)
	p.must(c.Password.IsZero() && c.Key.IsZero() && c.Passphrase.IsZero(), "password", "only_ssh")
	if p.must(slices.Contains(snmpVersions, c.SNMPVersion), "snmp_version", "snmp_version", "value", clip(c.SNMPVersion)) {
		switch c.SNMPVersion {
		case "3":
			p.version3(c)
		case appliance.CredentialLogin:
			p.login(c)
		default:
			p.community(c)
		}
	}
	p.secret("community", c.Community)
	p.secret("auth", c.Auth)
	p.secret("priv", c.Priv)
	return p
}

func (p *problems) community(c appliance.Credential) {
	p.must(!c.Community.IsZero(), "community", "empty")
	for _, f := range []struct {
		field string
		set   bool
	}{
		{"user", c.User != ""}, {"context", c.Context != ""},
		{"auth_protocol", c.AuthProtocol != ""}, {"auth", !c.Auth.IsZero()},
		{"priv_protocol", c.PrivProtocol != ""}, {"priv", !c.Priv.IsZero()},
	} {
		p.must(!f.set, f.field, "only_v3")
	}
}

// login is a user with a password for what is not SNMP.
func (p *problems) login(c appliance.Credential) {
	if p.must(c.User != "", "user", "empty") {
		p.word("user", c.User, maxWord)
	}
	p.must(!c.Auth.IsZero(), "auth", "empty")
	for _, f := range []struct {
		field string
		set   bool
	}{
		{"community", !c.Community.IsZero()}, {"context", c.Context != ""}, {"auth_protocol", c.AuthProtocol != ""},
		{"priv_protocol", c.PrivProtocol != ""}, {"priv", !c.Priv.IsZero()},
	} {
		p.must(!f.set, f.field, "not_login")
	}
}

func (p *problems) version3(c appliance.Credential) {
	p.must(c.Community.IsZero(), "community", "not_v3")
	if p.must(c.User != "", "user", "empty") {
		p.word("user", c.User, 32) // RFC 3414: usmUserName
	}
	p.word("context", c.Context, maxWord)
	p.pair("auth", c.AuthProtocol, c.Auth, appliance.AuthProtocols)
	p.pair("priv", c.PrivProtocol, c.Priv, appliance.PrivProtocols)
	p.must(c.Priv.IsZero() || !c.Auth.IsZero(), "auth", "auth_missing")
}

// pair is a protocol with its password; RFC 3414 section 11.2 wants 8 characters at least.
func (p *problems) pair(field, protocol string, secret appliance.Secret, of []string) {
	if protocol != "" {
		choice(p, field+"_protocol", protocol, of)
	}
	p.must((protocol == "") == secret.IsZero(), field, "protocol_secret")
	p.must(secret.Value == "" || len(secret.Value) >= 8, field, "secret_short")
}

// ssh is a user with a password or a key, or both.
func (p *problems) ssh(c appliance.Credential) {
	if p.must(c.User != "", "user", "empty") {
		p.word("user", c.User, maxWord)
	}
	p.must(!c.Password.IsZero() || !c.Key.IsZero(), "password", "password_or_key")
	p.must(c.Passphrase.IsZero() || !c.Key.IsZero(), "key", "empty")
	for _, f := range []struct {
		field string
		set   bool
	}{
		{"snmp_version", c.SNMPVersion != ""}, {"community", !c.Community.IsZero()}, {"context", c.Context != ""},
		{"auth_protocol", c.AuthProtocol != ""}, {"auth", !c.Auth.IsZero()}, {"priv_protocol", c.PrivProtocol != ""}, {"priv", !c.Priv.IsZero()},
	} {
		p.must(!f.set, f.field, "not_ssh")
	}
}

func (p *problems) secret(field string, s appliance.Secret) {
	p.long(field, s)
	p.must(len(s.Value) <= 1000, field, "too_long", "max", 1000)
}

// long is a secret that may have many lines, as a private key has.
func (p *problems) long(field string, s appliance.Secret) {
	places := 0
	for _, where := range []string{s.Value, s.File, s.Env} {
		if where != "" {
			places++
		}
	}
	p.must(places <= 1, field, "secret_one")
	p.must(s.Env == "" || envName.MatchString(s.Env), field, "secret_env", "value", clip(s.Env))
	p.must(!strings.ContainsFunc(s.File, hidden) && len(s.File) <= 4096, field, "control")
	p.must(len(s.Value) <= 16<<10, field, "too_long", "max", 16<<10)
}
