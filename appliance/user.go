package appliance

import "time"

// Role is what a person or a token may do; the permission table of appliance/access says what that is.
type Role string

// The roles, from least to most.
const (
	RoleViewer        Role = "viewer"
	RoleKeyUser       Role = "keyuser"
	RoleTechnician    Role = "technician"
	RoleAdministrator Role = "administrator"
)

// Roles lists all roles from least to most.
var Roles = []Role{RoleViewer, RoleKeyUser, RoleTechnician, RoleAdministrator}

// User is a person who signs in.
type User struct {
	ID       ID        `json:"id"`
	Name     string    `json:"name"` // sign-in name, unique, compared lower case
	FullName string    `json:"full_name,omitempty"`
	Role     Role      `json:"role"`
	Language string    `json:"language,omitempty"` // "" = the site's
	Theme    string    `json:"theme,omitempty"`    // "day", "night" or "" = the system's
	Password string    `json:"password"`           // argon2id in PHC form, never the password
	Disabled bool      `json:"disabled,omitempty"`
	Created  time.Time `json:"created"`
	SignedIn time.Time `json:"signed_in,omitzero"`
	// Stamp is raised when password, role or disabled change; sessions made before are no longer good.
	Stamp   uint64 `json:"stamp"`
	Version uint64 `json:"version"`
}

// Token lets a program use the API. The secret is shown once and only its SHA-256 is kept.
type Token struct {
	ID      ID        `json:"id"`
	Name    string    `json:"name"` // unique
	Role    Role      `json:"role"`
	Hash    []byte    `json:"hash"`
	Created time.Time `json:"created"`
	By      string    `json:"by"`
	Expires time.Time `json:"expires"` // required; at most two years
	Used    time.Time `json:"used,omitzero"`
}
