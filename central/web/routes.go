package web

import (
	"siteward/appliance/access"
	"siteward/central/people"
)

// Routes is the route table of the provider's pages: one line for each route, and no route without a line.
func Routes(more ...access.Rule) *access.Table {
	return access.NewTableOf(people.Roles, people.Grants, append([]access.Rule{
		// Without signing in.
		{Method: "GET", Path: "/assets/*", Need: access.Public},
		{Method: "GET", Path: "/favicon.ico", Need: access.Public},
		{Method: "GET", Path: "/robots.txt", Need: access.Public},
		{Method: "GET", Path: "/signin", Need: access.Public},
		{Method: "POST", Path: "/signin", Need: access.Public},
		{Method: "GET", Path: "/signin/code", Need: access.Public}, // guarded by the sign-in that has begun
		{Method: "POST", Path: "/signin/code", Need: access.Public},
		{Method: "GET", Path: "/signin/service", Need: access.Public},
		{Method: "GET", Path: "/signin/callback", Need: access.Public}, // guarded by state, nonce and proof key
		{Method: "GET", Path: "/setup", Need: access.Public},           // guarded by the one-time link
		{Method: "POST", Path: "/setup", Need: access.Public},

		// Everybody who is signed in.
		{Method: "POST", Path: "/signout", Need: access.SignedIn},
		{Method: "GET", Path: "/menu", Need: access.SignedIn},
		{Method: "GET", Path: "/profile", Need: access.SignedIn},
		{Method: "POST", Path: "/profile", Need: access.SignedIn},
		{Method: "POST", Path: "/profile/password", Need: access.SignedIn},
		{Method: "POST", Path: "/profile/sessions/end", Need: access.SignedIn},
		{Method: "GET", Path: "/profile/factor", Need: access.SignedIn},
		{Method: "POST", Path: "/profile/factor", Need: access.SignedIn},
		{Method: "POST", Path: "/profile/factor/off", Need: access.SignedIn},

		// The fleet.
		{Method: "GET", Path: "/", Need: people.ViewFleet},
		{Method: "GET", Path: "/fleet.csv", Need: people.ViewFleet},
		{Method: "GET", Path: "/search", Need: people.ViewFleet},
		{Method: "GET", Path: "/together", Need: people.ViewFleet},
		{Method: "GET", Path: "/sites/:site", Need: people.ViewFleet},
		{Method: "GET", Path: "/sites/:site/logbook", Need: people.ViewFleet},
		{Method: "POST", Path: "/sites/:site/logbook/copy", Need: people.EditSites},
		{Method: "GET", Path: "/sites/:site/month/:month", Need: people.ViewFleet},
		{Method: "GET", Path: "/sites/:site/month/:month/package.zip", Need: people.ViewFleet},
		{Method: "POST", Path: "/alarms/:kind/:site/acknowledge", Need: people.Acknowledge},
		{Method: "GET", Path: "/sites/:site/edit", Need: people.EditSites},
		{Method: "POST", Path: "/sites/:site/edit", Need: people.EditSites},

		{Method: "GET", Path: "/sites/new", Need: people.EditSites},
		{Method: "POST", Path: "/sites/new", Need: people.EditSites},
		{Method: "GET", Path: "/sites/:site/connection", Need: people.EditSites},
		{Method: "POST", Path: "/sites/:site/connection/code", Need: people.EditSites},
		{Method: "POST", Path: "/sites/:site/connection/code/:code/revoke", Need: people.EditSites},
		{Method: "POST", Path: "/sites/:site/connection/revoke", Need: people.EditSites},
		{Method: "GET", Path: "/offers", Need: people.EditSites},
		{Method: "POST", Path: "/offers", Need: people.EditOffers},
		{Method: "GET", Path: "/offers/:n", Need: people.EditSites},
		{Method: "POST", Path: "/offers/:n/reach", Need: people.EditOffers},

		// Settings.
		{Method: "GET", Path: "/settings", Need: people.ManageUsers},
		{Method: "GET", Path: "/settings/groups", Need: people.EditGroups},
		{Method: "POST", Path: "/settings/groups", Need: people.EditGroups},
		{Method: "POST", Path: "/settings/groups/:id", Need: people.EditGroups},
		{Method: "GET", Path: "/settings/accounts", Need: people.ManageUsers},
		{Method: "GET", Path: "/settings/accounts/new", Need: people.ManageUsers},
		{Method: "POST", Path: "/settings/accounts/new", Need: people.ManageUsers},
		{Method: "GET", Path: "/settings/accounts/:id", Need: people.ManageUsers},
		{Method: "POST", Path: "/settings/accounts/:id", Need: people.ManageUsers},
		{Method: "POST", Path: "/settings/accounts/:id/password", Need: people.ManageUsers},
		{Method: "POST", Path: "/settings/accounts/:id/factor/off", Need: people.ManageUsers},
		{Method: "POST", Path: "/settings/accounts/:id/delete", Need: people.ManageUsers},
		{Method: "GET", Path: "/settings/tokens", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/tokens", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/tokens/:id/delete", Need: people.ManageTokens},
		{Method: "GET", Path: "/settings/hooks", Need: people.ManageTokens},
		{Method: "GET", Path: "/settings/hooks/new", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/hooks/new", Need: people.ManageTokens},
		{Method: "GET", Path: "/settings/hooks/:id", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/hooks/:id", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/hooks/:id/test", Need: people.ManageTokens},
		{Method: "POST", Path: "/settings/hooks/:id/delete", Need: people.ManageTokens},
		{Method: "GET", Path: "/settings/audit", Need: people.ViewAudit},
	}, more...)...)
}
