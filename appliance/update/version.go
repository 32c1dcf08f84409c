package update

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

var versionForm = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9}){1,3}(~[a-z0-9.]{1,60})?$`)

// ValidVersion says whether a text is a version: 1.2.3, or 1.2.3~git202611290100.abc, which comes before 1.2.3.
func ValidVersion(v string) bool { return versionForm.MatchString(v) }

// Compare orders versions as dpkg and rpm do. A version that is none, such as that of a build by hand, comes before all others.
func Compare(a, b string) int {
	if x, y := ValidVersion(a), ValidVersion(b); !x || !y {
		switch {
		case x:
			return 1
		case y:
			return -1
		}
		return 0
	}
	a, preA, isA := strings.Cut(a, "~")
	b, preB, isB := strings.Cut(b, "~")
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if c := cmp.Compare(number(x, i), number(y, i)); c != 0 {
			return c
		}
	}
	switch {
	case isA && !isB:
		return -1
	case isB && !isA:
		return 1
	}
	return strings.Compare(preA, preB)
}

func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i]) //nolint:errcheck // digits, by the form
	return n
}
