package appliance

// Credential is how to prove ourselves to devices, apart from profiles and checks so that one can serve many.
// Secrets are never printed, exported or shown: a credential of the site file names a file or an environment
// variable, one entered in the interface holds the secret itself.
type Credential struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"` // unique
	Owner   string `json:"owner,omitempty"`
	Version uint64 `json:"version"`

	// Kind is what it opens: "" is SNMP, CredentialSSH a server over SSH and SFTP.
	Kind string `json:"kind,omitempty"`

	SNMPVersion string `json:"snmp_version,omitempty"` // "1", "2c" or "3"; CredentialLogin: not for SNMP, a user and a password (Auth); "" with SSH
	Community   Secret `json:"community,omitzero"`

	User         string `json:"user,omitempty"`    // SNMPv3 from here
	Context      string `json:"context,omitempty"` // contextName
	AuthProtocol string `json:"auth_protocol,omitempty"`
	Auth         Secret `json:"auth,omitzero"`
	PrivProtocol string `json:"priv_protocol,omitempty"`
	Priv         Secret `json:"priv,omitzero"`

	Password   Secret `json:"password,omitzero"`   // SSH from here, with User
	Key        Secret `json:"key,omitzero"`        // private key, as ssh-keygen writes it
	Passphrase Secret `json:"passphrase,omitzero"` // of Key
}

// CredentialSSH is the kind of credentials for servers that are reached over SSH.
const CredentialSSH = "ssh"

// Way is the SNMP version, or CredentialSSH: what decides which of the fields count.
func (c Credential) Way() string {
	if c.Kind == CredentialSSH {
		return CredentialSSH
	}
	return c.SNMPVersion
}

// CredentialLogin stands in the place of an SNMP version when a credential is a user with a password, for a NUT server.
const CredentialLogin = "login"

// AuthProtocols and PrivProtocols are the names accepted, in the order forms offer them (RFC 3414, 7860, 3826,
// and the Blumenthal draft's AES-192/256; the C forms are Cisco's key extension).
var (
	AuthProtocols = []string{"SHA-256", "SHA-512", "SHA-384", "SHA-224", "SHA-1", "MD5"}
	PrivProtocols = []string{"AES-128", "AES-192", "AES-256", "AES-192C", "AES-256C", "DES"}
)

// Secret is a password or where it stands. Exactly one field is set. Its String is always "•••".
type Secret struct {
	Value string `json:"value,omitempty"`
	File  string `json:"file,omitempty"` // path, read at each use so that it can be changed in place
	Env   string `json:"env,omitempty"`  // name of an environment variable
}

// IsZero says that no secret was given at all.
func (s Secret) IsZero() bool { return s == Secret{} }

// String hides the secret from logs and templates.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return "•••"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }
