package ui

import (
	"html"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// maxCards is how many problems Start tells at length; the list has all of them.
const maxCards = 8

// maxNamedProblems is how many of several problems the wall display names.
const maxNamedProblems = 3

// answer is the sentence of a key user. It follows from the cards below it and promises no more than they prove.
func (sc *scene) answer() *view.Answer {
	state, text := sc.l.verdict(sc.o.Headline, sc.stand)
	a := &view.Answer{State: state.String(), Text: text, Checked: sc.l.checked(sc.o.Headline.Checked), Href: "/devices"}
	if more := sc.l.standing(sc.stand); more != "" {
		a.More = append(a.More, more)
	}
	return a
}

// verdict is the site in one or two sentences, with the state whose shape stands beside them.
func (l *Lang) verdict(h monitor.Headline, s standing) (appliance.State, string) {
	switch {
	case h.Problems > 0 && h.Critical+h.Warning == 0:
		return appliance.StateNoData, l.T("start.missing", "n", h.Problems, "count", l.count(h.Problems)) + " " + l.inWork(h)
	case h.Problems > 0:
		state := appliance.StateWarning
		if h.Critical > 0 {
			state = appliance.StateCritical
		}
		return state, l.T("start.problems", "n", h.Problems, "count", l.count(h.Problems)) + " " + l.inWork(h)
	case s.unknown > 0:
		return appliance.StateNoData, l.T("start.unknown", "n", s.unknown, "count", l.count(s.unknown))
	case s.others == 0 && h.Items > 0 && h.State == appliance.StateOK: // no devices, and what is expected has come
		return appliance.StateOK, l.T("start.fine_watched")
	case s.fine == 0:
		return h.State, l.T("start.nothing_watched")
	case s.paused+s.window > 0:
		return appliance.StateOK, l.T("start.fine_watched")
	}
	return appliance.StateOK, l.T("start.fine")
}

// inWork says how many of the problems somebody takes care of.
func (l *Lang) inWork(h monitor.Headline) string {
	switch h.Taken {
	case 0:
		return l.T("start.taken_none")
	case h.Problems:
		return l.T("start.taken_all", "n", h.Problems)
	}
	return l.T("start.taken_some", "n", h.Taken, "count", l.count(h.Taken))
}

// count is a small number as a word at the beginning of a sentence: "Two".
func (l *Lang) count(n int) string {
	if key := "start.number_" + l.Int(int64(n)); l.Has(key) {
		return l.T(key)
	}
	return l.Int(int64(n))
}

// mark stands where the age goes while a sentence is put together.
const mark = "\x00"

// checked is the sentence of the last check, cut where the age stands, which grows on the page.
func (l *Lang) checked(at time.Time) view.Checked {
	if at.IsZero() {
		return view.Checked{Before: l.T("start.never")}
	}
	before, after, _ := strings.Cut(l.T("start.checked_ago", "time", l.said(at), "ago", mark), mark)
	return view.Checked{At: at, Before: before, After: after}
}

// checkedHTML is the same sentence for the event stream.
func (l *Lang) checkedHTML(at time.Time) string {
	c := l.checked(at)
	if c.At.IsZero() {
		return html.EscapeString(c.Before)
	}
	return html.EscapeString(c.Before) + string(l.ago(c.At)) + html.EscapeString(c.After)
}

// cards are the problems with the questions of a key user, and what the link to the rest says.
func (sc *scene) cards() ([]view.ProblemCard, string) {
	var out []view.ProblemCard
	for _, p := range sc.o.Problems[:min(len(sc.o.Problems), maxCards)] {
		out = append(out, sc.card(p))
	}
	if rest := len(sc.o.Problems) - len(out); rest > 0 {
		return out, sc.l.T("start.more", "n", rest)
	}
	return out, ""
}

func (sc *scene) card(p monitor.Problem) view.ProblemCard {
	l := sc.l
	question, what := l.affected(p)
	c := view.ProblemCard{
		ID: BadgeID(p.Check.String(), p.Item)[3:], Check: p.Check.String(), Item: p.Item, State: p.State.String(), Handled: p.Taken,
		Since: l.T("start.since", "time", l.said(p.Since), "for", l.Duration(sc.now.Sub(p.Since))), Title: l.Problem(p),
		Answers:  []view.QA{{Question: question, Answer: what}, {Question: l.T("problem.who"), Answer: l.carer(p.Ack, sc.person)}},
		Fact:     l.Say(p.Evidence.Why),
		Evidence: evidenceOn(sc.path, p.StateKey), Href: stateHref(p.StateRecord), Link: l.T("problems.to_device", "name", placeOf(p)),
		Behind: sc.behind(p),
	}
	if p.Ack == nil || p.Ack.Reason == "" {
		c.Answers = append(c.Answers, view.QA{Question: l.T("problem.until"), Answer: l.T("problem.no_promise")})
	}
	c.Answers = append(c.Answers, view.QA{Question: l.T("problem.do"), Answer: l.advice(p, sc.site.Hotline)})
	c.Take = sc.act && !p.Taken
	c.Give = sc.act && p.Taken && p.Ack.By == sc.self
	return c
}

// help says where to turn when something else is wrong.
func (sc *scene) help() *view.Help {
	l := sc.l
	h := &view.Help{Title: l.T("start.help"), Hotline: sc.site.Hotline, Report: true}
	if len(sc.o.Problems) > 0 {
		h.Title = l.T("start.help_else")
	}
	switch {
	case h.Hotline == "":
		h.Text = l.T("start.help_nobody")
	case sc.site.Provider != "":
		h.Text = l.T("start.help_provider", "name", sc.site.Provider)
	default:
		h.Text = l.T("start.help_call")
	}
	return h
}

// light is the wall display: a single problem in its own words, several as a count and a list. It names no persons.
func (sc *scene) light() *view.Light {
	light := &view.Light{Answer: *sc.answer(), Hotline: sc.site.Hotline}
	problems := sc.o.Problems
	if len(problems) == 1 {
		p := problems[0]
		light.Text = sc.l.Problem(p)
		light.Who = sc.l.T("start.light_nobody", "time", sc.l.said(p.Since))
		if p.Taken {
			light.Who = sc.l.T("start.light_taken", "time", sc.l.said(p.Since))
		}
		return light
	}
	said := map[string]bool{}
	for _, p := range problems {
		line := view.ProblemLine{State: p.State.String(), Text: sc.l.Problem(p)}
		if len(light.Lines) < maxNamedProblems && !said[line.Text] {
			light.Lines = append(light.Lines, line)
		}
		said[line.Text] = true
	}
	return light
}
