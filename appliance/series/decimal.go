package series

import "math"

// Numbers are kept as whole numbers times a power of ten where that gives back exactly the same float64: that is
// what devices send (12.5 V, 93 %, 1234567 octets). maxScale is the most decimals tried.
const maxScale = 9

// raw marks a number that is no such decimal and is kept as its 8 bytes.
const raw = maxScale + 1

var pow10 = [maxScale + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// maxWhole bounds scaled numbers so that differences of differences stay within an int64.
const maxWhole = 1 << 53

// scaled gives x * 10^scale when that is a whole number that divides back to exactly x.
func scaled(x float64, scale int) (int64, bool) {
	m := x * pow10[scale]
	if !(math.Abs(m) <= maxWhole) {
		return 0, false
	}
	k := math.RoundToEven(m)
	if k/pow10[scale] != x || k == 0 && math.Signbit(x) {
		return 0, false
	}
	return int64(k), true
}

// scaleOf is the least scale from at least on at which x is a whole number, raw when there is none.
func scaleOf(x float64, least int) int {
	for s := least; s <= maxScale; s++ {
		if _, ok := scaled(x, s); ok {
			return s
		}
	}
	return raw
}

// Round keeps what is meaningful of a number before it is stored: whole numbers as they are, others to six digits,
// which is more than any sensor has and a fraction of the bytes of a float64 that came out of a division.
func Round(x float64) float64 {
	if x == math.Trunc(x) && math.Abs(x) <= maxWhole {
		return x
	}
	return roundTo(x, 6)
}

// roundTo keeps so many digits of x, but no more than maxScale behind the point.
func roundTo(x float64, digits int) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	places := digits - 1 - int(math.Floor(math.Log10(math.Abs(x))))
	if places < 0 {
		unit := math.Pow10(-places)
		return math.RoundToEven(x/unit) * unit
	}
	unit := pow10[min(places, maxScale)]
	return math.RoundToEven(x*unit) / unit
}
