package access

import (
	"net/http"
	"slices"
	"strings"

	"siteward/appliance"
)

// Rule is the entry of one route in the table.
type Rule struct {
	Method string // "GET" answers HEAD too; "*" any method
	Path   string // as registered: "/devices/:id", "/api/v1/devices/{id}", "/assets/*"
	Need   Permission
	Bearer bool // API tokens are taken; without it only a session opens the route
	// Body is how much a form of this route may send, in octets; 0 is maxForm. What is larger is cut off while it comes.
	Body int64
}

// Allows says whether a role, "" being nobody, passes the rule. Inner rules let everybody through to the handler that decides.
func (r Rule) Allows(role appliance.Role) bool { return r.Need == Inner || Can(role, r.Need) }

// Table is the list of all routes with what they need. A route that is not in it does not exist for anybody.
type Table struct {
	rules map[string]Rule
	order []Rule
}

// NewTable puts rules together. Two entries for one route, or one without a permission, are a mistake in the program.
func NewTable(rules ...Rule) *Table {
	t := &Table{rules: make(map[string]Rule, len(rules))}
	for _, r := range rules {
		k := r.Method + " " + r.Path
		if _, twice := t.rules[k]; twice {
			panic("access: two rules for " + k)
		}
		if !defined(r.Need) {
			panic("access: rule for " + k + " needs the unknown permission " + string(r.Need))
		}
		t.rules[k] = r
		t.order = append(t.order, r)
	}
	return t
}

// Lookup finds the rule of a route as it was registered with the router. A rule for the method goes before one for any.
func (t *Table) Lookup(method, routePath string) (Rule, bool) {
	method = strings.ToUpper(method)
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if r, ok := t.rules[method+" "+routePath]; ok {
		return r, true
	}
	r, ok := t.rules["* "+routePath]
	return r, ok
}

// Rules lists the entries in the order they were given.
func (t *Table) Rules() []Rule { return slices.Clone(t.order) }

func defined(p Permission) bool {
	if p == Public || p == SignedIn || p == Inner || p == Knowing {
		return true
	}
	_, ok := grants[p]
	return ok
}
