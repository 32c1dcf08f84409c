package access

import (
	"strings"
	"testing"
)

func TestSignInName(t *testing.T) {
	for name, want := range map[string]bool{
		"m": true, "anna.berg": true, "käthe": true, "7bakers": true, "m@baker.example": true, "a_b-c": true, strings.Repeat("ä", 64): true,
		"": false, ".anna": false, "-x": false, "@x": false, "Anna": false, "anna berg": false, "a\n": false, "a\x00": false, "a\xff": false,
		"<b>": false, strings.Repeat("a", 65): false,
	} {
		if got := signInName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
