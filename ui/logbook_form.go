package ui

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/logbook"
	"siteward/ui/view"
)

// localTime is what a date field of a browser sends.
const localTime = "2006-01-02T15:04"

var entryFields = []string{"kind", "at", "device", "subject", "text", "reason", "minutes", "ticket", "party", "firm", "corrects", "once", "taken"}

func (s *Server) newEntry(c echo.Context) error {
	form := formOf(c, entryFields...)
	form.Values["kind"] = string(appliance.LogbookWork)
	form.Values["at"] = s.App.Now().In(s.zone()).Format(localTime)
	form.Values["party"] = logbook.PartyOf(access.Who(c.Request().Context()).Role)
	for _, name := range []string{"device", "corrects", "subject", "text"} { // what another page hands over
		form.Values[name] = c.QueryParam(name)
	}
	form.Values["once"] = rand.Text()
	return s.showEntryForm(c, http.StatusOK, form)
}

func (s *Server) showEntryForm(c echo.Context, status int, form view.Form) error {
	frame := s.frame(c, "logbook")
	l := s.render.Lang(frame.Lang)
	page := view.LogbookForm{Form: form, Once: form.Value("once"), Corrects: form.Value("corrects"), Taken: form.Value("taken")}
	files, _ := filesTaken(page.Taken)
	for _, f := range files {
		page.Files = append(page.Files, view.LogbookFile{Name: f.Name, SHA256: f.SHA256, Bytes: float64(f.Bytes)})
	}
	for _, k := range appliance.LogbookByHand {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("logbook.kind_" + string(k))})
	}
	page.Parties = []view.Option{{Value: appliance.PartyProvider, Label: l.T("logbook.party_provider")}, {Value: appliance.PartyCustomer, Label: l.T("logbook.party_customer")},
		{Value: "other", Label: l.T("logbook.party_other")}}
	devices, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	page.Devices = []view.Option{{Label: l.T("logbook.no_device")}}
	for _, d := range devices {
		page.Devices = append(page.Devices, view.Option{Value: d.ID.String(), Label: d.Name})
	}
	frame.Title = l.T("logbook.write")
	if page.Corrects != "" {
		frame.Title = l.T("logbook.correct_title", "n", page.Corrects)
	}
	return s.render.Page(c, status, "logbook-form", frame, page)
}

func (s *Server) addEntry(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, entryFields...)
	e := s.entryOf(&form, l)
	var err error
	if e.Files, err = filesOf(c, &form); err != nil {
		return err
	}
	if !form.OK() {
		return s.showEntryForm(c, http.StatusUnprocessableEntity, form)
	}
	if s.sent.before(form.Value("once")) {
		return c.Redirect(http.StatusSeeOther, "/logbook")
	}
	e, err = s.App.AppendLogbook(ctx, actor(c), e)
	if err != nil {
		s.sent.forget(form.Value("once"))
		if !s.failForm(&form, l, err, map[string]string{"devices": "device"}) {
			return err
		}
		return s.showEntryForm(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/logbook", l.T("logbook.written", "n", strconv.FormatUint(e.Seq, 10)))
}

// entryOf reads the form and says beside each field what cannot be read.
func (s *Server) entryOf(form *view.Form, l *Lang) appliance.LogbookEntry {
	e := appliance.LogbookEntry{Kind: appliance.LogbookKind(form.Value("kind")), Subject: form.Value("subject"), Text: form.Value("text"),
		Reason: form.Value("reason"), Ticket: form.Value("ticket"), Party: form.Value("party")}
	if !slices.Contains(appliance.LogbookByHand, e.Kind) {
		form.Fail("kind", l.T("logbook.error.kind"))
	}
	if e.Text == "" {
		form.Fail("text", l.T("logbook.error.text"))
	}
	if e.Party == "other" {
		if e.Party = form.Value("firm"); e.Party == "" {
			form.Fail("firm", l.T("logbook.error.firm"))
		}
	}
	var err error
	if e.At, err = time.ParseInLocation(localTime, form.Value("at"), s.zone()); err != nil {
		form.Fail("at", l.T("logbook.error.at"))
	}
	if v := form.Value("minutes"); v != "" {
		if e.Minutes, err = strconv.Atoi(v); err != nil {
			form.Fail("minutes", l.T("logbook.error.minutes"))
		}
	}
	if v := form.Value("device"); v != "" {
		id, err := appliance.ParseID(v)
		if err != nil {
			form.Fail("device", l.T("logbook.error.device"))
		}
		e.Devices = []appliance.ID{id}
	}
	if v := form.Value("corrects"); v != "" {
		if e.Corrects, err = strconv.ParseUint(v, 10, 64); err != nil {
			form.Fail("corrects", l.T("logbook.error.corrects"))
		}
	}
	return e
}

// sentForms remembers the forms that were sent, so that one that is sent twice does its work once.
type sentForms struct {
	mu    sync.Mutex
	known []string
}

// maxSent bounds the memory; a second click comes within seconds.
const maxSent = 256

// before says whether a form was sent already, and remembers it. A form without a name was never sent before.
func (f *sentForms) before(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if name == "" {
		return false
	}
	if slices.Contains(f.known, name) {
		return true
	}
	f.known = append(f.known[max(0, len(f.known)-maxSent+1):], name)
	return false
}

// forget takes back a form whose work was not done.
func (f *sentForms) forget(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = slices.DeleteFunc(f.known, func(k string) bool { return k == name })
}
