package profile

import (
	"regexp"
	"testing"
)

func TestShortenKeepsWhatPeopleNeed(t *testing.T) {
	label := &template{short: regexp.MustCompile(`^([A-Z]:)\\ Label:(.*?)\s+Serial Number [0-9a-fA-F]+$`)}
	for _, c := range []struct{ text, want string }{
		{`C:\ Label:System  Serial Number 5c1e22aa`, "C: System"},
		{`D:\ Label:  Serial Number 5c1e22aa`, "D:"},
		{"/srv/daten", "/srv/daten"},
		{"", ""},
	} {
		if got := label.shorten(c.text); got != c.want {
			t.Errorf("%q became %q, want %q", c.text, got, c.want)
		}
	}
	if got := (&template{}).shorten("Port 10"); got != "Port 10" {
		t.Errorf("without a rule: %q", got)
	}
}
