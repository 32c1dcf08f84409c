package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in characters.
const (
	maxName    = 100
	maxPurpose = 200
	maxWord    = 255
)

// name is the required word that an object is known by.
func (p *problems) name(value string) {
	if p.must(value != "", "name", "empty") {
		p.word("name", value, maxName)
	}
}

// word is one line of at most limit characters, which may be missing.
func (p *problems) word(field, value string, limit int) {
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden):
		p.add(field, "control")
	case strings.TrimSpace(value) != value:
		p.add(field, "blanks")
	case utf8.RuneCountInString(value) > limit:
		p.add(field, "too_long", "max", limit)
	}
}

// hidden are characters that change how a line looks without being seen.
func hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// upTo is a whole number from 0 on.
func (p *problems) upTo(field string, value, high int) {
	p.must(value >= 0 && value <= high, field, "number", "min", 0, "max", high)
}

// choice is one of the words.
func choice[T ~string](p *problems, field string, value T, of []T) {
	if p.must(value != "", field, "empty") {
		p.must(contains(of, value), field, "choice", "value", string(value), "choices", listed(of))
	}
}

func contains[T ~string](list []T, value T) bool {
	for _, v := range list {
		if v == value {
			return true
		}
	}
	return false
}

func listed[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}
