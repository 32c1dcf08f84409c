package view

import "time"

// Accounts is the list of people who may sign in.
type Accounts struct {
	List  List
	Rows  []AccountRow
	All   int
	Empty Empty // when the filter leaves nobody
}

// AccountRow is one person.
type AccountRow struct {
	ID, Name, FullName, Role, Language string
	Disabled, Self                     bool
	SignedIn                           time.Time
}

// Account is the form of one person. Fields: name, full_name, role, language, disabled, version; of a new one also password.
type Account struct {
	Form             Form
	New, Self        bool
	Title, Action    string
	ID               string
	Roles, Languages []Option
	Lines            []Line
	Password         Form // its own form, with the field password
}

// Tokens is the list of API tokens with the form of a new one. Fields: name, role, expires.
type Tokens struct {
	List   List
	Rows   []TokenRow
	Empty  Empty
	Form   Form
	Roles  []Option
	Secret string // of the token just made; shown this once
	Made   string // its name
}

// TokenRow is one token.
type TokenRow struct {
	ID, Name, Role, By     string
	Created, Expires, Used time.Time
	State, Word            string // ok, warning when it expires soon, nodata when it has expired
}

// Profile is a person's own page. Fields: current, password; language, theme.
type Profile struct {
	Password          Form
	Look              Form
	Languages, Themes []Option
	Lines             []Line
	Factor            *Factor // where there is a second factor
}

// Factor says whether a code is asked at sign-in.
type Factor struct{ On bool }
