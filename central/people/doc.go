// Package people keeps who may see what at the provider: it is the storage of an access.Gate over central's records, and knows what
// the appliance's accounts have not: the groups of sites that somebody may see, the second factor, the account at a sign-in service.
//
// It keeps users, tokens, sessions and the audit in families of their own (family* below). Any number of processes may share them:
// a change of a record that somebody else changed first fails and is told.
package people

import (
	"siteward/appliance"
	"siteward/appliance/access"
)

// The roles, from least to most.
const (
	Reader        appliance.Role = "reader"     // looks
	Dispatcher    appliance.Role = "dispatcher" // takes care: acknowledges, adds sites, offers
	Administrator                = appliance.RoleAdministrator
)

// Roles lists them.
var Roles = []appliance.Role{Reader, Dispatcher, Administrator}

// The permissions.
const (
	ViewFleet    access.Permission = "fleet.view"    // sites, reports, copies of logbooks
	Acknowledge  access.Permission = "alarms.ack"    // take an alarm
	EditSites    access.Permission = "sites.edit"    // add, name, group, pause; enrolment
	EditOffers   access.Permission = "offers.edit"   // what sites are offered, and how far it goes
	EditGroups   access.Permission = "groups.edit"   //
	ManageUsers  access.Permission = "users.manage"  //
	ManageTokens access.Permission = "tokens.manage" //
	ViewAudit    access.Permission = "audit.view"    //
)

// Grants is who holds them.
var Grants = access.Grants{
	ViewFleet:    {Reader, Dispatcher, Administrator},
	Acknowledge:  {Dispatcher, Administrator},
	EditSites:    {Dispatcher, Administrator},
	EditOffers:   {Administrator},
	EditGroups:   {Administrator},
	ManageUsers:  {Administrator},
	ManageTokens: {Administrator},
	ViewAudit:    {Administrator},
}
