package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// firstReasons is how many sentences of evidence a row shows at once.
const firstReasons = 3

// proposalRow is a proposal as the list shows it.
func (s *Server) proposalRow(ctx context.Context, l *Lang, p appliance.Proposal) view.ProposalRow {
	row := view.ProposalRow{ID: p.ID.String(), Name: p.Device.Name, Address: p.Device.Address, Product: p.Identity.Product(), Kind: l.Kind(p.Device.Kind),
		Icon: kindIcon(p.Device.Kind), Status: string(p.Status), Decided: p.Decided, Technical: true}
	for _, m := range p.Evidence {
		row.Why = append(row.Why, l.Say(m))
	}
	if len(row.Why) > firstReasons+1 {
		row.Why, row.More = row.Why[:firstReasons], row.Why[firstReasons:]
	}
	if p.Target != 0 {
		row.Target = "/devices/" + p.Target.String()
	}
	switch p.Kind {
	case appliance.ProposeMove:
		row.Headline = l.T("discovery.headline_moved", "name", p.Device.Name, "to", p.Device.Address)
		row.Accept = l.T("discovery.accept_moved")
	case appliance.ProposeTwin:
		row.Headline = l.T("discovery.headline_twin", "name", p.Device.Name, "address", strings.Join(p.Others, ", "))
	case appliance.ProposeWay:
		row.Headline = l.T("discovery.headline_way", "name", p.Device.Name)
		row.Accept = l.T("discovery.accept_way")
	default:
		row.Accept = l.T("discovery.accept")
	}
	if row.Headline != "" {
		row.Address = "" // the sentence says it
	}
	row.Checks = l.proposedChecks(ctx, s, p)
	if p.Status != appliance.ProposalOpen {
		row.Decision = l.T("discovery.decision_"+string(p.Status), "by", p.By)
	}
	return row
}

// proposedChecks says how the device would be asked.
func (l *Lang) proposedChecks(ctx context.Context, s *Server, p appliance.Proposal) string {
	words := make([]string, 0, len(p.Checks))
	for _, c := range p.Checks {
		words = append(words, l.checkWord(ctx, s, c))
	}
	return strings.Join(words, " · ")
}

// checkWord names a check with what matters about it: the credential, the page, the port.
func (l *Lang) checkWord(ctx context.Context, s *Server, c appliance.Check) string {
	word := s.protocol(ctx, c)
	switch {
	case c.SNMP != nil:
		all, err := s.App.Credentials(ctx)
		if i := slices.IndexFunc(all, func(k appliance.Credential) bool { return k.ID == c.SNMP.Credential }); err == nil && i >= 0 {
			return l.T("discovery.with_credential", "check", word, "name", all[i].Name)
		}
	case c.HTTP != nil:
		return word + " " + c.HTTP.URL
	case c.TCP != nil:
		return l.T("discovery.with_port", "name", c.Name, "port", strconv.Itoa(c.TCP.Port))
	}
	return word
}

func (s *Server) proposalOf(c echo.Context) (appliance.Proposal, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.Proposal{}, err
	}
	return s.App.Proposal(c.Request().Context(), id)
}

// proposal is the page of one: all that is known of it, and what can be changed before it is taken.
func (s *Server) proposal(c echo.Context) error {
	p, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	form := view.Form{Values: map[string]string{"name": p.Device.Name, "kind": string(p.Device.Kind), "place": p.Device.Place, "purpose": p.Device.Purpose}}
	return s.showProposal(c, http.StatusOK, p, form, nil)
}

func (s *Server) showProposal(c echo.Context, status int, p appliance.Proposal, form view.Form, chosen []string) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	page := view.Proposal{ID: p.ID.String(), Row: s.proposalRow(ctx, l, p), Form: form, Kinds: l.kindOptions(false), CanMerge: p.Kind == appliance.ProposeDevice && p.Status == appliance.ProposalOpen}
	page.Row.Why, page.Row.More = append(page.Row.Why, page.Row.More...), nil
	for _, check := range p.Checks {
		page.Checks = append(page.Checks, view.CheckChoice{Name: check.Name, Label: l.checkWord(ctx, s, check), On: chosen == nil || slices.Contains(chosen, check.Name)})
	}
	page.Facts = l.proposalFacts(p)
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	for _, d := range devices {
		page.Known = append(page.Known, view.Option{Value: d.ID.String(), Label: strings.TrimSpace(d.Name + " " + d.Address)})
	}
	frame.Title = page.Row.Headline
	if frame.Title == "" {
		frame.Title = l.T("discovery.title_one", "name", p.Device.Name)
	}
	return s.render.Page(c, status, "proposal", frame, page)
}

