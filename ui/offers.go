package ui

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/offer"
	"siteward/ui/view"
)

// offersPath is where the provider's offers stand.
const offersPath = providerPath + "/offers"

func (s *Server) offerRoutes() {
	s.echo.GET(offersPath, s.offers)
	s.echo.POST(offersPath+"/fetch", s.fetchOffers)
	s.echo.POST(offersPath+"/policy", s.saveOfferPolicy)
	s.echo.GET(offersPath+"/:id", s.offer)
	s.echo.POST(offersPath+"/:id/accept", s.acceptOffer)
	s.echo.POST(offersPath+"/:id/refuse", s.refuseOffer)
	s.echo.POST(offersPath+"/:id/undo", s.undoOffer)
}

// offersWaiting counts what nobody has decided about.
func (s *Server) offersWaiting(ctx context.Context) (n int, err error) {
	all, err := s.App.Offers(ctx)
	for _, o := range all {
		if o.State == appliance.OfferHeld {
			n++
		}
	}
	return n, err
}

// offerShapes are the shapes of what became of an offer.
var offerShapes = map[appliance.OfferState]string{appliance.OfferHeld: "maintenance", appliance.OfferAccepted: "ok", appliance.OfferUseless: "nodata", appliance.OfferInstalled: "ok", appliance.OfferReverted: "warning"}

func (l *Lang) offerRow(o appliance.ProviderOffer) view.OfferRow {
	r := view.OfferRow{Href: offersPath + "/" + o.ID.String(), Name: o.Name, Kind: l.T("offer.kind_" + o.Kind), Word: l.T("offer.state_" + string(o.State)), State: offerShapes[o.State],
		Text: l.T("offer.means_" + o.Kind), Notes: o.Notes, Came: o.Came, Decided: o.Decided, By: o.By, Reason: o.Reason}
	if r.State == "" {
		r.State = "paused"
	}
	if o.By == appliance.PartySiteward {
		r.By = l.T("offer.by_rule")
	}
	return r
}

// offers lists what the provider offers.
func (s *Server) offers(c echo.Context) error {
	ctx := c.Request().Context()
	frame, l, tabs, err := s.providerFrame(c, "offers")
	if err != nil {
		return err
	}
	page := view.Offers{Tabs: tabs, CanDecide: can(c, access.ConnectProvider)}
	if _, err := s.App.Provider(ctx); err == nil {
		page.Connected = true
	} else if !errors.Is(err, appliance.ErrNotFound) {
		return err
	}
	all, err := s.App.Offers(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.State == appliance.OfferHeld {
			page.Waiting = append(page.Waiting, l.offerRow(o))
		} else {
			page.Rows = append(page.Rows, l.offerRow(o))
		}
	}
	p, err := s.App.OfferPolicy(ctx)
	if err != nil {
		return err
	}
	for _, k := range offer.Kinds {
		page.Policy = append(page.Policy, view.BackupCheck{Name: "kind_" + string(k), Label: l.T("offer.kinds_" + string(k)), On: slices.Contains(p.Automatic, string(k))})
	}
	page.Empty = view.Empty{Icon: "package-check", Title: l.T("offer.none"), Text: l.T("offer.none_how")}
	frame.Title = l.T("offer.title_none")
	if n := len(page.Waiting); n > 0 {
		frame.Title = l.T("offer.title", "n", n)
	}
	return s.render.Page(c, http.StatusOK, "offers", frame, page)
}

func (s *Server) offerParam(c echo.Context) (appliance.ProviderOffer, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.ProviderOffer{}, err
	}
	all, err := s.App.Offers(c.Request().Context())
	if err != nil {
		return appliance.ProviderOffer{}, err
	}
	i := slices.IndexFunc(all, func(o appliance.ProviderOffer) bool { return o.ID == id })
	if i < 0 {
		return appliance.ProviderOffer{}, appliance.ErrNotFound
	}
	return all[i], nil
}

func (s *Server) offer(c echo.Context) error {
	return s.showOffer(c, http.StatusOK, view.Form{Values: map[string]string{"reason": ""}})
}

