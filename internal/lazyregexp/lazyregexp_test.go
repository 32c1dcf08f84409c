package lazyregexp_test

import (
	"slices"
	"testing"

	"siteward/internal/lazyregexp"
)

var version = lazyregexp.New(`^v([0-9]+)\.([0-9]+)$`)

func TestPatternsAreThoseOfRegexp(t *testing.T) {
	if !version.MatchString("v1.2") || version.MatchString("v1") {
		t.Error("v1.2 is a version, v1 is none")
	}
	if m := version.FindStringSubmatch("v1.2"); !slices.Equal(m, []string{"v1.2", "1", "2"}) {
		t.Error(m)
	}
	if s := version.FindString("v3.4") + version.ReplaceAllString("v1.2", "$2.$1"); s != "v3.42.1" {
		t.Error(s)
	}
}

func TestAWrongPatternPanicsWhenItIsUsed(t *testing.T) {
	wrong := lazyregexp.New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("it was compiled")
		}
	}()
	wrong.MatchString("")
}
