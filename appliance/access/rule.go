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

	of *Table // set by the table
}

// Allows says whether a role, "" being nobody, passes the rule. Inner rules let everybody through to the handler that decides.
func (r Rule) Allows(role appliance.Role) bool { return r.Need == Inner || r.of.Can(role, r.Need) }

// Table is the list of all routes with what they need. A route that is not in it does not exist for anybody.
type Table struct {
	rules  map[string]Rule
	order  []Rule
	grants Grants
	roles  []appliance.Role
}

// Grants says which roles hold which permission.
type Grants map[Permission][]appliance.Role

// NewTable puts the rules of the appliance together.
func NewTable(rules ...Rule) *Table { return NewTableOf(appliance.Roles, grants, rules...) }

// NewTableOf puts rules together for roles, from least to most, and what these may do; the last role is the administrator's. Two
// entries for one route, or one without a permission, are a mistake in the program.
func NewTableOf(roles []appliance.Role, g Grants, rules ...Rule) *Table {
	t := &Table{rules: make(map[string]Rule, len(rules)), grants: g, roles: roles}
	for _, r := range rules {
		k := r.Method + " " + r.Path
		if _, twice := t.rules[k]; twice {
			panic("access: two rules for " + k)
		}
		if !t.defined(r.Need) {
			panic("access: rule for " + k + " needs the unknown permission " + string(r.Need))
		}
		r.of = t
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

func (t *Table) defined(p Permission) bool {
	if p == Public || p == SignedIn || p == Inner || p == Knowing {
		return true
	}
	_, ok := t.grants[p]
	return ok
}

// Roles lists the roles that the table knows, from least to most.
func (t *Table) Roles() []appliance.Role { return slices.Clone(t.roles) }

// Can says whether a role holds a permission. The empty role holds Public only, an unknown permission nobody has.
func (t *Table) Can(role appliance.Role, p Permission) bool {
	switch p {
	case Public, Knowing:
		return true
	case SignedIn:
		return slices.Contains(t.roles, role)
	}
	return slices.Contains(t.grants[p], role)
}
