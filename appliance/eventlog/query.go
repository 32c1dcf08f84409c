package eventlog

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// place is a block and its file, or what is still in memory.
type place struct {
	path string
	block
	open []appliance.LogMessage
}

// places are all blocks, oldest first, as they are now.
func (l *Log) places() []place {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []place
	for _, s := range l.segments {
		for _, b := range s.blocks {
			out = append(out, place{path: s.path, block: b})
		}
	}
	if n := len(l.open); n > 0 {
		open := slices.Clone(l.open)
		out = append(out, place{block: block{count: uint32(n), first: open[0].ID, since: open[0].At.UnixNano(), till: open[n-1].At.UnixNano()}, open: open})
	}
	return out
}

func (l *Log) messages(p *place) []appliance.LogMessage {
	if p.open != nil {
		return p.open
	}
	out, err := l.read(p.path, p.block)
	if err != nil {
		return out // what is whole of a damaged block is given
	}
	return out
}

// Find gives messages, newest first.
func (l *Log) Find(ctx context.Context, f appliance.LogFilter) ([]appliance.LogMessage, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Word = strings.ToLower(f.Word)
	var out []appliance.LogMessage
	all := l.places()
	for i := len(all) - 1; i >= 0 && len(out) < f.Limit; i-- {
		p := &all[i]
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if f.Before > 0 && p.first >= f.Before || !f.Until.IsZero() && p.since > f.Until.UnixNano() {
			continue
		}
		if !f.Since.IsZero() && p.till < f.Since.UnixNano() {
			break
		}
		ms := l.messages(p)
		for j := len(ms) - 1; j >= 0 && len(out) < f.Limit; j-- {
			if chooses(&f, &ms[j]) {
				out = append(out, ms[j])
			}
		}
	}
	return out, nil
}

func chooses(f *appliance.LogFilter, m *appliance.LogMessage) bool {
	return (f.Before == 0 || m.ID < f.Before) && (f.Source == "" || m.Source == f.Source) && (f.Device == 0 || m.Device == f.Device) &&
		(f.Rule == "" || slices.Contains(m.Rules, f.Rule) || f.Rule == "*" && len(m.Rules) > 0) &&
		(f.Since.IsZero() || !m.At.Before(f.Since)) && (f.Until.IsZero() || m.At.Before(f.Until)) &&
		(f.Word == "" || strings.Contains(strings.ToLower(m.Raw), f.Word) || strings.Contains(strings.ToLower(m.Host+" "+m.App), f.Word))
}

// each goes through the messages of a time.
func (l *Log) each(ctx context.Context, since, until time.Time, do func(*appliance.LogMessage)) error {
	all := l.places()
	for i := range all {
		p := &all[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.till < since.UnixNano() || p.since >= until.UnixNano() {
			continue
		}
		ms := l.messages(p)
		for j := range ms {
			if m := &ms[j]; !m.At.Before(since) && m.At.Before(until) {
				do(m)
			}
		}
	}
	return nil
}

// maxHits bounds the hits of a sample; maxShapes the shapes that are told apart.
const (
	maxHits   = 500
	maxShapes = 50_000
)

// Sample draws the sample of a time: the hits of rules, and draw others, each with a chance that falls with how often its like was
// there. The draw rests on the messages alone, so that asking twice gives the same.
func (l *Log) Sample(ctx context.Context, since, until time.Time, draw int) (appliance.LogSample, error) {
	s := appliance.LogSample{Day: since}
	shapes := map[uint64]uint64{}
	err := l.each(ctx, since, until, func(m *appliance.LogMessage) {
		s.All += m.Count
		if len(m.Rules) > 0 {
			if len(s.Hits) < maxHits {
				s.Hits = append(s.Hits, *m)
			}
			return
		}
		if n := shape(m); shapes[n] > 0 || len(shapes) < maxShapes {
			shapes[n] += m.Count
		}
	})
	if err != nil {
		return s, err
	}
	type ticket struct {
		key float64
		m   appliance.LogMessage
	}
	var drawn []ticket
	err = l.each(ctx, since, until, func(m *appliance.LogMessage) {
		if len(m.Rules) > 0 {
			return
		}
		n := max(shapes[shape(m)], 1)
		// Efraimidis and Spirakis: the greatest of u^(1/weight) are a draw by weight without replacement; the weight is 1/n.
		r := rand.New(rand.NewPCG(uint64(since.Unix()), m.ID)) //nolint:gosec // a draw for reading, no secret
		key := math.Log(r.Float64()) * float64(n)
		at, _ := slices.BinarySearchFunc(drawn, key, func(t ticket, k float64) int { return cmp.Compare(k, t.key) })
		if at < draw {
			drawn = slices.Insert(drawn, at, ticket{key, *m})
			drawn = drawn[:min(len(drawn), draw)]
		}
	})
	for _, t := range drawn {
		s.Drawn = append(s.Drawn, t.m)
	}
	slices.SortFunc(s.Drawn, func(a, b appliance.LogMessage) int { return cmp.Compare(a.ID, b.ID) })
	return s, err
}

// shape is what messages have in common that only differ in numbers.
func shape(m *appliance.LogMessage) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(m.Source + "\x00" + m.App + "\x00"))
	b := make([]byte, 0, len(m.Text))
	digits := false
	for i := range len(m.Text) {
		c := m.Text[i]
		if c >= '0' && c <= '9' {
			digits = true
			continue
		}
		if digits {
			b, digits = append(b, '0'), false
		}
		b = append(b, c)
	}
	_, _ = h.Write(b)
	return h.Sum64()
}

// Counts gives how many messages each rule knew since a time.
func (l *Log) Counts(ctx context.Context, since time.Time) (map[string]uint64, error) {
	out := map[string]uint64{}
	err := l.each(ctx, since, time.Unix(0, math.MaxInt64), func(m *appliance.LogMessage) {
		for _, r := range m.Rules {
			out[r] += m.Count
		}
	})
	return out, err
}
