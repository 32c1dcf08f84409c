package backuplog

import (
	"regexp"
	"slices"
	"strings"

	"siteward/appliance"
)

// A file may be called as it likes: "/srv/daten/TASK OK", "D:\\Daten\\Backup completed successfully.docx". So what stands behind the
// beginning of a path never makes a success of a run; that it may make less of one is the safe side.

// pathBefore is a path that has begun. Those of programs stand before what the programs say.
var pathBefore = regexp.MustCompile(`(?:^|[\s"'=(\[>])(?:/(?:[^/\s]|$)|[A-Za-z]:\\|\\\\\w)`)

var programPath = regexp.MustCompile(`^\S*?/(?:usr|s?bin|opt|lib|libexec)/`)

// named says that a rule matched the name of a file.
func (m *machine) named(p *pattern, l line) bool {
	text := l.text
	at := p.re.FindStringIndex(text)
	if at == nil {
		text = l.whole
		at = p.re.FindStringIndex(text)
	}
	if at == nil {
		return false
	}
	before := l.whole[:max(0, len(l.whole)-len(text)+at[0])]
	if !strings.HasSuffix(l.whole, text) {
		before = text[:at[0]]
	}
	return pathBefore.MatchString(before) && !programPath.MatchString(before)
}

// praising says that a rule may make a success of a run.
func (f *Format) praising(r *rule) bool {
	good := func(w word) bool { return w.status == appliance.RunSuccess }
	worded := slices.ContainsFunc(r.match, func(p *pattern) bool { return slices.Contains(p.groups, "status") }) && (slices.ContainsFunc(r.words, good) || slices.ContainsFunc(f.words, good))
	return r.clears || r.reopen || (r.status == appliance.RunSuccess || worded) && (r.end || r.proof || r.final)
}
