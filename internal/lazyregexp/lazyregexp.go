// Package lazyregexp is regexp whose patterns are compiled when they are first asked. Siteward holds dozens that a start does
// not need, and one that counts, such as [a-z]{0,61}, takes longer to compile than the whole command line takes to read.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a pattern that is compiled once, when it is first used.
type Regexp struct{ compile func() *regexp.Regexp }

// New is a pattern in the syntax of package regexp. A wrong one panics when it is first used, so a test must use it.
func New(pattern string) Regexp {
	return Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })}
}

// MatchString tells whether the pattern is in s.
func (r Regexp) MatchString(s string) bool { return r.compile().MatchString(s) }

// FindString is the first match in s, empty when there is none.
func (r Regexp) FindString(s string) string { return r.compile().FindString(s) }

// FindStringSubmatch is the first match in s and its groups, nil when there is none.
func (r Regexp) FindStringSubmatch(s string) []string { return r.compile().FindStringSubmatch(s) }

// ReplaceAllString is s with each match replaced; $1 stands for the first group.
func (r Regexp) ReplaceAllString(s, by string) string { return r.compile().ReplaceAllString(s, by) }
