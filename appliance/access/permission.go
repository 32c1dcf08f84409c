package access

import (
	"slices"

	"siteward/appliance"
)

// Permission names one thing that a role may do.
type Permission string

// The permissions. Public, SignedIn, Inner and Knowing are not granted to roles: they say how a route is guarded instead.
const (
	Public   Permission = "public"    // anybody, signed in or not
	SignedIn Permission = "signed-in" // every user, whatever the role: one's own profile
	Inner    Permission = "inner"     // the handler behind asks the table itself, for each of its own routes
	Knowing  Permission = "knowing"   // a program that knows the secret in the address; no session, cookie or form token is looked at

	ViewStatus      Permission = "status.view"  // start, problems, live changes
	ViewDevices     Permission = "devices.view" // devices, checks, states, charts
	ViewBackups     Permission = "backups.view" // jobs, runs, the calendar
	EditBackups     Permission = "backups.edit" // accept, change, merge, restore tests
	ViewEvents      Permission = "events.view"  // the journal without the audit
	ViewAudit       Permission = "audit.view"   // who changed what
	ViewLogbook     Permission = "logbook.view"
	WriteLogbook    Permission = "logbook.write"
	SignRound       Permission = "round.sign"
	ViewTickets     Permission = "tickets.view"   // without internal notes for the customer's roles
	ReportTickets   Permission = "tickets.report" // open, answer, open again
	WorkTickets     Permission = "tickets.work"   // everything else that is done with a ticket
	ViewContract    Permission = "contract.view"
	EditContract    Permission = "contract.edit"
	Acknowledge     Permission = "states.acknowledge"
	AnswerWindows   Permission = "windows.answer" // confirm, ask for another slot, refuse
	EditWindows     Permission = "windows.edit"   // plan, announce, begin and end maintenance
	Pause           Permission = "devices.pause"
	RunCheck        Permission = "checks.run"
	EditDevices     Permission = "devices.edit" // devices, checks, limits, ports
	ViewCredentials Permission = "credentials.view"
	EditCredentials Permission = "credentials.edit"
	ViewTraps       Permission = "traps.view"    // what devices sent by themselves: traps, and messages of syslog
	Walk            Permission = "devices.walk"  // read anything of a device over SNMP
	ViewSettings    Permission = "settings.view" // site, jobs, store, health
	EditSite        Permission = "site.edit"
	ApplySite       Permission = "site.apply" // the site file, in and out
	Backup          Permission = "store.backup"
	ManageUsers     Permission = "users.manage"
	ManageTokens    Permission = "tokens.manage"
	ViewSources     Permission = "sources.view" // where logs are read from
	EditSources     Permission = "sources.edit"
	ReadMetrics     Permission = "metrics.read"
	ViewContacts    Permission = "contacts.view"    // who is told what, and what was told
	EditContacts    Permission = "contacts.edit"    // contacts, channels, routes, the mail server
	ViewProvider    Permission = "provider.view"    // who receives reports, what is offered
	ConnectProvider Permission = "provider.connect" // the customer's own: connect, leave, accept and refuse what is offered
	ViewSent        Permission = "sent.view"        // what was sent to the provider, byte by byte
	EditSent        Permission = "sent.edit"        // the customer's own: what leaves
)

// grants is the permission table: every role that holds a permission is named, so that a reader sees all of it at once.
var grants = Grants{
	ViewStatus:      {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewDevices:     {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ReadMetrics:     {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewEvents:      {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewLogbook:     {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	WriteLogbook:    {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	SignRound:       {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewTickets:     {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ReportTickets:   {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	WorkTickets:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewContract:    {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	EditContract:    {appliance.RoleAdministrator},
	Acknowledge:     {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	AnswerWindows:   {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	EditWindows:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	RunCheck:        {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewBackups:     {appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	EditBackups:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	Pause:           {appliance.RoleTechnician, appliance.RoleAdministrator},
	EditDevices:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewCredentials: {appliance.RoleTechnician, appliance.RoleAdministrator},
	EditCredentials: {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewTraps:       {appliance.RoleTechnician, appliance.RoleAdministrator},
	Walk:            {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewSettings:    {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewAudit:       {appliance.RoleTechnician, appliance.RoleAdministrator},
	EditSite:        {appliance.RoleAdministrator},
	ApplySite:       {appliance.RoleAdministrator},
	Backup:          {appliance.RoleAdministrator},
	ManageUsers:     {appliance.RoleAdministrator},
	ManageTokens:    {appliance.RoleAdministrator},
	ViewSources:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewContacts:    {appliance.RoleTechnician, appliance.RoleAdministrator},
	EditContacts:    {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewSent:        {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	EditSent:        {appliance.RoleKeyUser, appliance.RoleAdministrator},
	EditSources:     {appliance.RoleTechnician, appliance.RoleAdministrator},
	ViewProvider:    {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	ConnectProvider: {appliance.RoleKeyUser, appliance.RoleAdministrator},
}

var ours = &Table{grants: grants, roles: appliance.Roles}

// Can says whether a role of the appliance holds a permission.
func Can(role appliance.Role, p Permission) bool { return ours.Can(role, p) }

// Permissions lists what roles are granted, sorted, for documents and tests.
func Permissions() []Permission {
	list := make([]Permission, 0, len(grants))
	for p := range grants {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}
