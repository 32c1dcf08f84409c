package main

import "math"

// The data, number for number that of the benchmarks in appliance/store: series of the kinds a small site has, one sample
// a minute.
const (
	busyCounter = iota // octets of a port in use
	idleCounter        // octets of a port not in use
	errCounter         // errors, discards: now and then one
	status             // ifOperStatus and the like
	smallInt           // temperature, percent
	floatGauge         // round-trip time in ms, load
)

type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	x := uint64(*r)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *rng) f() float64 { return float64(r.next()>>11) / (1 << 53) }

type line struct {
	kind    int
	r       rng
	v, base float64
}

// siteLines makes n series: 30 of 100 busy counters, 20 idle, 20 errors, 10 status, 12 small integers, 8 floats.
func siteLines(n int) []*line {
	out := make([]*line, n)
	for i := range out {
		s := &line{r: rng(i*7919 + 13)}
		switch p := i % 100; {
		case p < 30:
			s.kind, s.base, s.v = busyCounter, math.Exp(8+8*s.r.f()), math.Floor(1e12*s.r.f())
		case p < 50:
			s.kind, s.v = idleCounter, math.Floor(1e9*s.r.f())
		case p < 70:
			s.kind, s.v = errCounter, math.Floor(100*s.r.f())
		case p < 80:
			s.kind, s.v = status, 1
		case p < 92:
			s.kind, s.base = smallInt, 20+40*s.r.f()
		default:
			s.kind, s.base = floatGauge, 0.3+5*s.r.f()
		}
		out[i] = s
	}
	return out
}

func (s *line) next(t int) float64 {
	day := math.Sin(2 * math.Pi * float64(t) / 1440)
	switch s.kind {
	case busyCounter:
		s.v += math.Floor(60 * s.base * (1 + 0.8*day) * math.Exp(1.2*(s.r.f()-0.5)))
	case errCounter:
		if s.r.f() < 0.002 {
			s.v += 1 + math.Floor(3*s.r.f())
		}
	case status:
		if s.r.f() < 0.0005 {
			s.v = 3 - s.v
		}
	case smallInt:
		s.v = math.Round(s.base + 6*day + 1.5*(s.r.f()-0.5))
	case floatGauge:
		s.v = math.Round(1000*s.base*(1+0.1*day+0.3*math.Pow(s.r.f(), 4))) / 1000
	}
	return s.v
}
