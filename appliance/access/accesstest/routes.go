package accesstest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Route is one route as registered with the router.
type Route struct{ Method, Path string }

// Do sends one request as a role, "" being nobody, with a session and its form token, and gives status and Location.
type Do func(role appliance.Role, method, path string) (status int, location string)

// CheckRoutes walks every registered route with every role and with nobody. It fails for a route without an entry in
// the table, and wherever the answer is not what the table says. Let through means any status
// but 401, 403 and a redirect to the sign-in page; the parameters are all "1", so a page may well say 404 or 400.
func CheckRoutes(t *testing.T, table *access.Table, routes []Route, do Do) {
	t.Helper()
	for _, route := range routes {
		rule, ok := table.Lookup(route.Method, route.Path)
		if !ok {
			t.Errorf("%s %s has no entry in the permission table; nobody can use it", route.Method, route.Path)
			continue
		}
		if rule.Need == access.Inner {
			continue // what is mounted there has a walk of its own
		}
		for _, role := range append([]appliance.Role{""}, table.Roles()...) {
			status, location := do(role, route.Method, Fill(route.Path))
			if through := !refused(status, location); through != rule.Allows(role) {
				t.Errorf("%s %s as %q: status %d %s, but the table says allowed = %v (%s)",
					route.Method, route.Path, role, status, location, rule.Allows(role), rule.Need)
			}
		}
	}
}

// CheckEntries fails for an entry of the table that is no route. Entries below a mount are left to its own test.
func CheckEntries(t *testing.T, table *access.Table, routes []Route) {
	t.Helper()
	used := map[access.Rule]bool{}
	var mounts []string
	for _, route := range routes {
		rule, ok := table.Lookup(route.Method, route.Path)
		used[rule] = used[rule] || ok
		if ok && rule.Need == access.Inner {
			mounts = append(mounts, strings.TrimSuffix(rule.Path, "*"))
		}
	}
	for _, rule := range table.Rules() {
		below := slices.ContainsFunc(mounts, func(m string) bool { return strings.HasPrefix(rule.Path, m) })
		if !used[rule] && !below {
			t.Errorf("%s %s stands in the permission table and is no route", rule.Method, rule.Path)
		}
	}
}

func refused(status int, location string) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden ||
		status == http.StatusSeeOther && signIn.MatchString(location)
}

var (
	signIn     = regexp.MustCompile(`^/signin(\?|$)`)
	parameters = regexp.MustCompile(`:[a-z]+|\{[a-z]+\}|\*`)
)

// Fill puts "1" in place of all parameters of a route.
func Fill(path string) string { return parameters.ReplaceAllString(path, "1") }