func (s *Server) showOffer(c echo.Context, status int, form view.Form) error {
	o, err := s.offerParam(c)
	if err != nil {
		return err
	}
	frame, l, _, err := s.providerFrame(c, "offers")
	if err != nil {
		return err
	}
	page := view.Offer{OfferRow: l.offerRow(o), Form: form, ID: o.ID.String(), Number: o.N, Made: o.Made, Means: l.T("offer.accept_" + o.Kind)}
	if can(c, access.ConnectProvider) {
		page.CanDecline = o.State == appliance.OfferHeld
		page.CanAccept = o.State == appliance.OfferHeld || o.State == appliance.OfferRefused || o.State == appliance.OfferUndone || o.State == appliance.OfferUseless
		page.CanUndo = o.State == appliance.OfferAccepted && o.Kind != string(offer.KindRelease)
	}
	if o.State != appliance.OfferAccepted && o.State != appliance.OfferInstalled {
		changes, err := s.App.OfferChanges(c.Request().Context(), o.ID)
		if err != nil {
			// What cannot be read here is said, and can never be accepted.
			page.CanAccept, page.Why = false, l.offerWhy(err)
		}
		page.Lines, page.New = diffLines(changes)
	}
	frame.Title = l.T("offer.one_title", "kind", page.Kind, "name", o.Name)
	return s.render.Page(c, status, "offer", frame, page)
}

func (l *Lang) offerWhy(err error) string {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return l.Say(e.Message)
	}
	return err.Error()
}

// maxDiffLines bounds what a page shows of a difference.
const maxDiffLines = 1500

// diffLines takes the marks off; fresh says that every line is new.
func diffLines(changes []string) (out []view.DiffLine, fresh bool) {
	fresh = len(changes) > 0
	for _, line := range changes[:min(len(changes), maxDiffLines)] {
		d := view.DiffLine{Text: line}
		if mark := line[:min(1, len(line))]; mark == "+" || mark == "-" {
			d.Mark, d.Text = mark, strings.TrimPrefix(line[1:], " ")
		}
		fresh = fresh && d.Mark == "+"
		out = append(out, d)
	}
	if len(changes) > maxDiffLines {
		out = append(out, view.DiffLine{Text: "…"})
	}
	return out, fresh
}

func (s *Server) fetchOffers(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	n, err := s.App.FetchOffers(c.Request().Context())
	if err != nil {
		return s.offerFailed(c, l, offersPath, err)
	}
	return s.done(c, offersPath, l.T("offer.fetched", "n", n))
}

// offerFailed says on the next page why something was not done.
func (s *Server) offerFailed(c echo.Context, l *Lang, to string, err error) error {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || e.Code == appliance.CodeNotFound && e.Message.Key == "" {
		return err
	}
	flash(c, view.Note{Level: "error", Title: l.T("offer.not_done"), Text: l.Say(e.Message)})
	return c.Redirect(http.StatusSeeOther, to)
}

func (s *Server) saveOfferPolicy(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	var p appliance.OfferPolicy
	for _, k := range offer.Kinds {
		if c.FormValue("kind_"+string(k)) != "" {
			p.Automatic = append(p.Automatic, string(k))
		}
	}
	if err := s.App.SaveOfferPolicy(c.Request().Context(), actor(c), p); err != nil {
		return err
	}
	return s.done(c, offersPath, l.T("offer.policy_saved"))
}

func (s *Server) acceptOffer(c echo.Context) error {
	return s.decideOffer(c, "offer.accepted", s.App.AcceptOffer)
}

func (s *Server) undoOffer(c echo.Context) error {
	return s.decideOffer(c, "offer.undone", s.App.UndoOffer)
}

func (s *Server) decideOffer(c echo.Context, word string, do func(context.Context, appliance.Actor, appliance.ID) error) error {
	o, err := s.offerParam(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := do(c.Request().Context(), actor(c), o.ID); err != nil {
		return s.offerFailed(c, l, offersPath+"/"+o.ID.String(), err)
	}
	return s.done(c, offersPath, l.T(word, "name", o.Name))
}

func (s *Server) refuseOffer(c echo.Context) error {
	o, err := s.offerParam(c)
	if err != nil {
		return err
	}
	form := formOf(c, "reason")
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := s.App.RefuseOffer(c.Request().Context(), actor(c), o.ID, form.Value("reason")); err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showOffer(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, offersPath, l.T("offer.refused", "name", o.Name))
}
