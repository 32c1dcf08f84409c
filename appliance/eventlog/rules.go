package eventlog

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
	"siteward/internal/yamlfile"
)

// Rules say what messages mean: embed/rules describes the files.
type Rules struct{ rules []rule }

type rule struct {
	name       string
	has        []string
	app        []string
	match, not *regexp.Regexp
}

type ruleFile struct {
	Rules []struct {
		Name  string   `yaml:"name"`
		Has   []string `yaml:"has"`
		App   []string `yaml:"app"`
		Match string   `yaml:"match"`
		Not   string   `yaml:"not"`
	} `yaml:"rules"`
}

var ruleName = lazyregexp.New(`^[a-z][a-z0-9_]{0,39}$`)

// LoadRules reads all *.yaml of a folder.
func LoadRules(fsys fs.FS) (*Rules, error) {
	paths, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	out := &Rules{}
	for _, path := range paths {
		var f ruleFile
		if err := yamlfile.Read(fsys, path, yamlfile.Bounds{Bytes: 256 << 10, Depth: 6}, &f); err != nil {
			return nil, err
		}
		for _, r := range f.Rules {
			c := rule{name: r.Name, app: r.App}
			for _, h := range r.Has {
				c.has = append(c.has, strings.ToLower(h))
			}
			if !ruleName.MatchString(r.Name) || len(c.has) == 0 {
				return nil, fmt.Errorf("%s: rule %q needs a name of lower-case letters and something that a message has", path, r.Name)
			}
			if c.match, err = optional(r.Match); err == nil {
				c.not, err = optional(r.Not)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: rule %s: %w", path, r.Name, err)
			}
			out.rules = append(out.rules, c)
		}
	}
	return out, nil
}

func optional(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no expression is asked for
	}
	return regexp.Compile("(?i)" + text)
}

// Names are the rules' names in the order of the files.
func (r *Rules) Names() []string {
	var out []string
	for i := range r.rules {
		if !slices.Contains(out, r.rules[i].name) {
			out = append(out, r.rules[i].name)
		}
	}
	return out
}

// longest is how much of a text the rules look at.
const longest = 2048

// Of gives what a message is recognised as. Messages of level debug are recognised as nothing.
func (r *Rules) Of(m *appliance.LogMessage) (names []string) {
	text := m.Text
	if m.MsgID != "" && !strings.Contains(text, m.MsgID) {
		text = m.MsgID + " " + text
	}
	text = text[:min(len(text), longest)]
	lower := strings.ToLower(m.App + " " + text)
	for i := range r.rules {
		x := &r.rules[i]
		switch {
		case m.Level == 7, len(x.app) > 0 && !slices.Contains(x.app, m.App),
			!slices.ContainsFunc(x.has, func(h string) bool { return strings.Contains(lower, h) }),
			x.match != nil && !x.match.MatchString(text), x.not != nil && x.not.MatchString(text):
		case !slices.Contains(names, x.name):
			names = append(names, x.name)
		}
	}
	return names
}
