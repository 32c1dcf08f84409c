package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/offer"
	"siteward/central"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// offersPage is what this central offers to sites.
type offersPage struct {
	Form  view.Form
	Kinds []view.Option
	Rows  []offerRow

	CanEdit bool
}

// offerRow is one offer with how far it goes and what sites did with it.
type offerRow struct {
	N                       uint64
	Href, Name, Kind, Notes string
	By, Ring                string
	Rings                   []view.Option
	Made                    time.Time
	Paused                  bool
	Held, Taken, Refused    int
	Form                    view.Form
}

// offerPage is one offer and every answer to it.
type offerPage struct {
	offerRow
	Text    string
	Answers []answerRow
}

type answerRow struct {
	Href, Name, State, Word, By, Reason string
	At                                  time.Time
}

func (s *Server) offerRoutes() {
	s.echo.GET("/offers", s.offers)
	s.echo.POST("/offers", s.addOffer)
	s.echo.GET("/offers/:n", s.offer)
	s.echo.POST("/offers/:n/reach", s.reachOffer)
}

func (s *Server) offers(c echo.Context) error {
	return s.showOffers(c, http.StatusOK, view.Form{Values: map[string]string{"kind": string(offer.KindProfile), "name": "", "notes": ""}})
}

func (s *Server) showOffers(c echo.Context, status int, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.Frame(c, "offers")
	l := s.Lang(frame)
	page := offersPage{Form: form, CanEdit: ui.Can(c, people.EditOffers)}
	for _, k := range offer.Kinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("offer.kind_" + string(k))})
	}
	all, err := s.Enrol.Offers(ctx)
	if err != nil {
		return err
	}
	for _, o := range all[:min(len(all), 200)] {
		answers, err := s.answers(c, o.N)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, offerLine(l, o, answers))
	}
	frame.Title = l.T("central.offers_title", "n", len(all))
	return s.Render(c, status, "central-offers", frame, page)
}

// answers are those of the sites that the person may see.
func (s *Server) answers(c echo.Context, n uint64) ([]central.OfferAnswer, error) {
	ctx := c.Request().Context()
	all, err := central.AnswersTo(ctx, s.Store, n)
	if err != nil {
		return nil, err
	}
	scope, err := s.Scope(c)
	if err != nil || scope == nil {
		return all, err
	}
	f := central.FleetFilter{Groups: scope}
	return slices.DeleteFunc(all, func(a central.OfferAnswer) bool {
		row, err := s.Store.Site(ctx, a.Site)
		return err != nil || !f.Sees(row.Site.Group)
	}), nil
}

func offerLine(l *ui.Lang, o central.Offer, answers []central.OfferAnswer) offerRow {
	n := strconv.FormatUint(o.N, 10)
	r := offerRow{N: o.N, Href: "/offers/" + n, Name: o.Name, Kind: l.T("offer.kind_" + o.Kind), Notes: tame(o.Notes, 300), By: byWhom(l, o.By), Made: o.Made, Paused: o.Withdrawn,
		Ring: l.T("central.ring_none"), Rings: ringOptions(l), Form: view.Form{Values: map[string]string{"ring": o.Ring}}}
	if slices.Contains(central.Rings, o.Ring) {
		r.Ring = l.T("central.ring_" + o.Ring)
	}
	if o.Withdrawn {
		r.Ring = l.T("central.offer_paused")
	}
	for _, a := range answers {
		switch a.State {
		case string(appliance.OfferHeld):
			r.Held++
		case string(appliance.OfferAccepted), string(appliance.OfferInstalled):
			r.Taken++
		case string(appliance.OfferRefused), string(appliance.OfferUndone), string(appliance.OfferUseless), string(appliance.OfferReverted):
			r.Refused++
		}
	}
	return r
}

// ringOptions are how far an offer goes.
func ringOptions(l *ui.Lang) []view.Option {
	out := []view.Option{{Label: l.T("central.ring_none")}}
	for _, r := range central.Rings {
		out = append(out, view.Option{Value: r, Label: l.T("central.ring_" + r)})
	}
	return out
}

