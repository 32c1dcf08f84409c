package logbook

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// noWork are the audit's lines that change nothing anybody has to read about later: who signed in, what was looked at.
var noWork = map[string]bool{
	"audit.signed_in": true, "audit.signin_refused": true, "audit.token_refused": true, "audit.check_run": true,
	"audit.acknowledged": true, "audit.unacknowledged": true,
}

// own are the journal's lines about the appliance itself that belong into the logbook.
var own = map[string]bool{
	"event.started": true, "event.stopped": true, "event.absent": true, "event.clock_back": true, "event.store_back": true,
}

// FromEvent makes the entry of a line of the journal, when the line is work: somebody changed the configuration, or the appliance
// was started or stopped. Party is left to the caller, who knows people.
func FromEvent(e appliance.Event) (entry appliance.LogbookEntry, ok bool) {
	message := e.Message
	entry = appliance.LogbookEntry{At: e.At, Message: &message}
	if e.Device != 0 {
		entry.Devices = []appliance.ID{e.Device}
	}
	switch e.Kind {
	case appliance.EventAudit:
		entry.Kind, entry.By, entry.Subject = appliance.LogbookChange, e.By, e.Object
		return entry, !noWork[message.Key] && !strings.HasPrefix(message.Key, "audit.logbook")
	case appliance.EventMonitor:
		entry.Kind, entry.By, entry.Party = appliance.LogbookSystem, appliance.PartySiteward, appliance.PartySiteward
		return entry, own[message.Key]
	}
	return entry, false
}

// PartyOf says whose person somebody with this role is: technicians and administrators are the provider's, everybody else is the
// customer's.
func PartyOf(role appliance.Role) string {
	switch role {
	case appliance.RoleTechnician, appliance.RoleAdministrator:
		return appliance.PartyProvider
	case appliance.RoleKeyUser, appliance.RoleViewer:
		return appliance.PartyCustomer
	}
	return ""
}

// Chooses says whether a filter wants an entry. The numbers and the limit are left to who walks through the entries.
func Chooses(f appliance.LogbookFilter, e *appliance.LogbookEntry) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) &&
		(f.Device == 0 || slices.Contains(e.Devices, f.Device)) &&
		(f.Since.IsZero() || !e.At.Before(f.Since)) && (f.Until.IsZero() || e.At.Before(f.Until)) &&
		(f.Match == nil || f.Match(e))
}
