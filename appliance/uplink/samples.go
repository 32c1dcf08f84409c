package uplink

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/metric"
)

// SampleTarget is where numbers go.
type SampleTarget struct {
	Enrolment         appliance.ID // of its deliveries
	Name              string       // of the engine, for people
	URL, User, Secret string
	Since             time.Time // nothing before
}

// SampleSeries is one series, with its labels as metric.Labels gives them.
type SampleSeries struct {
	ID     uint32
	Step   int64   // seconds between two numbers
	Factor float64 // from our unit to Prometheus'
	Labels []byte
}

// SampleConfig is what a sender of samples is made of.
type SampleConfig struct {
	// Target fails with appliance.ErrNotFound when the consumer is gone or off.
	Target func() (SampleTarget, error)
	Series func(context.Context) ([]SampleSeries, error)
	Read   func(series uint32, from, to time.Time) (appliance.Column, error)
	// Edit changes how far the consumer is, and notes what left since the last step, in one step of the store.
	Edit  func(sent []*appliance.Sent, edit func(*appliance.UplinkState)) error
	HTTP  *http.Client
	Log   *slog.Logger
	Now   func() time.Time
	Agent string
}

// SampleSender brings the numbers of all series to an engine. A request has one slot, and so at most one number of each series: whatever is
// sent again after a kill or a lost answer is a repetition, which every engine passes over. A slot is told before the next one is begun.
// It waits in the series themselves: the position is all that is kept.
type SampleSender struct {
	SampleConfig
	most   int // numbers in a request, fewer after 413
	failed int // in a row
	open   map[int64]*openSlot
	sent   []*appliance.Sent // left, and not noted yet
}

// openSlot is the slot of a step that is being told.
type openSlot struct {
	slot   int64
	told   map[uint32]bool
	before map[uint32]bool // series that had a number in the slot before
}

// Bounds of what is sent and read at a time.
const (
	sampleMost  = 2000
	sampleBlock = 200_000 // numbers in memory
	sampleSlots = 512
	sampleEvery = 30 * time.Second
	sampleNotes = 64                  // deliveries in memory while the store takes nothing
	sampleKeep  = 31 * 24 * time.Hour // an engine that is away for longer misses the first
)

// NewSamples makes a sender.
func NewSamples(c SampleConfig) *SampleSender {
	return &SampleSender{SampleConfig: c, most: sampleMost, open: map[int64]*openSlot{}}
}

// Run sends until ctx ends.
func (s *SampleSender) Run(ctx context.Context) {
	for ctx.Err() == nil {
		rest := time.NewTimer(s.Deliver(ctx))
		select {
		case <-ctx.Done():
		case <-rest.C:
		}
		rest.Stop()
	}
}

// Deliver sends everything that is there, and says how long to rest.
func (s *SampleSender) Deliver(ctx context.Context) time.Duration {
	err := s.deliver(ctx)
	if err == nil || errors.Is(err, appliance.ErrNotFound) || ctx.Err() != nil {
		if len(s.sent) > 0 { // we go in the midst of it: that is nobody's failure
			s.noted(s.edit(func(*appliance.UplinkState) {}))
		}
		return sampleEvery
	}
	s.failed++
	rest := wait(s.failed)
	f, told := errors.AsType[*sampleFailure](err)
	if !told {
		f = &sampleFailure{code: "unreachable", why: err.Error()}
	}
	rest = max(rest, min(f.after, time.Hour))
	s.noted(s.edit(func(st *appliance.UplinkState) {
		now := s.Now()
		st.Tried, st.Next, st.Failed, st.Code, st.Why = now, now.Add(rest), s.failed, f.code, f.why
	}))
	s.Log.Warn("samples could not be handed on", "again", rest.Round(time.Second), "err", err)
	return rest
}

// edit is Edit with what has left. A delivery costs no step of its own: a kill in between sends the same numbers again, and notes them then.
func (s *SampleSender) edit(edit func(*appliance.UplinkState)) error {
	if over := len(s.sent) - sampleNotes; over > 0 {
		s.Log.Error("deliveries of samples could not be noted", "deliveries", over)
		s.sent = slices.Delete(s.sent, 0, over)
	}
	err := s.Edit(s.sent, edit)
	if err == nil {
		s.sent = nil
	}
	return err
}

func (s *SampleSender) noted(err error) {
	if err != nil {
		s.Log.Error("how far the samples for a consumer are could not be noted", "err", err)
	}
}

func (s *SampleSender) deliver(ctx context.Context) error {
	t, err := s.Target()
	if err != nil {
		return err
	}
	list, err := s.Series(ctx)
	if err != nil {
		return err
	}
	groups := map[int64][]SampleSeries{}
	for _, one := range list {
		groups[one.Step] = append(groups[one.Step], one)
	}
	slots, err := s.begin(t, groups)
	if err != nil {
		return err
	}
	steps := make([]int64, 0, len(groups))
	for step := range groups {
		steps = append(steps, step)
	}
	slices.Sort(steps)
	for _, step := range steps {
		if err := s.group(ctx, t, step, slots[step], groups[step]); err != nil {
			return err
		}
	}
	return nil
}