func (s *Server) offerParam(c echo.Context) (central.Offer, error) {
	n, err := strconv.ParseUint(c.Param("n"), 10, 64)
	if err != nil {
		return central.Offer{}, appliance.ErrNotFound
	}
	o, _, err := central.Offers.Find(c.Request().Context(), s.Store, central.NumberKey(n))
	return o, err
}

func (s *Server) offer(c echo.Context) error {
	o, err := s.offerParam(c)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "offers")
	l := s.Lang(frame)
	answers, err := s.answers(c, o.N)
	if err != nil {
		return err
	}
	page := offerPage{offerRow: offerLine(l, o, answers)}
	var sealed offer.Offer
	if json.Unmarshal(o.Payload, &sealed) == nil {
		page.Text = string(sealed.Body)
	}
	for _, a := range answers {
		r := answerRow{Href: "/sites/" + string(a.Site), Name: tame(a.Name, 80), Word: offerWord(l, a.State), State: "paused", By: tame(a.By, 60), Reason: tame(spoken(l, a.ReasonIn, a.Reason), 200), At: a.At}
		switch a.State {
		case string(appliance.OfferAccepted):
			r.State = "ok"
		case string(appliance.OfferHeld):
			r.State = "maintenance"
		case string(appliance.OfferUseless):
			r.State = "nodata"
		}
		page.Answers = append(page.Answers, r)
	}
	frame.Title = l.T("offer.one_title", "kind", page.Kind, "name", o.Name)
	return s.Render(c, http.StatusOK, "central-offer", frame, page)
}

// addOffer puts up a file. It reaches nobody before somebody says how far it goes.
func (s *Server) addOffer(c echo.Context) error {
	l := s.Lang(s.Frame(c, ""))
	form := ui.FormOf(c, "kind", "name", "notes")
	o := offer.Offer{Kind: offer.Kind(form.Value("kind")), Name: form.Value("name"), Notes: form.Value("notes")}
	var err error
	if o.Body, err = uploaded(c, "file"); err != nil {
		form.Fail("file", l.T("central.offer_need_file"))
		return s.showOffers(c, http.StatusUnprocessableEntity, form)
	}
	if o.Kind == offer.KindRelease {
		signature, err := uploaded(c, "signature")
		if err != nil {
			form.Fail("signature", l.T("central.offer_need_signature"))
			return s.showOffers(c, http.StatusUnprocessableEntity, form)
		}
		if o.Body, err = offer.ReleaseBody(o.Body, signature); err != nil {
			return err
		}
	}
	made, err := s.Enrol.Offer(c.Request().Context(), ui.Actor(c).Name, o)
	if err != nil {
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
		return s.showOffers(c, http.StatusUnprocessableEntity, form)
	}
	s.audit(c, "offer "+made.Name, "offer_made", "put up the offer "+made.Name, map[string]any{"Name": made.Name})
	return ui.Done(c, "/offers", l.T("central.offer_made_done", "name", made.Name))
}

func uploaded(c echo.Context, field string) ([]byte, error) {
	h, err := c.FormFile(field)
	if err != nil {
		return nil, err
	}
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, offer.MaxBody+1))
	if err == nil && len(b) == 0 {
		err = errors.New("the file is empty")
	}
	return b, err
}

// reachOffer says how far an offer goes, or that it goes no further.
func (s *Server) reachOffer(c echo.Context) error {
	o, err := s.offerParam(c)
	if err != nil {
		return err
	}
	ring := c.FormValue("ring")
	pause := c.FormValue("pause") != ""
	if pause || ring == "" && c.FormValue("resume") != "" {
		ring = o.Ring
	}
	if err := s.Enrol.Reach(c.Request().Context(), o.N, ring, pause); err != nil {
		return err
	}
	s.audit(c, "offer "+o.Name, "offer_reach", "changed how far the offer "+o.Name+" goes", map[string]any{"Name": o.Name})
	return ui.Done(c, "/offers", s.Lang(s.Frame(c, "")).T("central.offer_saved", "name", o.Name))
}
