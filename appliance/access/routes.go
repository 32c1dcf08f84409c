package access

// Routes is the route table of the whole program: one line for each route, and no route without a line.
// Pages use the router's ":name" parameters, the REST API those of OpenAPI, "{name}".
func Routes() *Table { return NewTable(append(pageRoutes(), apiRoutes()...)...) }

func pageRoutes() []Rule {
	return []Rule{
		// Without signing in.
		{Method: "GET", Path: "/healthz", Need: Public},
		{Method: "GET", Path: "/readyz", Need: Public},
		{Method: "GET", Path: "/assets/*", Need: Public},
		{Method: "GET", Path: "/favicon.ico", Need: Public},
		{Method: "GET", Path: "/robots.txt", Need: Public},
		{Method: "GET", Path: "/signin", Need: Public},
		{Method: "POST", Path: "/signin", Need: Public},
		{Method: "GET", Path: "/setup", Need: Public}, // guarded by the one-time link
		{Method: "POST", Path: "/setup", Need: Public},

		// Everybody who is signed in.
		{Method: "POST", Path: "/signout", Need: SignedIn},
		{Method: "GET", Path: "/menu", Need: SignedIn},
		{Method: "GET", Path: "/profile", Need: SignedIn},
		{Method: "POST", Path: "/profile", Need: SignedIn},
		{Method: "POST", Path: "/profile/password", Need: SignedIn},
		{Method: "POST", Path: "/profile/sessions/end", Need: SignedIn},

		// The present.
		{Method: "GET", Path: "/", Need: ViewStatus},
		{Method: "GET", Path: "/problems", Need: ViewStatus},
		{Method: "GET", Path: "/problems.csv", Need: ViewStatus},
		{Method: "POST", Path: "/problems/acknowledge", Need: Acknowledge},
		{Method: "GET", Path: "/events", Need: ViewStatus}, // server-sent events
		{Method: "GET", Path: "/search", Need: ViewDevices},
		{Method: "POST", Path: "/states/:check/acknowledge", Need: Acknowledge},
		{Method: "POST", Path: "/states/:check/unacknowledge", Need: Acknowledge},

		// Devices and their checks.
		{Method: "GET", Path: "/devices", Need: ViewDevices},
		{Method: "GET", Path: "/devices.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/new", Need: EditDevices},
		{Method: "POST", Path: "/devices/new", Need: EditDevices},
		{Method: "POST", Path: "/devices/try", Need: EditDevices},
		{Method: "GET", Path: "/devices/:id", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/edit", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/edit", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/delete", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/ports", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/takeover", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/pause", Need: Pause},
		{Method: "POST", Path: "/devices/:id/resume", Need: Pause},
		{Method: "POST", Path: "/devices/:id/run", Need: RunCheck},
		{Method: "GET", Path: "/devices/:id/chart", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/chart.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/interfaces.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/storages.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/supplies.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/states.csv", Need: ViewDevices},
		{Method: "GET", Path: "/devices/:id/events.csv", Need: ViewEvents},
		{Method: "GET", Path: "/devices/:id/checks/new", Need: EditDevices},
		{Method: "POST", Path: "/devices/:id/checks/new", Need: EditDevices},
		{Method: "GET", Path: "/checks/:id", Need: ViewDevices},
		{Method: "GET", Path: "/checks/:id/chart", Need: ViewDevices},
		{Method: "GET", Path: "/checks/:id/chart.csv", Need: ViewDevices},
		{Method: "GET", Path: "/checks/:id/values.csv", Need: ViewDevices},
		{Method: "GET", Path: "/checks/:id/edit", Need: EditDevices},
		{Method: "POST", Path: "/checks/:id/edit", Need: EditDevices},
		{Method: "POST", Path: "/checks/:id/delete", Need: EditDevices},
		{Method: "POST", Path: "/checks/:id/pause", Need: Pause},
		{Method: "POST", Path: "/checks/:id/resume", Need: Pause},
		{Method: "POST", Path: "/checks/:id/run", Need: RunCheck},
		{Method: "GET", Path: "/journal", Need: ViewEvents},
		{Method: "GET", Path: "/journal.csv", Need: ViewEvents},

		// The logbook. There is no route that changes an entry.
		{Method: "GET", Path: "/logbook", Need: ViewLogbook},
		{Method: "GET", Path: "/logbook.csv", Need: ViewLogbook},
		{Method: "GET", Path: "/logbook/export", Need: ViewLogbook},
		{Method: "GET", Path: "/logbook/new", Need: WriteLogbook},
		{Method: "POST", Path: "/logbook/new", Need: WriteLogbook},
		{Method: "GET", Path: "/logbook/:seq", Need: ViewLogbook},

		// Backups.
		{Method: "GET", Path: "/backups", Need: ViewBackups},
		{Method: "GET", Path: "/backups.csv", Need: ViewBackups},
		{Method: "GET", Path: "/backups/:id", Need: ViewBackups},
		{Method: "GET", Path: "/backups/:id/chart", Need: ViewBackups},
		{Method: "GET", Path: "/backups/:id/runs.csv", Need: ViewBackups},
		{Method: "GET", Path: "/backups/:id/edit", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/edit", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/accept", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/ignore", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/merge", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/restore", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/pause", Need: Pause},
		{Method: "POST", Path: "/backups/:id/resume", Need: Pause},
		{Method: "GET", Path: "/backups/:id/delete", Need: EditBackups},
		{Method: "POST", Path: "/backups/:id/delete", Need: EditBackups},

		// Settings.
		{Method: "GET", Path: "/settings", Need: ViewSettings},
		{Method: "GET", Path: "/settings/site", Need: ViewSettings},
		{Method: "POST", Path: "/settings/site", Need: EditSite},
		{Method: "GET", Path: "/settings/file", Need: ApplySite},
		{Method: "POST", Path: "/settings/file", Need: ApplySite},
		{Method: "GET", Path: "/settings/file/export", Need: ApplySite},
		{Method: "GET", Path: "/settings/jobs", Need: ViewSettings},
		{Method: "GET", Path: "/settings/jobs.csv", Need: ViewSettings},
		{Method: "GET", Path: "/settings/store", Need: ViewSettings},
		{Method: "GET", Path: "/settings/store/backup", Need: Backup},
		{Method: "POST", Path: "/settings/store/verify", Need: Backup},
		{Method: "GET", Path: "/settings/audit", Need: ViewAudit},
		{Method: "GET", Path: "/settings/audit.csv", Need: ViewAudit},
		{Method: "GET", Path: "/settings/traps", Need: ViewTraps},
		{Method: "GET", Path: "/settings/traps.csv", Need: ViewTraps},
		{Method: "POST", Path: "/settings/traps", Need: EditSite},
		{Method: "POST", Path: "/devices/:id/reboots", Need: EditDevices},
		{Method: "GET", Path: "/devices/:id/walk", Need: Walk},
		{Method: "POST", Path: "/devices/:id/walk", Need: Walk},
		{Method: "GET", Path: "/devices/:id/walk.snmprec", Need: Walk},
		{Method: "GET", Path: "/settings/credentials", Need: ViewCredentials},
		{Method: "GET", Path: "/settings/credentials.csv", Need: ViewCredentials},
		{Method: "GET", Path: "/settings/credentials/new", Need: EditCredentials},
		{Method: "POST", Path: "/settings/credentials/new", Need: EditCredentials},
		{Method: "GET", Path: "/settings/credentials/:id", Need: EditCredentials},
		{Method: "POST", Path: "/settings/credentials/:id", Need: EditCredentials},
		{Method: "GET", Path: "/settings/credentials/:id/delete", Need: EditCredentials},
		{Method: "POST", Path: "/settings/credentials/:id/delete", Need: EditCredentials},
		{Method: "GET", Path: "/settings/users", Need: ManageUsers},
		{Method: "GET", Path: "/settings/users.csv", Need: ManageUsers},
		{Method: "GET", Path: "/settings/users/new", Need: ManageUsers},
		{Method: "POST", Path: "/settings/users/new", Need: ManageUsers},
		{Method: "GET", Path: "/settings/users/:id", Need: ManageUsers},
		{Method: "POST", Path: "/settings/users/:id", Need: ManageUsers},
		{Method: "POST", Path: "/settings/users/:id/password", Need: ManageUsers},
		{Method: "GET", Path: "/settings/users/:id/delete", Need: ManageUsers},
		{Method: "POST", Path: "/settings/users/:id/delete", Need: ManageUsers},
		{Method: "GET", Path: "/settings/tokens", Need: ManageTokens},
		{Method: "GET", Path: "/settings/tokens.csv", Need: ManageTokens},
		{Method: "POST", Path: "/settings/tokens/new", Need: ManageTokens},
		{Method: "GET", Path: "/settings/tokens/:id/delete", Need: ManageTokens},
		{Method: "POST", Path: "/settings/tokens/:id/delete", Need: ManageTokens},
	}
}

func apiRoutes() []Rule {
	rules := []Rule{
		{Method: "GET", Path: "/site", Need: ViewDevices},
		{Method: "GET", Path: "/devices", Need: ViewDevices},
		{Method: "POST", Path: "/devices", Need: EditDevices},
		{Method: "GET", Path: "/devices/{id}", Need: ViewDevices},
		{Method: "PUT", Path: "/devices/{id}", Need: EditDevices},
		{Method: "DELETE", Path: "/devices/{id}", Need: EditDevices},
		{Method: "POST", Path: "/devices/{id}/pause", Need: Pause},
		{Method: "DELETE", Path: "/devices/{id}/pause", Need: Pause},
		{Method: "GET", Path: "/checks", Need: ViewDevices},
		{Method: "POST", Path: "/checks", Need: EditDevices},
		{Method: "GET", Path: "/checks/{id}", Need: ViewDevices},
		{Method: "PUT", Path: "/checks/{id}", Need: EditDevices},
		{Method: "DELETE", Path: "/checks/{id}", Need: EditDevices},
		{Method: "POST", Path: "/checks/{id}/run", Need: RunCheck},
		{Method: "GET", Path: "/checks/{id}/reading", Need: ViewDevices},
		{Method: "POST", Path: "/checks/{id}/pause", Need: Pause},
		{Method: "DELETE", Path: "/checks/{id}/pause", Need: Pause},
		{Method: "GET", Path: "/states", Need: ViewDevices},
		{Method: "POST", Path: "/states/{check}/{item}/ack", Need: Acknowledge},
		{Method: "DELETE", Path: "/states/{check}/{item}/ack", Need: Acknowledge},
		{Method: "GET", Path: "/series", Need: ViewDevices},
		{Method: "GET", Path: "/samples", Need: ViewDevices},
		{Method: "GET", Path: "/events", Need: ViewEvents},
		{Method: "GET", Path: "/traps", Need: ViewTraps},
		{Method: "GET", Path: "/tokens", Need: ManageTokens},
		{Method: "POST", Path: "/tokens", Need: ManageTokens},
		{Method: "DELETE", Path: "/tokens/{id}", Need: ManageTokens},
	}
	for i := range rules {
		rules[i].Path, rules[i].Bearer = APIPrefix+rules[i].Path, true
	}
	return append(rules,
		Rule{Method: "GET", Path: "/api/openapi.json", Need: Public, Bearer: true},
		Rule{Method: "*", Path: APIPrefix + "/*", Need: Inner, Bearer: true}, // the mount: each operation above is asked for
		Rule{Method: "GET", Path: "/metrics", Need: ReadMetrics, Bearer: true},
	)
}

// APIPrefix is where the REST API is mounted.
const APIPrefix = "/api/v1"
