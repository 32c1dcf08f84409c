package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"siteward/appliance"
)

// What a user's fields may be.

// signInName says that s may be what somebody signs in with. As a regular expression, 64 repetitions of all letters of the world
// would take 2 MB and 14 ms of every start.
func signInName(s string) bool {
	other := func(r rune) bool {
		return !unicode.IsLower(r) && !unicode.IsNumber(r) && !strings.ContainsRune("._@-", r)
	}
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= 64 && utf8.ValidString(s) && !strings.ContainsFunc(s, other) && !strings.ContainsAny(s[:1], "._@-")
}

func normalName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func nameTaken(name string) error {
	return &appliance.Error{Code: appliance.CodeConflict, Field: "name", Message: appliance.Message{
		Key: "user.name_taken", Args: map[string]any{"Name": name}, English: fmt.Sprintf("somebody is called %q already; choose another name", name)}}
}

func (s *Users) checkUser(u *appliance.User) error {
	switch {
	case !signInName(u.Name) || u.Name == "cli" || u.Name == "system":
		return appliance.Invalid("name", "user.name", "a sign-in name has 1 to 64 letters, digits, dots, hyphens, underscores or @, and begins with a letter or digit", nil)
	case !line(u.FullName, 100):
		return appliance.Invalid("full_name", "user.full_name", "a full name has at most 100 characters in one line", nil)
	case !slices.Contains(s.roles, u.Role):
		return appliance.Invalid("role", "user.role", "choose a role: viewer, keyuser, technician or administrator", nil)
	case u.Language != "" && !slices.Contains(appliance.Languages, u.Language):
		return appliance.Invalid("language", "user.language", "choose a language: de, nl or en", nil)
	case !slices.Contains([]string{"", "day", "night"}, u.Theme):
		return appliance.Invalid("theme", "user.theme", "choose a theme: day, night or empty for the system's", nil)
	}
	return nil
}

// line says that s is one line of text that people can read.
func line(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}
