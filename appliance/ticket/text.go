package ticket

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"siteward/appliance"
)

// Bounds of what people write, in characters.
const (
	maxTitle = 120
	maxText  = 20_000
	maxWord  = 200
)

// Line makes one line of text: without control characters, so that it can stand in a mail's header, and not too long.
func Line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return cut(strings.Join(strings.Fields(s), " "), limit)
}

func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:limit-1])) + "…"
}

// Text tidies what a person wrote.
func Text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s))
}

// titleOf is the first sentence of a report, for people who write no title.
func titleOf(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	for i, r := range first {
		if (r == '.' || r == '!' || r == '?') && i > 10 && (i+1 == len(first) || first[i+1] == ' ') {
			first = first[:i]
			break
		}
	}
	return Line(first, maxTitle)
}

func tooLong(field, text string, limit int) error {
	if utf8.RuneCountInString(text) <= limit {
		return nil
	}
	return appliance.Invalid(field, "logbook.error.long", "this is too long to be kept; shorten it", map[string]any{"max": limit})
}
