package series

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"siteward/appliance"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func TestThinKeepsMeanLeastGreatestAndGaps(t *testing.T) {
	nan := math.NaN()
	got := Thin(appliance.Column{Start: noon, Step: time.Minute, Number: []float64{1, 3, nan, nan, 5, nan}}, 3)
	if got.Step != 2*time.Minute || !got.Start.Equal(noon) || !same(got.Number, []float64{2, nan, 5}) ||
		!same(got.Min, []float64{1, nan, 5}) || !same(got.Max, []float64{3, nan, 5}) {
		t.Errorf("got %+v", got)
	}
	short := appliance.Column{Start: noon, Step: time.Minute, Number: []float64{1, 3}}
	if got := Thin(short, 3); got.Min != nil || !same(got.Number, short.Number) {
		t.Errorf("a short column became %+v", got)
	}
}

func TestThinnedColumnsFitAndLoseNoExtreme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "n")
		points := rapid.IntRange(1, 60).Draw(t, "points")
		c := appliance.Column{Start: noon.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "start")) * time.Minute), Step: time.Minute, Number: make([]float64, n)}
		least, greatest, sum, count := math.Inf(1), math.Inf(-1), 0.0, 0.0
		for i := range c.Number {
			c.Number[i] = float64(rapid.IntRange(-50, 50).Draw(t, "x"))
			least, greatest = min(least, c.Number[i]), max(greatest, c.Number[i])
			sum, count = sum+c.Number[i], count+1
		}
		got := Thin(c, points)
		if n <= points {
			return
		}
		if len(got.Number) > points {
			t.Fatalf("%d points, want %d at most", len(got.Number), points)
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range got.Number {
			if !math.IsNaN(got.Number[i]) {
				lo, hi = min(lo, got.Min[i]), max(hi, got.Max[i])
				if got.Number[i] < got.Min[i]-1e-9 || got.Number[i] > got.Max[i]+1e-9 {
					t.Fatalf("point %d: mean %v is not within %v and %v", i, got.Number[i], got.Min[i], got.Max[i])
				}
			}
		}
		if lo != least || hi != greatest {
			t.Fatalf("extremes %v and %v, want %v and %v", lo, hi, least, greatest)
		}
	})
}

func TestRollUpMakesHours(t *testing.T) {
	numbers := make([]float64, 180)
	for i := range numbers {
		numbers[i] = float64(i % 60)
		if i >= 60 && i < 120 {
			numbers[i] = math.NaN()
		}
	}
	mean, least, greatest := RollUp(noon.Unix(), noon.Unix()+4*hour, Run{60, noon.Unix() / 60, numbers})
	nan := math.NaN()
	if mean.Step != hour || mean.Start() != noon.Unix() || !same(mean.Numbers, []float64{29.5, nan, 29.5, nan}) ||
		!same(least.Numbers, []float64{0, nan, 0, nan}) || !same(greatest.Numbers, []float64{59, nan, 59, nan}) {
		t.Errorf("got %v %v %v", mean, least, greatest)
	}
}

func TestColumnsAndRunsOfOtherSteps(t *testing.T) {
	c := NewColumn(noon, noon.Add(10*time.Minute), 60)
	if len(c.Number) != 10 {
		t.Fatalf("%d steps", len(c.Number))
	}
	Fill(&c, Run{60, noon.Unix()/60 - 2, []float64{1, 2, 3}})    // begins before
	Fill(&c, Run{20, noon.Unix()/20 + 3, []float64{4, 5, 6}})    // finer: the last counts
	Fill(&c, Run{300, noon.Unix()/300 + 1, []float64{7}})        // coarser
	Fill(&c, Run{60, noon.Unix()/60 + 9, []float64{8, 9, 10}})   // ends after
	Fill(&c, Run{60, noon.Unix()/60 - 50, []float64{0, 0}})      // outside
	Fill(&c, Run{60, noon.Unix()/60 + 2, []float64{math.NaN()}}) // a gap changes nothing
	nan := math.NaN()
	if want := []float64{3, 6, nan, nan, nan, 7, nan, nan, nan, 8}; !same(c.Number, want) {
		t.Errorf("got %v, want %v", c.Number, want)
	}
}

func TestTakeUntilCutsAtTimes(t *testing.T) {
	r := Run{60, 118, []float64{1, 2, 3, 4}}
	a := r.TakeUntil(7200) // slot 120 begins there
	if !same(a.Numbers, []float64{1, 2}) || r.First != 120 || !same(r.Numbers, []float64{3, 4}) {
		t.Errorf("got %v and %v", a, r)
	}
	if b := r.TakeUntil(0); !same(b.Numbers, []float64{3}) {
		t.Errorf("at least one slot: %v", b)
	}
	if !(Run{60, 0, []float64{math.NaN()}}).Empty() || r.Empty() {
		t.Error("Empty")
	}
}