// proposalFacts is what was found out about the device.
func (l *Lang) proposalFacts(p appliance.Proposal) []view.Line {
	list := func(texts []string) string {
		if len(texts) > 8 {
			return strings.Join(texts[:8], ", ") + " …"
		}
		return strings.Join(texts, ", ")
	}
	var out []view.Line
	for _, f := range []view.Line{
		{Name: l.T("discovery.fact_address"), Value: list(p.Marks.Addresses), Mono: true},
		{Name: l.T("discovery.fact_product"), Value: p.Identity.Product()},
		{Name: l.T("discovery.fact_serial"), Value: p.Marks.Serial, Mono: true},
		{Name: l.T("discovery.fact_firmware"), Value: p.Identity.Firmware, Mono: true},
		{Name: l.T("discovery.fact_profile"), Value: list(p.Identity.Profiles), Mono: true},
		{Name: l.T("discovery.fact_names"), Value: list(p.Marks.Names)},
		{Name: l.T("discovery.fact_macs"), Value: list(p.Marks.MACs), Mono: true},
		{Name: l.T("discovery.fact_found"), Value: l.DateTime(p.Found)},
		{Name: l.T("discovery.fact_seen"), Value: l.DateTime(p.Seen)},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// acceptProposal takes a proposal: at once from the list, or as it was changed on its page.
func (s *Server) acceptProposal(c echo.Context) error {
	p, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	form := formOf(c, "name", "kind", "place", "purpose")
	in := appliance.AcceptProposal{Name: form.Value("name"), Kind: appliance.Kind(form.Value("kind")), Place: form.Value("place"), Purpose: form.Value("purpose")}
	var chosen []string
	if c.FormValue("changed") != "" {
		params, err := c.FormParams()
		if err != nil {
			return err
		}
		chosen = append([]string{}, params["checks"]...)
		in.Checks = chosen
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	d, err := s.App.AcceptProposal(c.Request().Context(), actor(c), p.ID, in)
	switch {
	case err == nil:
		flash(c, view.Note{Level: "ok", Title: l.T("discovery.done_"+string(p.Kind), "name", d.Name, "address", d.Address), Href: "/devices/" + d.ID.String(), Link: l.T("discovery.show_device")})
		return c.Redirect(http.StatusSeeOther, "/discover")
	case s.failForm(&form, l, err, nil):
		if form.Values["name"] == "" {
			form.Values["name"], form.Values["kind"], form.Values["place"] = p.Device.Name, string(p.Device.Kind), p.Device.Place
		}
		return s.showProposal(c, http.StatusUnprocessableEntity, p, form, chosen)
	}
	return err
}

func (s *Server) ignoreProposal(c echo.Context) error {
	return s.decideProposal(c, "discovery.done_ignored", func(ctx context.Context, by appliance.Actor, id appliance.ID) error {
		return s.App.IgnoreProposal(ctx, by, id)
	})
}

func (s *Server) reopenProposal(c echo.Context) error {
	return s.decideProposal(c, "discovery.done_reopened", func(ctx context.Context, by appliance.Actor, id appliance.ID) error {
		return s.App.ReopenProposal(ctx, by, id)
	})
}

func (s *Server) decideProposal(c echo.Context, key string, decide func(context.Context, appliance.Actor, appliance.ID) error) error {
	p, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	if err := decide(c.Request().Context(), actor(c), p.ID); err != nil {
		return err
	}
	return s.done(c, "/discover", s.render.Lang(s.frame(c, "devices").Lang).T(key, "name", p.Device.Name))
}

// mergeProposal says that it is a device that is known already.
func (s *Server) mergeProposal(c echo.Context) error {
	p, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "devices").Lang)
	form := view.Form{Values: map[string]string{"name": p.Device.Name, "kind": string(p.Device.Kind), "place": p.Device.Place, "purpose": p.Device.Purpose, "device": c.FormValue("device")}}
	id, err := appliance.ParseID(c.FormValue("device"))
	if err != nil {
		form.Fail("device", l.T("discovery.choose_device"))
		return s.showProposal(c, http.StatusUnprocessableEntity, p, form, nil)
	}
	if err := s.App.MergeProposal(c.Request().Context(), actor(c), p.ID, id); err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showProposal(c, http.StatusUnprocessableEntity, p, form, nil)
	}
	d, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return s.done(c, "/discover", l.T("discovery.done_merged", "name", d.Name))
}

// aboutDevice are the open proposals about a device, for its own page.
func (s *Server) aboutDevice(ctx context.Context, l *Lang, id appliance.ID) []view.DeviceNote {
	all, err := s.App.Proposals(ctx)
	if err != nil {
		return nil
	}
	var out []view.DeviceNote
	for _, p := range all {
		if p.Target != id || p.Status != appliance.ProposalOpen || len(p.Evidence) == 0 {
			continue
		}
		row := s.proposalRow(ctx, l, p)
		note := view.Note{Title: row.Headline, Text: strings.Join(row.Why[:min(len(row.Why), 2)], " "), Href: "/proposals/" + row.ID, Link: l.T("discovery.decide")}
		if p.Kind != appliance.ProposeWay {
			note.Level = "warning"
		}
		out = append(out, view.DeviceNote{Note: note})
	}
	return out
}
