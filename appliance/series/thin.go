package series

import (
	"math"
	"time"

	"siteward/appliance"
)

// Thinner gathers samples into a column of few steps, each with mean, least and greatest. A step without samples
// stays a gap. Samples may come in any order; one that is added twice counts twice.
type Thinner struct {
	start, width int64 // unix seconds
	sum, weight  []float64
	min, max     []float64
}

// NewThinner prepares a column over [from, to) of at most points steps, each a whole number of the series' steps.
// It is nil when there are no more samples than points, so that nothing needs to be thinned.
func NewThinner(from, to time.Time, step time.Duration, points int) *Thinner {
	s := StepSeconds(step)
	length := to.Unix() - from.Unix()
	if points <= 0 || length <= 0 || length/s <= int64(points) {
		return nil
	}
	most := s * int64(points)
	place := func(width int64) (start, n int64) {
		start = floorDiv(from.Unix(), width) * width
		return start, (to.Unix() - start + width - 1) / width
	}
	// Steps that begin at round times keep their numbers when the chart moves on. They need up to one more step.
	width := s * ((length + most - 1) / most)
	start, n := place(width)
	if n > int64(points) {
		width = s * ((length + width + most - 1) / most)
		start, n = place(width)
	}
	if n > int64(points) { // very few points: begin where the samples do
		start = floorDiv(from.Unix(), s) * s
		width = s * ((to.Unix() - start + most - 1) / most)
		n = (to.Unix() - start + width - 1) / width
	}
	return &Thinner{start: start, width: width, sum: make([]float64, n), weight: make([]float64, n), min: gaps(int(n)), max: gaps(int(n))}
}

// Add adds samples.
func (t *Thinner) Add(r Run) {
	weight := float64(r.Step)
	at := r.Start() - t.start
	for _, x := range r.Numbers {
		if i := at / t.width; at >= 0 && i < int64(len(t.sum)) && x == x {
			t.add(i, x, x, x, weight)
		}
		at += r.Step
	}
}

// AddHours adds rows of hours as RollUp makes them.
func (t *Thinner) AddHours(mean, least, greatest Run) {
	for i, x := range mean.Numbers {
		at := (mean.First+int64(i))*mean.Step - t.start
		if b := at / t.width; at >= 0 && b < int64(len(t.sum)) && x == x && i < len(least.Numbers) && i < len(greatest.Numbers) {
			t.add(b, x, least.Numbers[i], greatest.Numbers[i], float64(mean.Step))
		}
	}
}

func (t *Thinner) add(i int64, mean, least, greatest, weight float64) {
	t.sum[i] += mean * weight
	t.weight[i] += weight
	if !(t.min[i] <= least) {
		t.min[i] = least
	}
	if !(t.max[i] >= greatest) {
		t.max[i] = greatest
	}
}

// Column gives what was gathered. The Thinner must not be used afterwards.
func (t *Thinner) Column() appliance.Column {
	for i, w := range t.weight {
		if w == 0 {
			t.sum[i] = math.NaN()
			continue
		}
		t.sum[i] /= w
	}
	return appliance.Column{
		Start: time.Unix(t.start, 0).UTC(), Step: time.Duration(t.width) * time.Second,
		Number: t.sum, Min: t.min, Max: t.max,
	}
}

// Thin gathers a column into at most points steps. A column that is short enough is given back as it is.
func Thin(c appliance.Column, points int) appliance.Column {
	step := StepSeconds(c.Step)
	t := NewThinner(c.Start, c.Start.Add(time.Duration(len(c.Number))*c.Step), c.Step, points)
	if t == nil {
		return c
	}
	t.Add(Run{Step: step, First: Slot(c.Start, step), Numbers: c.Number})
	return t.Column()
}

const hour = 3600

// RollUp gathers runs into hours: mean, least and greatest, NaN for hours without a sample. The runs must lie
// within [from, to), which are whole hours (unix seconds). A step longer than an hour fills the hour it begins in.
func RollUp(from, to int64, runs ...Run) (mean, least, greatest Run) {
	n := int((to - from) / hour)
	t := &Thinner{start: from, width: hour, sum: make([]float64, n), weight: make([]float64, n), min: gaps(n), max: gaps(n)}
	for _, r := range runs {
		t.Add(r)
	}
	c := t.Column()
	for i := range c.Number {
		c.Number[i] = Round(c.Number[i])
	}
	first := from / hour
	return Run{hour, first, c.Number}, Run{hour, first, c.Min}, Run{hour, first, c.Max}
}
