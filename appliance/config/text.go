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

// name is a required word of one line.
func (p *problems) name(field, value string) {
	if p.must(value != "", field, "empty") {
		p.word(field, value, maxName)
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

// number is a whole number within bounds.
func (p *problems) number(field string, value, low, high int) {
	p.must(value >= low && value <= high, field, "number", "min", low, "max", high)
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
