package ui

import (
	"mime"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/sla"
	"siteward/appliance/ticket"
	"siteward/ui/view"
)

func attachmentName(name string) string {
	if v := mime.FormatMediaType("attachment", map[string]string{"filename": name}); v != "" {
		return v
	}
	return "attachment"
}

// isoOr is nothing for no time.
func (l *Lang) isoOr(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.iso(t)
}

func (l *Lang) priority(p appliance.TicketPriority) string {
	return l.T("ticket.priority_" + strconv.Itoa(int(p)))
}

// ticketTitle is what a ticket is called; work that recurs has its name in every language.
func (l *Lang) ticketTitle(t appliance.Ticket) string {
	if t.Recurs != "" {
		return l.T("ticket.recurs_" + t.Recurs)
	}
	return t.Title
}

// ticketStatus is shape and word of how far a ticket is. A broken promise shows as long as the ticket is open.
func (l *Lang) ticketStatus(t appliance.Ticket, readings []appliance.ClockReading) (state, word string) {
	state, word = "warning", l.T("ticket.status_"+string(t.Status))
	switch t.Status {
	case appliance.TicketSolved, appliance.TicketMerged:
		return "ok", word
	case appliance.TicketWaiting:
		state = "paused"
	case appliance.TicketWorking:
		state = "maintenance"
	}
	for _, r := range readings {
		if r.Status == string(sla.Breached) && r.Stop.IsZero() {
			state = "critical"
		}
	}
	return state, word
}

// ticketDue says which promise is due next and how much time is left.
func (l *Lang) ticketDue(readings []appliance.ClockReading) view.TicketDue {
	n := ticket.Next(readings)
	if n == nil {
		return view.TicketDue{}
	}
	c := l.clockView(*n)
	return view.TicketDue{State: c.State, Text: c.Title, Due: n.Due}
}

// minutes of service hours and of work as people say them: days would be of 24 hours, which nobody means here.
func (l *Lang) minutes(n int) string {
	switch h, m := n/60, n%60; {
	case h == 0:
		return l.T("ticket.span_m", "m", l.Int(int64(m)))
	case m == 0:
		return l.T("ticket.span_h", "h", l.Int(int64(h)))
	default:
		return l.T("ticket.span_hm", "h", l.Int(int64(h)), "m", l.Int(int64(m)))
	}
}

// clockView makes a clock what the page shows.
func (l *Lang) clockView(r appliance.ClockReading) view.TicketClock {
	c := view.TicketClock{Bar: clockBar(r), Used: min(r.Used, r.Target), Target: r.Target, More: r.More, Ended: !r.Stop.IsZero(), State: "ok", Word: l.T("ticket.clock_runs")}
	kind := string(r.Kind)
	c.Title = l.T("ticket.clock_"+kind, "time", l.When(r.Due))
	switch left := max(0, r.Target-r.Used); {
	case r.Status == string(sla.Breached):
		c.State, c.Word, c.Big = "critical", l.T("ticket.clock_broken"), l.T("ticket.clock_late", "time", l.minutes(max(0, r.Used-r.Target)))
		if r.Due.IsZero() {
			c.Title = l.T("ticket.clock_"+kind, "time", l.When(r.Breached))
		}
	case r.Status == string(sla.Kept):
		c.Word, c.Big = l.T("ticket.clock_kept"), l.T("ticket.clock_used", "used", l.minutes(r.Used), "target", l.minutes(r.Target))
	case r.Status == string(sla.Paused):
		c.State, c.Word, c.Big = "paused", l.T("ticket.clock_stands"), l.T("ticket.clock_left", "time", l.minutes(left))
		c.Title = l.T("ticket.clock_open_" + kind)
	case r.Percent >= 75:
		c.State, c.Word, c.Big = "warning", l.T("ticket.clock_soon"), l.T("ticket.clock_left", "time", l.minutes(left))
	default:
		c.Big = l.T("ticket.clock_left", "time", l.minutes(left))
	}
	for _, line := range r.Lines {
		c.Lines = append(c.Lines, l.clockLine(line))
	}
	return c
}

func (l *Lang) clockLine(line appliance.ClockLine) view.TicketLine {
	from, to := l.Local(line.From), l.Local(line.To)
	v := view.TicketLine{Kind: line.Kind, When: l.Day(from) + ", " + l.HM(from) + "–" + l.HM(to)}
	if calendar.DayOf(from) != calendar.DayOf(to) {
		v.When = l.Day(from) + ", " + l.HM(from) + " – " + l.Day(to) + ", " + l.HM(to)
	}
	v.What = l.T("ticket.line_" + line.Kind)
	switch line.Kind {
	case string(sla.Halted):
		v.What = l.T("ticket.line_wait_" + string(line.For))
		v.Minutes = l.minutes(0)
	case string(sla.Closed):
		v.Minutes = l.minutes(0)
		var free []string
		for _, d := range line.Free {
			free = append(free, l.holidayName(d))
		}
		if len(free) > 0 {
			v.What = l.T("ticket.line_free", "days", strings.Join(free, ", "))
		}
	default:
		v.Minutes = l.minutes(line.Minutes)
	}
	return v
}

func (l *Lang) holidayName(d appliance.ClockDay) string {
	if d.Key != "" && l.Has("holiday."+d.Key) {
		return l.T("holiday." + d.Key)
	}
	return d.Name
}

// hoursText is the week in words: "Mon–Fri 08:00-18:00".
func (l *Lang) hoursText(h appliance.ServiceHours, site appliance.Site) string {
	hours, err := sla.HoursOf(h, site)
	if err != nil {
		return ""
	}
	if h.Preset == appliance.Hours7x24 {
		return l.T("contract.hours_always")
	}
	var parts []string
	week := hours.Week()
	order := []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	for i := 0; i < len(order); {
		text, j := sla.FormatSpans(week[order[i]]), i
		for j+1 < len(order) && sla.FormatSpans(week[order[j+1]]) == text {
			j++
		}
		if text != "" {
			days := l.weekday(order[i])
			if j > i {
				days += "–" + l.weekday(order[j])
			}
			parts = append(parts, days+" "+strings.ReplaceAll(text, "-", "–"))
		}
		i = j + 1
	}
	out := strings.Join(parts, ", ")
	if h.Holidays {
		return l.T("contract.hours_holidays", "hours", out)
	}
	return l.T("contract.hours_no_holidays", "hours", out)
}

func (l *Lang) weekday(d time.Weekday) string { return l.T("ticket.day_" + strconv.Itoa(int(d))) }

// promise says what somebody can rely on who reports something now.
func (l *Lang) promise(p appliance.Promise, err error) (view.Promise, error) {
	if err != nil {
		if appliance.CodeOf(err) == appliance.CodeInvalid {
			return view.Promise{None: l.T("ticket.no_promise")}, nil
		}
		return view.Promise{}, err
	}
	var v view.Promise
	add := func(key string, t time.Time) {
		if !t.IsZero() {
			v.Lines = append(v.Lines, l.T(key, "time", l.When(t)))
		}
	}
	add("ticket.promise_confirm", p.Confirm)
	add("ticket.promise_respond", p.Respond)
	add("ticket.promise_restore", p.Restore)
	if len(v.Lines) == 0 {
		v.None = l.T("ticket.no_promise")
	}
	if c := p.Contingent; c != nil {
		v.Lines = append(v.Lines, l.T("ticket.promise_left", "time", l.minutes(max(0, c.Left)), "of", l.minutes(c.Minutes)))
	}
	return v, nil
}
