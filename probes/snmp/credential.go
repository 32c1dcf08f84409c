package snmp

import (
	"fmt"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
)

// security is a credential in the form the protocol needs it.
type security struct {
	version   gosnmp.SnmpVersion
	community string

	level    gosnmp.SnmpV3MsgFlags
	user     string
	context  string
	auth     gosnmp.SnmpV3AuthProtocol
	authPass string
	priv     gosnmp.SnmpV3PrivProtocol
	privPass string
}

// versions, authProtocols and privProtocols translate the words of appliance.Credential.
var (
	versions = map[string]gosnmp.SnmpVersion{"1": gosnmp.Version1, "2c": gosnmp.Version2c, "3": gosnmp.Version3}

	authProtocols = map[string]gosnmp.SnmpV3AuthProtocol{
		"MD5": gosnmp.MD5, "SHA-1": gosnmp.SHA, "SHA-224": gosnmp.SHA224,
		"SHA-256": gosnmp.SHA256, "SHA-384": gosnmp.SHA384, "SHA-512": gosnmp.SHA512,
	}
	privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
		"DES": gosnmp.DES, "AES-128": gosnmp.AES, "AES-192": gosnmp.AES192, "AES-256": gosnmp.AES256,
		"AES-192C": gosnmp.AES192C, "AES-256C": gosnmp.AES256C,
	}
)

// secure reads a credential whose secrets are resolved. Its errors are CodeInvalid and name the field.
func secure(c *appliance.Credential, context string) (security, error) {
	if c == nil {
		return security{}, unfit("credential", "the check names no credential that exists; choose one in the check's settings")
	}
	version, ok := versions[c.SNMPVersion]
	if !ok {
		return security{}, unfit("snmp_version", "the credential %q has SNMP version %q; use 1, 2c or 3", c.Name, c.SNMPVersion)
	}
	s := security{version: version, community: c.Community.Value, user: c.User, context: c.Context}
	if context != "" {
		s.context = context
	}
	if version != gosnmp.Version3 {
		if s.community == "" {
			return s, unfit("community", "the credential %q has no community", c.Name)
		}
		if len(s.community) > 127 {
			return s, unfit("community", "the community of %q is longer than 127 octets", c.Name)
		}
		return s, nil
	}
	return s.withUser(c)
}

// withUser adds what SNMPv3 needs: noAuthNoPriv, authNoPriv or authPriv follows from which protocols are named.
func (s security) withUser(c *appliance.Credential) (security, error) {
	s.level, s.auth, s.priv = gosnmp.NoAuthNoPriv, gosnmp.NoAuth, gosnmp.NoPriv
	switch {
	case s.user == "":
		return s, unfit("user", "the credential %q has no SNMPv3 user", c.Name)
	case len(s.user) > 32: // RFC 3414 5, usmUserName
		return s, unfit("user", "the SNMPv3 user of %q is longer than 32 octets", c.Name)
	case c.PrivProtocol != "" && c.AuthProtocol == "":
		return s, unfit("auth_protocol", "the credential %q encrypts without authentication; name an authentication protocol too", c.Name)
	}
	if c.AuthProtocol == "" {
		return s, nil
	}
	var ok bool
	if s.auth, ok = authProtocols[c.AuthProtocol]; !ok {
		return s, unfit("auth_protocol", "%q is no authentication protocol; use one of %v", c.AuthProtocol, appliance.AuthProtocols)
	}
	if s.authPass = c.Auth.Value; s.authPass == "" {
		return s, unfit("auth", "the credential %q has no authentication password", c.Name)
	}
	s.level = gosnmp.AuthNoPriv
	if c.PrivProtocol == "" {
		return s, nil
	}
	if s.priv, ok = privProtocols[c.PrivProtocol]; !ok {
		return s, unfit("priv_protocol", "%q is no privacy protocol; use one of %v", c.PrivProtocol, appliance.PrivProtocols)
	}
	if s.privPass = c.Priv.Value; s.privPass == "" {
		return s, unfit("priv", "the credential %q has no privacy password", c.Name)
	}
	s.level = gosnmp.AuthPriv
	return s, nil
}

func unfit(field, format string, args ...any) error {
	return appliance.Invalid(field, "error.snmp_"+field, fmt.Sprintf(format, args...), nil)
}

// versionName is what people call it.
func versionName(v gosnmp.SnmpVersion) string {
	switch v {
	case gosnmp.Version1:
		return "SNMPv1"
	case gosnmp.Version2c:
		return "SNMPv2c"
	}
	return "SNMPv3"
}

// USM is an SNMPv3 credential, its secrets resolved, in the library's form: for the receiver of traps.
func USM(c *appliance.Credential) (*gosnmp.UsmSecurityParameters, gosnmp.SnmpV3MsgFlags, error) {
	s, err := secure(c, "")
	if err != nil {
		return nil, 0, err
	}
	return newEngine(s).usm, s.level, nil
}
