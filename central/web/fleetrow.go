package web

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/ui"
)

type fleetRow struct {
	Href, Name, Group string
	State, Word       string
	Why               string
	Since             time.Time
	Cells             []cell
}

// laterColumns are the names of nouns that came later and that some of these sites report, ten at most.
func laterColumns(rows []central.Row) []string {
	names := map[string]bool{}
	for i := range rows {
		for k := range rows[i].Status.Facts.More {
			names[k] = true
		}
	}
	var out []string
	for k := range names {
		if tame(k, 24) == k && k != "" {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 10)]
}

func (s *Server) fleetRow(l *ui.Lang, r *central.Row, groups map[appliance.ID]string, extra []string) fleetRow {
	row := fleetRow{Href: "/sites/" + string(r.Site.ID), Name: tame(r.Site.Name, 80), Group: groups[r.Site.Group]}
	row.State, row.Word = standing(l, r)
	row.Why, row.Since = s.why(l, r)
	for _, col := range columns {
		v := col.cellOf(l, r)
		v.Label = l.T(col.word)
		if r.Status.Silent != central.Speaking && v.State != "" {
			v.State, v.Muted = "nodata", true // as it was when the site was last heard: no verdict of now
		}
		row.Cells = append(row.Cells, v)
	}
	for _, k := range extra {
		row.Cells = append(row.Cells, cell{Label: k, Text: l.Int(int64(r.Status.Facts.More[k]))})
	}
	return row
}

// rowHTML is a row as it was rendered last time, as long as the site tells nothing new: a template costs more than the row's data.
func (s *Server) rowHTML(l *ui.Lang, r *central.Row, groups map[appliance.ID]string, extra []string) (template.HTML, error) {
	stamp := fmt.Sprintf("%v|%s|%d|%d|%s|%s", extra, groups[r.Site.Group], r.Status.Seen.UnixNano(), r.Site.Version, r.Status.Silent, s.Now().Format("15:04"))
	return s.render.Fragment(l.Tag, "fleet", "row", string(r.Site.ID), stamp, s.fleetRow(l, r, groups, extra))
}

// why says in a sentence what makes a site stand where it does, and since when.
func (s *Server) why(l *ui.Lang, r *central.Row) (string, time.Time) {
	st := &r.Status
	switch st.Silent {
	case central.Lost:
		return l.T("central.why_lost"), st.Since
	case central.Overdue:
		return l.T("central.why_overdue"), st.Since
	case central.Ours:
		return l.T("central.why_ours"), st.Since
	case central.Never:
		return l.T("central.why_never"), st.Since
	case central.Stopped:
		if st.Until.IsZero() {
			return l.T("central.why_stopped"), st.Since
		}
		return l.T("central.why_stopped_until", "time", st.Until), st.Since
	case central.Speaking:
	}
	if st.Logbook != "" {
		return tame(spoken(l, st.LogbookIn, st.Logbook), 160), time.Time{}
	}
	if st.Facts.State == appliance.StateOK {
		return "", time.Time{}
	}
	if st.Facts.WorstIn != nil && st.Facts.WorstOf != "" {
		return tame(st.Facts.WorstOf+": "+spoken(l, st.Facts.WorstIn, st.Facts.Worst), 160), st.Facts.Since
	}
	return tame(st.Facts.Worst, 160), st.Facts.Since
}

// spoken is a sentence of a site in the reader's language, in English when the site is newer than this program. A site says what it likes
// in either; it is shown as its own words.
func spoken(l *ui.Lang, w *message.Words, english string) string {
	return l.Say(w.Message(english))
}
