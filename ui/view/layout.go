// Package view holds the page structs: what a template may show, as plain values. Handlers fill them, templates format them.
// It imports only the standard library and package appliance, so that page data can be built and tested without a server.
package view

import (
	"time"

	"siteward/appliance"
)

// Doc is what a page template gets as its dot: the frame around every page, and the page's own struct.
type Doc struct {
	Frame Frame
	Page  any
}

// Frame is what stands around every page.
type Frame struct {
	SearchFor string // what the search finds, when it is not devices and pages
	Lang      string // "en", "de", "nl"
	Theme     string // "" follows the system, else "day" or "night"
	Site      string // name of the site; empty before set-up
	Title     string // the verdict in words, also the browser tab
	AsOf      time.Time
	User      User   // zero when nobody is signed in: then there is no navigation
	Nav       string // key of the current entry in Nav
	// Entries is the navigation, nil for the appliance's own.
	Entries []NavItem
	// Counts stand beside entries of the navigation; only "problems" has one.
	Counts   map[string]int
	CSRF     string
	Hotline  string // telephone number of the provider
	Provider string // name of the provider
	Version  string
	Flash    *Note
	Unstored string // why the store takes no writes, in a sentence; empty while it does
	// Live connects the page to the event stream. Off on pages with a form, so that nothing moves under the pen.
	Live bool
}

// User is the person who looks.
type User struct {
	Name string
	Role appliance.Role
	// Technical is for roles that the appliance does not know.
	Technical bool
}

// SignedIn tells whether there is a person.
func (f Frame) SignedIn() bool { return f.User.Role != "" }

// Technical tells whether the person sees search and technical words.
func (f Frame) Technical() bool {
	return f.User.Technical || f.User.Role == appliance.RoleTechnician || f.User.Role == appliance.RoleAdministrator
}

// Note is a page message: it answers an action and stays until the next page. Level is ok, warning, critical or maintenance.
type Note struct {
	Level, Title, Text string
	Href, Link         string // one link, optional
}

// Class is the style of the note's edge.
func (n Note) Class() string {
	switch n.Level {
	case "ok":
		return "note-ok"
	case "warning":
		return "note-warn"
	case "critical":
		return "note-crit"
	case "maintenance":
		return "note-maint"
	}
	return ""
}

// Alert tells whether the note is an error: it is announced at once and gets the focus.
func (n Note) Alert() bool { return n.Level == "critical" }
