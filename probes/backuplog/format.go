package backuplog

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// Format is what is known about the logs of one product.
type Format struct {
	Name, Title, Product string

	over, programs        []string
	last, reversed, keyed bool
	binary                bool
	monthFirst            bool
	gap                   time.Duration
	line                  []*pattern
	strip                 []*regexp.Regexp
	words                 []word
	rules                 []*rule
	docs                  []*doc
	judge                 []judgement
}

// pattern is an expression with the places of its named groups.
type pattern struct {
	re     *regexp.Regexp
	groups []string // of each group, "" when it has no name
}

type word struct {
	re     *regexp.Regexp
	status appliance.RunStatus
}

// rule is what a line means.
type rule struct {
	match []*pattern
	sign  bool

	ignore, also, inside, end, final, close, clears, cause, join, reopen, proof, utc, own, instead bool
	praises                                                                                        bool // may make a success of a run, or forget what went wrong
	mark, at                                                                                       string

	begin   string
	kind    appliance.RunKind
	hasKind bool
	status  appliance.RunStatus
	pending appliance.RunStatus
	overall appliance.RunStatus
	count   []string
	sum     []string
	keep    []string
	scale   float64
	of      string
	set     map[string]string
	event   appliance.UPSEventKind
	state   string
	flags   bool
	words   []word
}

type judgement struct {
	when   []condition
	status appliance.RunStatus
}

type condition struct {
	field, op string
	value     float64
}

// fieldNames are the groups that a pattern may have.
var fieldNames = set("job key start end time took bytes files errors status message ups text level host skip")

func compile(f *file) (*Format, []error) {
	c := &compiler{f: f, out: &Format{Name: f.Format, Title: f.Title, Product: f.Product, over: f.Over, programs: f.Programs, last: f.Last, keyed: f.Key == "job", reversed: f.Reversed, binary: f.Binary, monthFirst: f.Dates == "mdy"}}
	if f.Format == "" {
		c.wrong("format: a format needs a name")
	}
	if c.out.Product == "" {
		c.out.Product = f.Format
	}
	if c.out.Title == "" {
		c.out.Title = c.out.Product
	}
	c.out.gap = 3 * time.Hour
	if f.Gap != "" {
		d, err := time.ParseDuration(f.Gap)
		if err != nil || d <= 0 {
			c.wrong("gap %q: write it like 90m or 3h", f.Gap)
		}
		c.out.gap = d
	}
	for _, l := range f.Line {
		c.out.line = append(c.out.line, c.pattern("line", l))
	}
	for _, s := range f.JobStrip {
		if re := c.regexp("job_strip", s); re != nil {
			c.out.strip = append(c.out.strip, re)
		}
	}
	c.out.words = c.words("words", f.Words)
	for i := range f.Rules {
		c.out.rules = append(c.out.rules, c.rule(&f.Rules[i], true))
	}
	for _, r := range c.out.rules {
		r.praises = c.out.praising(r)
	}
	for i := range f.Docs {
		c.out.docs = append(c.out.docs, c.doc(&f.Docs[i]))
	}
	for _, j := range f.Judge {
		c.out.judge = append(c.out.judge, c.judgement(j))
	}
	if len(c.out.rules)+len(c.out.docs) == 0 {
		c.wrong("rules: a format needs at least one")
	}
	return c.out, c.errs
}

type compiler struct {
	f    *file
	out  *Format
	errs []error
}

func (c *compiler) wrong(format string, args ...any) {
	c.errs = append(c.errs, invalid(c.f.path, format, args...))
}

func (c *compiler) regexp(key, s string) *regexp.Regexp {
	re, err := regexp.Compile(s)
	if err != nil {
		c.wrong("%s: %v", key, err)
		return nil
	}
	if len(s) > 2000 {
		c.wrong("%s: an expression has at most 2,000 letters", key)
	}
	return re
}

func (c *compiler) pattern(key, s string) *pattern {
	re := c.regexp(key, s)
	if re == nil {
		return &pattern{re: regexp.MustCompile(`^\z.`)}
	}
	p := &pattern{re: re, groups: re.SubexpNames()}
	for _, g := range p.groups {
		if g != "" && !fieldNames[g] {
			c.wrong("%s: there is no field %q; fields are job key start end time took bytes files errors status message ups", key, g)
		}
	}
	return p
}

