package view

// Credentials is the list of how we prove ourselves to devices. No secret is ever in it.
type Credentials struct {
	List    List
	Rows    []CredentialRow
	Empty   Empty
	CanEdit bool
}

// CredentialRow is one credential. Secrets says where its secrets stand, never what they are.
type CredentialRow struct {
	ID, Name, Version, User, Security, Secrets, Owner string
	Uses                                              []Use
}

// Use is a device that a credential is for.
type Use struct{ Name, Href string }

// Credential is the form of one. Fields: name, version, and by SNMP version community, or user, context, auth_protocol, auth,
// priv_protocol, priv. A secret may be typed, or named in <field>_file or <field>_env.
type Credential struct {
	Form                     Form
	ID, Action               string // ID is empty for a new one
	SNMP                     string // "1", "2c", "3" or "ssh"
	Versions                 []ChartChoice
	AuthChoices, PrivChoices []Option
	Secrets                  map[string]SecretField
	Uses                     []Use
	Owner                    string // the site file that declares it: then there is nothing to change here
	Lines                    []Line
}

// SecretField is how a form asks for a secret.
type SecretField struct {
	Form              Form
	Name, Label, Hint string
	Lines             bool // it may have many, as a private key has
	Elsewhere         bool // it stands in a file or in the environment: those fields are open
}
