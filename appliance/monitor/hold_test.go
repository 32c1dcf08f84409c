package monitor

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

const inWindow = appliance.StateMaintenance

func work() *appliance.Window {
	return &appliance.Window{ID: 4, Title: "Firmware", From: morning, Until: morning.Add(time.Hour)}
}

func TestAWindowKeepsBackWhatHappens(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	s.window = work()
	s.tick(0)
	r := s.is(answer, inWindow)
	if r.Held.State != ok || r.Held.Before != ok || r.Held.Window != 4 {
		t.Errorf("held %+v", r.Held)
	}
	s.is("storage/31", inWindow)
	since := s.state(answer).Since
	for range 5 {
		s.reading(silent)
	}
	r = s.is(answer, inWindow)
	if r.Held.State != critical || !r.Since.Equal(since) {
		t.Errorf("held %+v since %s, want %s", r.Held, r.Since, since)
	}
	if n := strings.Count(s.journalOfWindow(), "critical"); n != 1 {
		t.Errorf("journal of the window: %s", s.journalOfWindow())
	}
	for range 3 {
		s.reading(disk(50))
	}
	s.window = nil
	s.tick(0)
	s.is(answer, ok)
	s.is("storage/31", ok)
	s.recorded("storage/31", "")
	if got := s.journal(answer); got != "nodata>ok ok>maintenance ok>critical critical>ok maintenance>ok" {
		t.Errorf("journal %q", got)
	}
}

// journalOfWindow are the events that the window kept back.
func (s *story) journalOfWindow() string {
	var lines []string
	for _, e := range s.events {
		if e.Window == 4 && e.To != inWindow {
			lines = append(lines, e.Item+":"+e.To.String())
		}
	}
	return strings.Join(lines, " ")
}

func TestWhatIsStillBrokenAfterAWindowIsTold(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	s.window = work()
	for range 4 {
		s.reading(silent)
	}
	down := s.is(answer, inWindow).Held.Since
	s.window = nil
	s.reading(silent)
	r := s.is(answer, critical)
	if r.Held != nil || !r.Since.Equal(down) {
		t.Errorf("since %s, it went down at %s", r.Since, down)
	}
	last := s.events[len(s.events)-1]
	if last.Item != answer || last.From != inWindow || last.To != critical || last.Window != 0 || last.Message.Key != "monitor.no_answer" {
		t.Errorf("told %+v", last)
	}
	for _, step := range r.Evidence.Steps {
		if step.Key == stepHeld {
			t.Error("the evidence still names the window")
		}
	}
}

func TestWhatWasBrokenBeforeAWindowIsNotNews(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	for range 3 {
		s.reading(silent)
	}
	acked, err := Acknowledge(s.state(answer), "m", "I look", s.now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.states {
		if s.states[i].Item == answer {
			s.states[i] = acked
		}
	}
	since := s.is(answer, critical).Since
	s.window = work()
	s.reading(silent)
	if r := s.is(answer, inWindow); r.Held.Before != critical || r.Ack == nil {
		t.Errorf("held %+v, acknowledged %v", r.Held, r.Ack)
	}
	s.window = nil
	s.reading(silent)
	if r := s.is(answer, critical); !r.Since.Equal(since) || r.Ack == nil {
		t.Errorf("since %s, want %s; acknowledged %v", r.Since, since, r.Ack)
	}
	s.recorded(answer, "nodata>ok ok>critical critical>maintenance maintenance>critical")
}

func TestAWindowThatNothingHappensInWritesOnce(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	s.window = work()
	s.tick(0)
	if v := Tick(s.input(appliance.Reading{})); len(v.Changed)+len(v.Events) != 0 {
		t.Errorf("%d states changed, %d events", len(v.Changed), len(v.Events))
	}
	before := len(s.events)
	s.window = &appliance.Window{ID: 5, Title: "More", Until: morning.Add(2 * time.Hour)}
	s.tick(0)
	if len(s.events) != before || s.is(answer, inWindow).Held.Window != 5 {
		t.Error("one window after another is news")
	}
}

func TestAPauseCountsBeforeAWindow(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	s.device.Paused = &appliance.Pause{By: "m", Reason: "moved", Since: s.now}
	s.window = work()
	s.tick(0)
	s.is(answer, appliance.StatePaused)
	s.device.Paused = nil
	s.tick(time.Minute)
	if r := s.is(answer, inWindow); r.Held.State != noData {
		t.Errorf("held %s", r.Held.State)
	}
	s.device.Paused = &appliance.Pause{By: "m", Reason: "moved", Since: s.now}
	s.tick(time.Minute)
	if r := s.is(answer, appliance.StatePaused); r.Held != nil {
		t.Error("still held")
	}
}

func TestASwitchInMaintenanceCutsOffAllTheSame(t *testing.T) {
	r := appliance.StateRecord{StateKey: appliance.StateKey{Check: 1, Item: answer}, Device: 2, State: inWindow, Held: &appliance.Held{Window: 4, State: critical}}
	if g := gateOf(2, Answer{StateRecord: r}); g.stands != closed || g.root != 2 {
		t.Errorf("gate %+v", g)
	}
}
