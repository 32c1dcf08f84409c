package profile

import (
	"math"
	"testing"
)

func TestExpressions(t *testing.T) {
	objects := map[string]float64{"a": 6, "b": 3, "zero": 0, "unknown": math.NaN()}
	for text, want := range map[string]float64{
		"a": 6, "a+b*2": 12, "(a + b) * 2": 18, "100 * b / a": 50, "a - b - 1": 2, "2 ^ b * 10": 80, "27375 * 10 ^ (3 * (8 - 9))": 27.375,
		"a / zero": math.NaN(), "a * unknown": math.NaN(), "unknown ^ zero": math.NaN(),
	} {
		e, err := parseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := e.eval(func(i int) float64 { return objects[e.names[i]] })
		if math.Abs(got-want) > 1e-9 || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%s = %v, want %v", text, got, want)
		}
	}
}

func TestBadExpressionsSaySo(t *testing.T) {
	for _, text := range []string{"", "a +", "(a", "a b", "1.2.3", "a % b", "+", ")"} {
		if _, err := parseExpr(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func FuzzExpr(f *testing.F) {
	for _, s := range []string{"a", "100 * b / a", "((a))", "2^3^4", "1/0", "a-", "9999999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parseExpr(s)
		if err != nil {
			return
		}
		if v := e.eval(func(i int) float64 { return float64(i) }); math.IsInf(v, 0) {
			t.Fatalf("%q is infinite", s)
		}
	})
}
