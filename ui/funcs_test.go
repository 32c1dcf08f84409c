package ui

import "testing"

func TestLinksStayOnThisServer(t *testing.T) {
	for href, want := range map[string]string{
		"/devices/3": "/devices/3", "#p10": "#p10",
		"//evil.example": "#", `/\evil.example`: "#", `/\\evil.example`: "#", "https://evil.example": "#", "javascript:alert(1)": "#", "": "#",
	} {
		if got := ours(href); got != want {
			t.Errorf("%q became %q, want %q", href, got, want)
		}
	}
}
