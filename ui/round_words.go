package ui

import (
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// roundPoint makes a point what the page shows.
func (l *Lang) roundPoint(n int, p appliance.RoundPoint) view.RoundPoint {
	out := view.RoundPoint{N: n, Key: p.Key, Title: l.T("round.point_" + p.Key), State: p.State.String(), Judgement: string(p.Judgement), Note: p.Note, By: p.By, At: p.At, More: p.More,
		Text: l.T("round.text_"+p.Key, "n", p.Total, "good", p.Good), Write: "/logbook/new?subject=" + url.QueryEscape(l.T("round.point_"+p.Key))}
	if p.Total == 0 {
		out.Text = l.T("round.empty_" + p.Key)
	}
	attention := p.More
	for _, x := range p.Lines {
		line := view.RoundLine{State: x.State.String(), At: x.At, What: x.What, Verbatim: x.Text, Href: x.Href}
		if p.Key == appliance.RoundLogs {
			line.What = l.roundDay(x.What)
		}
		if x.Message != nil {
			line.Text = l.Say(*x.Message)
		}
		said := strings.TrimSpace(line.What + ": " + line.Text + "\n" + x.Text)
		line.Ticket = "/tickets/new?title=" + url.QueryEscape(strings.TrimSpace(line.What+": "+line.Text)) + "&text=" + url.QueryEscape(said)
		if x.Device != 0 {
			line.Ticket += "&device=" + x.Device.String()
		}
		if x.State.Problem() {
			attention++
			out.Lines = append(out.Lines, line)
			continue
		}
		out.Calm = append(out.Calm, line)
	}
	if attention > 0 {
		out.Word = l.T("round.attention", "n", attention)
		if len(out.Lines) > 0 {
			out.Write += "&text=" + url.QueryEscape(out.Lines[0].What+": "+out.Lines[0].Text)
		}
		return out
	}
	if out.Word = l.T("round.calm"); p.Total == 0 {
		out.State, out.Word = appliance.StateNoData.String(), l.T("round.nothing_there") // what nobody watches is not in order
		return out
	}
	out.State = appliance.StateOK.String()
	return out
}

// onlyOpen takes links away that the reader's role would be refused: the evidence stays.
func onlyOpen(c echo.Context, lines []view.RoundLine) {
	for i := range lines {
		for prefix, need := range map[string]access.Permission{"/eventchecks": access.ViewTraps, "/settings/sources": access.ViewSources, "/settings/": access.ViewSettings} {
			if strings.HasPrefix(lines[i].Href, prefix) && !can(c, need) {
				lines[i].Href = ""
			}
		}
	}
}

// roundDay is a day as it stands in a heading.
func (l *Lang) roundDay(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, l.zone())
	if err != nil {
		return day
	}
	return l.Day(t)
}