// begin gives each step its position: where it was, where the consumer begins, or as far back as is kept.
func (s *SampleSender) begin(t SampleTarget, groups map[int64][]SampleSeries) (slots map[int64]int64, err error) {
	err = s.edit(func(st *appliance.UplinkState) {
		slots = map[int64]int64{}
		if st.Samples == nil {
			st.Samples = &appliance.SampleState{}
		}
		now := s.Now()
		oldest := now.Add(-sampleKeep)
		for step := range groups {
			at, known := st.Samples.Slots[step]
			if !known {
				from := t.Since
				if last := st.Good.Add(-time.Duration(step) * time.Second); last.After(from) { // an interval that nobody had before
					from = last
				}
				at = from.Unix() / step
			}
			if first := oldest.Unix()/step + 1; at < first {
				at, st.Samples.GivenUp = first, time.Unix(first*step, 0).UTC()
			}
			slots[step] = min(at, now.Unix()/step) // the clock was ahead
		}
		st.Samples.Slots = slots
	})
	return slots, err
}

// group sends the series of one step, slot by slot.
func (s *SampleSender) group(ctx context.Context, t SampleTarget, step, slot int64, list []SampleSeries) (err error) {
	for ctx.Err() == nil {
		now := s.Now()
		n := min(now.Unix()/step-slot+1, max(1, int64(sampleBlock/len(list))), sampleSlots)
		if n <= 0 {
			return nil
		}
		block := make([]appliance.Column, len(list))
		for i, one := range list {
			block[i], err = s.Read(one.ID, time.Unix(slot*step, 0), time.Unix((slot+n)*step, 0))
			if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
				return err
			}
		}
		noted, over := slot, true
		for i := int64(0); i < n && over; i++ {
			var some bool
			b := &batch{series: list, columns: block, at: i, slot: slot, step: step}
			if over, some, err = s.slot(ctx, t, b, now); err != nil {
				return err
			}
			if over {
				slot++
			}
			if some {
				noted = slot
			}
		}
		if noted != slot { // nothing was there, which need not be looked for again
			if err := s.edit(func(st *appliance.UplinkState) { st.Samples.Slots[step] = slot }); err != nil {
				return err
			}
		}
		if !over {
			return nil
		}
	}
	return ctx.Err()
}

// batch is one slot of the series of a step.
type batch struct {
	series     []SampleSeries
	columns    []appliance.Column
	at         int64 // in the columns
	slot, step int64
}

func (b *batch) number(i int) float64 {
	c := &b.columns[i]
	if b.at >= int64(len(c.Number)) {
		return math.NaN()
	}
	return c.Number[b.at] * b.series[i].Factor
}

// slot sends what is there of one slot and was not told yet. over says that nothing more comes for it.
func (s *SampleSender) slot(ctx context.Context, t SampleTarget, b *batch, now time.Time) (over, some bool, err error) {
	o := s.open[b.step]
	if o == nil || o.slot != b.slot {
		next := &openSlot{slot: b.slot, told: map[uint32]bool{}}
		if o != nil && o.slot == b.slot-1 {
			next.before = o.told
		}
		o, s.open[b.step] = next, next
	}
	var fresh []int
	for i := range b.series {
		if x := b.number(i); !math.IsNaN(x) && !o.told[b.series[i].ID] {
			fresh = append(fresh, i)
		}
	}
	var taken, refused int
	why := ""
	for len(fresh) > 0 && err == nil {
		part := fresh[:min(len(fresh), s.most)]
		var request []byte
		for _, i := range part {
			request = metric.Append(request, b.series[i].Labels, b.slot*b.step*1000, b.number(i))
		}
		var f *sampleFailure
		switch f, err = s.post(ctx, t, metric.Pack(request), len(part)); {
		case err != nil:
		case f == nil:
			taken += len(part)
		case f.code == "too_large" && s.most > 1:
			s.most = max(1, len(part)/2)
			continue
		default:
			refused += len(part)
			why = f.why
		}
		if err == nil {
			for _, i := range part {
				o.told[b.series[i].ID] = true
			}
			fresh = fresh[len(part):]
		}
	}
	over = err == nil && o.over(b, now)
	if some = taken+refused > 0; !some {
		return over, false, err
	}
	if taken > 0 && err == nil {
		s.failed = 0
	}
	return over, true, errors.Join(err, s.edit(func(st *appliance.UplinkState) {
		st.Tried = s.Now()
		st.Samples.Sent, st.Lost = st.Samples.Sent+uint64(taken), st.Lost+uint64(refused) //nolint:gosec // counts
		if taken > 0 {
			st.Good, st.Failed, st.Code, st.Why = st.Tried, 0, "", ""
		}
		if refused > 0 {
			st.Code, st.Why = "refused", why
		}
		if over {
			st.Samples.Slots[b.step] = b.slot + 1
		}
		if until := time.Unix(b.slot*b.step, 0).UTC(); until.After(st.Samples.Until) {
			st.Samples.Until = until
		}
	}))
}

// over says that a slot's time has passed and every series that had a number before has one, or that so much time has passed that no run of
// it can be under way any more.
func (o *openSlot) over(b *batch, now time.Time) bool {
	end := (b.slot + 1) * b.step
	if now.Unix() < end {
		return false
	}
	if now.Unix() >= end+min(b.step/2, 600)+60 {
		return true
	}
	for id := range o.before {
		if !o.told[id] {
			return false
		}
	}
	return len(o.told) > 0
}
