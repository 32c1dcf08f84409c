package profile

import (
	"regexp"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
	"siteward/probes/snmp/mib"
)

// Profile is one compiled profile file.
type Profile struct {
	Name  string
	Title string

	kind       appliance.Kind
	priority   int
	precedence map[string]int
	rules      []rule
	also       []string
	hides      []string
	identity   map[string][]*sourceSpec
	scalars    []*spec
	outs       []*out // of scalars
	tables     []*tableSpec
	traps      []*Trap
	inventory  []*inventorySpec
}

// always says that the profile applies to every device.
func (p *Profile) always() bool {
	return slices.ContainsFunc(p.rules, func(r rule) bool { return r.always })
}

type rule struct {
	always bool
	ids    []mib.OID
	descr  *regexp.Regexp
	exists []mib.OID
	under  []mib.OID
}

type outKind uint8

const (
	outValue outKind = iota
	outStatus
	outText
)

// out is something a reading gets: a value computed by expr, a status by the enum of an object, or a text.
type out struct {
	kind     outKind
	name     string
	unit     string
	bounds   span // of the unit
	counter  bool
	zero     bool // a 0 is a measurement, also where it mostly means "no sensor"
	expr     *expr
	object   string
	enum     *enum
	bits     bool
	tmpl     *template
	source   string    // of aggregates: the first instance that counts
	instance string    // of scalars
	label    *template // of scalars
}

type tableSpec struct {
	name    string
	indexBy string
	prefix  string
	anchor  []string
	columns []*spec
	rows    []*rowsSpec
	aggs    []*aggSpec
}

type rowsSpec struct {
	when, unless []condition
	first, quiet bool
	label        *template
	outs         []*out
}

type aggSpec struct {
	name         string
	out          *out
	over         string
	when, unless []condition
}

// sourceSpec is a compiled source of the identity.
type sourceSpec struct {
	from   string
	when   []condition
	re     *regexp.Regexp
	value  *template
	prefix map[mib.OID]string
}

// compiler collects the errors of one file, so that its author sees all of them at once.
type compiler struct {
	path  string
	enums map[string]*enum
	errs  []error
}

func (c *compiler) fail(format string, args ...any) {
	c.errs = append(c.errs, invalid(c.path, format, args...))
}