func (c *compiler) rule(f *ruleFile, needsMatch bool) *rule {
	r := &rule{
		sign: f.Sign, ignore: f.Ignore, also: f.Also, inside: f.Inside, end: f.End, final: f.Final, close: f.Close, clears: f.Clears, cause: f.Cause, join: f.Join, reopen: f.Reopen, proof: f.Proof, utc: f.UTC, own: f.Own, instead: f.Instead, mark: f.Mark, at: f.At,
		begin: f.Begin, count: f.Count, sum: f.Sum, keep: f.Keep, scale: f.Scale, of: f.Of, set: f.Set, event: appliance.UPSEventKind(f.Event), state: f.State, flags: f.Flags,
	}
	if needsMatch && len(f.Match) == 0 {
		c.wrong("rules: a rule needs match")
	}
	for _, m := range f.Match {
		p := c.pattern("match", m)
		if p.groups != nil && anchorsOf(m) == nil {
			c.wrong("match %q: it needs a fixed text of at least %d letters, so that lines it does not mean are passed over quickly", m, minAnchor)
		}
		r.match = append(r.match, p)
	}
	if !slices.Contains([]string{"", "start", "end", "told"}, f.At) {
		c.wrong("at %q: use start, end or told", f.At)
	}
	if r.mark == "" && len(f.Match) > 0 {
		r.mark = f.Match[0]
	}
	if !slices.Contains([]string{"", "always", "decided", "clean", "repeat", "again", "job", "group"}, f.Begin) {
		c.wrong("begin %q: use always, decided, clean, repeat, again, job or group", f.Begin)
	}
	r.kind, r.hasKind = c.kind(f.Kind), f.Kind != ""
	r.status, r.pending, r.overall = c.status("status", f.Status), c.status("pending", f.Pending), c.status("overall", f.Overall)
	r.words = c.words("words", f.Words)
	if r.end && r.status == "" && len(r.words) == 0 && len(c.out.words) == 0 {
		c.wrong("end: a rule that ends a run needs a status, or words for the group status")
	}
	return r
}

func (c *compiler) status(key, s string) appliance.RunStatus {
	v := appliance.RunStatus(s)
	switch v {
	case "", appliance.RunSuccess, appliance.RunWarning, appliance.RunFailed, appliance.RunIncomplete, appliance.RunRunning:
		return v
	}
	c.wrong("%s %q: use success, warning, failed, running or incomplete", key, s)
	return ""
}

func (c *compiler) kind(s string) appliance.RunKind {
	v := appliance.RunKind(s)
	switch v {
	case "backup":
		return appliance.RunBackup
	case appliance.RunBackup, appliance.RunCheck, appliance.RunPrune, appliance.RunGC, appliance.RunCopy, appliance.RunRestore, appliance.RunList:
		return v
	}
	c.wrong("kind %q: use backup, check, prune, gc, copy, restore or version_list", s)
	return ""
}

// words are tried longest first, so that "completed with errors" wins over "completed".
func (c *compiler) words(key string, m map[string]string) (all []word) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for _, k := range keys {
		if re := c.regexp(key, `(?i)^\W*(?:`+k+`)\W*$`); re != nil {
			all = append(all, word{re, c.status(key, m[k])})
		}
	}
	return all
}

func (c *compiler) judgement(f judgeFile) judgement {
	j := judgement{status: c.status("judge", f.Status)}
	for _, s := range f.If {
		parts := strings.Fields(s)
		v, ok := 0.0, false
		if len(parts) == 3 {
			v, ok = decimal(parts[2])
		}
		if !ok || !slices.Contains([]string{"=", ">", "<", ">=", "<=", "!="}, parts[1]) || !slices.Contains([]string{"bytes", "files", "errors", "status", "kept", "lost"}, parts[0]) {
			c.wrong("judge %q: write it like errors > 0, with bytes, files, errors, kept, lost or status and spaces between", s)
			continue
		}
		j.when = append(j.when, condition{parts[0], parts[1], v})
	}
	return j
}

func (c condition) holds(v float64) bool {
	switch c.op {
	case "=":
		return v == c.value
	case "!=":
		return v != c.value
	case ">":
		return v > c.value
	case "<":
		return v < c.value
	case ">=":
		return v >= c.value
	}
	return v <= c.value
}

// statusOf finds what a word means.
func statusOf(s string, lists ...[]word) appliance.RunStatus {
	for _, list := range lists {
		for _, w := range list {
			if w.re.MatchString(s) {
				return w.status
			}
		}
	}
	return ""
}
