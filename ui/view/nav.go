package view

import (
	"slices"

	"siteward/appliance"
)

// NavItem is one entry of the navigation. The word is nav.<Key> of the locales.
type NavItem struct {
	Key, Icon, Href string
	Group           int              // entries of a group stand together; 0 now, 1 work, 2 proof, 3 settings
	Roles           []appliance.Role // nobody else sees it
	Dock            bool             // also in the bottom bar of a phone
}

var (
	everybody = appliance.Roles
	customers = []appliance.Role{appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator}
	managers  = []appliance.Role{appliance.RoleTechnician, appliance.RoleAdministrator}
)

// Nav is the navigation in the order of DESIGN.md: the same for every role, roles only hide. A page that comes later is one row here.
var Nav = []NavItem{
	{Key: "start", Icon: "house", Href: "/", Group: 0, Roles: everybody, Dock: true},
	{Key: "problems", Icon: "triangle-alert", Href: "/problems", Group: 0, Roles: everybody, Dock: true},
	{Key: "devices", Icon: "server", Href: "/devices", Group: 0, Roles: everybody, Dock: true},
	{Key: "backups", Icon: "archive", Href: "/backups", Group: 0, Roles: everybody},
	{Key: "power", Icon: "plug-zap", Href: "/power", Group: 0, Roles: everybody},
	{Key: "round", Icon: "clipboard-check", Href: "/round", Group: 1, Roles: everybody},
	{Key: "eventchecks", Icon: "search-check", Href: "/eventchecks", Group: 1, Roles: managers},
	{Key: "tickets", Icon: "ticket", Href: "/tickets", Group: 1, Roles: customers, Dock: true},
	{Key: "maintenance", Icon: "wrench", Href: "/maintenance", Group: 1, Roles: everybody},
	{Key: "contract", Icon: "file-text", Href: "/contract", Group: 2, Roles: customers},
	{Key: "logbook", Icon: "book-open", Href: "/logbook", Group: 2, Roles: everybody},
	{Key: "provider", Icon: "send", Href: "/settings/provider", Group: 2, Roles: customers},
	{Key: "sent", Icon: "receipt-text", Href: "/sent", Group: 2, Roles: customers},
	{Key: "settings", Icon: "settings", Href: "/settings", Group: 3, Roles: managers},
}

// NavLink is an entry as one person sees it.
type NavLink struct {
	NavItem
	Current bool
	Count   int
}

// Menu is the navigation of this person in its groups.
func (f Frame) Menu() [][]NavLink {
	var groups [][]NavLink
	last := -1
	for _, l := range f.links() {
		if l.Group != last {
			groups = append(groups, nil)
			last = l.Group
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], l)
	}
	return groups
}

// Dock is the bottom bar of a phone, without its last entry, the menu page.
func (f Frame) Dock() []NavLink {
	return slices.DeleteFunc(f.links(), func(l NavLink) bool { return !l.Dock })
}

func (f Frame) links() []NavLink {
	var out []NavLink
	entries := f.Entries
	if entries == nil {
		entries = Nav
	}
	for _, n := range entries {
		if slices.Contains(n.Roles, f.User.Role) {
			out = append(out, NavLink{NavItem: n, Current: n.Key == f.Nav, Count: f.Counts[n.Key]})
		}
	}
	return out
}