var (
	profileForm = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,63}$`)
	metricForm  = lazyregexp.New(`^[a-z]+(\.[a-z0-9_]+)+$`)
	identityKey = []string{"vendor", "model", "serial", "firmware", "kind"}
)

func compile(f *file) (*Profile, []error) {
	c := &compiler{path: f.path, enums: map[string]*enum{}}
	p := &Profile{Name: f.Name, Title: f.Title, kind: appliance.Kind(f.Kind), priority: f.Priority, precedence: f.Precedence, also: f.Also, hides: f.Hides}
	if !profileForm.MatchString(f.Name) {
		c.fail("name %q: lower-case letters, digits and - only", f.Name)
	}
	if f.Kind != "" && !slices.Contains(appliance.Kinds, p.kind) {
		c.fail("kind %q is not one of %v", f.Kind, appliance.Kinds)
	}
	for family := range f.Precedence {
		c.family("precedence", family)
	}
	for _, family := range f.Hides {
		c.family("hides", family)
	}
	for name, lines := range f.Enums {
		e, err := parseEnum(lines)
		if err != nil {
			c.fail("enum %s: %v", name, err)
			continue
		}
		c.enums[name] = e
	}
	c.rules(p, f.Match)
	c.scalars(p, f)
	for _, t := range f.Tables {
		p.tables = append(p.tables, c.table(t))
	}
	for _, t := range f.Inventory {
		p.inventory = append(p.inventory, c.inventoryTable(t))
	}
	c.identity(p, f.Identity)
	c.traps(p, f)
	return p, c.errs
}

func (c *compiler) family(key, name string) {
	if _, known := families[name]; !known {
		c.fail("%s: %q is no family of metrics (docs/profiles.md lists them)", key, name)
	}
}

func (c *compiler) rules(p *Profile, rules []matchRule) {
	for _, m := range rules {
		r := rule{always: m.Always, ids: c.oids(m.SysObjectID), exists: c.oids(m.Exists), under: c.oids(m.Under)}
		if m.SysDescr != "" {
			r.descr = c.regexp("sysDescr", m.SysDescr)
		}
		if !r.always && r.ids == nil && r.descr == nil && r.exists == nil && r.under == nil {
			c.fail("match: a rule without a condition; write `always: true` if that is meant")
		}
		p.rules = append(p.rules, r)
	}
}

func (c *compiler) oids(all []string) []mib.OID {
	var oids []mib.OID
	for _, o := range all {
		if !oidForm.MatchString(o) {
			c.fail("match: %q is not an OID in dotted decimal without a leading dot", o)
		}
		oids = append(oids, mib.OID(o))
	}
	return oids
}

func (c *compiler) regexp(where, text string) *regexp.Regexp {
	re, err := regexp.Compile(text)
	if err != nil {
		c.fail("%s: %v", where, err)
		return regexp.MustCompile(`^$`)
	}
	return re
}

func (c *compiler) scalars(p *Profile, f *file) {
	for _, o := range f.Scalars {
		s := c.object(o)
		if s == nil {
			continue
		}
		p.scalars = append(p.scalars, s)
		outs := c.inline(o)
		for _, out := range outs {
			out.instance, out.label = o.Instance, c.template(o.Label)
		}
		p.outs = append(p.outs, outs...)
	}
	for _, m := range f.Metrics {
		out := c.metric(m)
		out.instance, out.label = m.Instance, c.template(m.Label)
		p.outs = append(p.outs, out)
	}
}

func (c *compiler) object(o object) *spec {
	s, err := compileObject(o)
	if err != nil {
		c.fail("%v", err)
		return nil
	}
	if o.Words != "" {
		s.words = c.enum(o.Name, o.Words)
	}
	return s
}

// inline makes the outputs that stand on an object itself.
func (c *compiler) inline(o object) []*out {
	var outs []*out
	if o.Metric != "" {
		m := c.metric(metric{Metric: o.Metric, Unit: o.Unit, Value: o.Name, Counter: o.Counter})
		m.zero = o.Zero == "real"
		outs = append(outs, m)
	}
	if o.Zero != "" && o.Zero != "real" {
		c.fail("%s: zero is real or left out, not %q", o.Name, o.Zero)
	}
	if o.Status != "" {
		outs = append(outs, c.status(statusOut{Status: o.Status, Object: o.Name, Enum: o.Enum, Bits: o.Bits}))
	}
	if o.Text != "" {
		outs = append(outs, c.text(textOut{Text: o.Text, Object: o.Name, Enum: o.Enum}))
	}
	return outs
}

func (c *compiler) metric(m metric) *out {
	c.name("metric", m.Metric)
	if _, known := units[m.Unit]; !known {
		c.fail("metric %s: unit %q is not known (docs/profiles.md lists them)", m.Metric, m.Unit)
	}
	e, err := parseExpr(m.Value)
	if err != nil {
		c.fail("metric %s: %v", m.Metric, err)
		e = &expr{ops: []op{{code: 'n'}}}
	}
	if m.Counter && len(e.ops) != 1 {
		c.fail("metric %s: a counter is one object; scale it on the object", m.Metric)
	}
	return &out{kind: outValue, name: m.Metric, unit: m.Unit, bounds: units[m.Unit], expr: e, counter: m.Counter}
}

func (c *compiler) status(s statusOut) *out {
	c.name("status", s.Status)
	return &out{kind: outStatus, name: s.Status, object: s.Object, enum: c.enum(s.Status, s.Enum), bits: s.Bits}
}

func (c *compiler) enum(user, name string) *enum {
	if e := c.enums[name]; e != nil {
		return e
	}
	c.fail("%s: there is no enum %q in this file", user, name)
	return &enum{}
}

func (c *compiler) text(t textOut) *out {
	c.name("text", t.Text)
	if t.Object != "" {
		t.Value = "{" + t.Object + "}"
	}
	out := &out{kind: outText, name: t.Text, object: t.Object, tmpl: c.template(t.Value)}
	if t.Enum != "" {
		out.enum = c.enum(t.Text, t.Enum)
	}
	return out
}

func (c *compiler) name(what, name string) {
	if !metricForm.MatchString(name) {
		c.fail("%s %q: write family.detail in lower case, such as ups.charge_percent", what, name)
		return
	}
	family, _, _ := strings.Cut(name, ".")
	c.family(what+" "+name, family)
}

func (c *compiler) template(s string) *template {
	t, err := parseTemplate(s)
	if err != nil {
		c.fail("%v", err)
		return &template{}
	}
	return t
}

func (c *compiler) identity(p *Profile, identity map[string][]source) {
	p.identity = map[string][]*sourceSpec{}
	for key, sources := range identity {
		if !slices.Contains(identityKey, key) {
			c.fail("identity: %q is not one of %v", key, identityKey)
		}
		for _, s := range sources {
			p.identity[key] = append(p.identity[key], c.source(key, s))
		}
	}
}

func (c *compiler) source(key string, s source) *sourceSpec {
	out := &sourceSpec{from: s.From, when: c.conditions(s.When)}
	if s.Regexp != "" {
		out.re = c.regexp("identity "+key, s.Regexp)
	}
	if s.Value != "" {
		out.value = c.template(s.Value)
	}
	for prefix, value := range s.Prefix {
		if out.prefix == nil {
			out.prefix = map[mib.OID]string{}
		}
		if !oidForm.MatchString(prefix) {
			c.fail("identity %s: %q is not an OID", key, prefix)
		}
		out.prefix[mib.OID(prefix)] = value
	}
	if s.From == "" && s.Value == "" {
		c.fail("identity %s: a source needs from or value", key)
	}
	return out
}
