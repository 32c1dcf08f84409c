package mib

import "testing"

func TestCompareOrdersByNumberNotText(t *testing.T) {
	for _, c := range []struct {
		a, b OID
		want int
	}{
		{"1.3.6.1.2", "1.3.6.1.10", -1},
		{"1.3.6.1.10", "1.3.6.1.2", 1},
		{"1.3.6.1", "1.3.6.1.0", -1},
		{"1.3.6.1.2.1", "1.3.6.1.2.1", 0},
	} {
		got := Compare(c.a, c.b)
		if got < 0 && c.want >= 0 || got > 0 && c.want <= 0 || got == 0 && c.want != 0 {
			t.Errorf("Compare(%s, %s) = %d, want sign %d", c.a, c.b, got, c.want)
		}
	}
}

func TestSuffixNeedsABoundary(t *testing.T) {
	if OID("1.3.61.2").Under("1.3.6") {
		t.Error("1.3.61.2 is not under 1.3.6")
	}
	if s := OID("1.3.6.1.2.1.2.2.1.2.10").Suffix("1.3.6.1.2.1.2.2.1.2"); s != "10" {
		t.Errorf("suffix = %q, want 10", s)
	}
}
