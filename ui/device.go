package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

func (s *Server) deviceRoutes() {
	s.echo.GET("/devices/:id", s.device)
	s.echo.GET("/devices/:id/chart", s.deviceChart)
	s.echo.GET("/devices/:id/chart.csv", s.deviceChartCSV)
	s.echo.GET("/devices/:id/interfaces.csv", s.interfacesCSV)
	s.echo.GET("/devices/:id/storages.csv", s.storagesCSV)
	s.echo.GET("/devices/:id/supplies.csv", s.suppliesCSV)
	s.echo.GET("/devices/:id/states.csv", s.statesCSV)
	s.echo.GET("/devices/:id/events.csv", s.deviceEventsCSV)
	s.echo.POST("/devices/:id/run", s.runDevice)
	s.echo.POST("/devices/:id/pause", s.pauseDevice)
	s.echo.POST("/devices/:id/resume", s.resumeDevice)
	s.echo.POST("/devices/:id/ports", s.markPorts)
	s.echo.POST("/devices/:id/takeover", s.takeOver)
}

// firstAnswers is how long the page of a new device asks by itself whether the first answers have come.
const firstAnswers = 3 * time.Minute

// subject is a device while its page is made: what is known of it, and for whom.
type subject struct {
	appliance.DeviceView
	sum       monitor.DeviceSum
	told      told
	states    map[appliance.StateKey]appliance.StateRecord
	l         *Lang
	now       time.Time
	path      string // "/devices/3"
	query     url.Values
	technical bool
	ups       *appliance.UPSView           // nil on a check's page, and of what is no UPS
	name      func(appliance.ID) string    // of another device
	how       func(appliance.Check) string // it is asked: "SNMP v3"
	guests    map[string]portGuests        // who was seen behind a port, by the port's index and by its name
}

// subjectOf loads the device of the address.
func (s *Server) subjectOf(c echo.Context, l *Lang) (*subject, error) {
	id, err := idParam(c)
	if err != nil {
		return nil, err
	}
	v, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return nil, err
	}
	return s.subjectFrom(c, l, v, "/devices/"+id.String())
}

// subjectFrom makes the subject of a page at a path from a device, or from the part of it that one check tells.
func (s *Server) subjectFrom(c echo.Context, l *Lang, v appliance.DeviceView, path string) (*subject, error) {
	ctx := c.Request().Context()
	d := &subject{DeviceView: v, l: l, now: s.App.Now(), path: path, query: c.QueryParams(),
		technical: can(c, access.EditDevices), states: map[appliance.StateKey]appliance.StateRecord{}}
	d.sum = monitor.Summary(v.States, []appliance.Device{v.Device}).Devices[0]
	for _, r := range v.States {
		d.states[r.StateKey] = r
	}
	d.name = func(id appliance.ID) string {
		other, err := s.App.Device(ctx, id)
		if err != nil {
			return id.String()
		}
		return other.Name
	}
	d.how = func(check appliance.Check) string { return s.protocol(ctx, check) }
	var err error
	d.told, err = s.toldBy(ctx, v.Checks)
	return d, err
}

// protocol names how a check asks, with the version that its credential says.
func (s *Server) protocol(ctx context.Context, c appliance.Check) string {
	if c.SNMP == nil {
		return probeWords[c.Probe]
	}
	all, err := s.App.Credentials(ctx)
	if err != nil {
		return probeWords[c.Probe]
	}
	for _, k := range all {
		if k.ID == c.SNMP.Credential {
			return probeWords[c.Probe] + " v" + k.SNMPVersion
		}
	}
	return probeWords[c.Probe]
}

// idParam reads the number in the address. An address that is none is a page that does not exist.
func idParam(c echo.Context) (appliance.ID, error) {
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return 0, appliance.ErrNotFound
	}
	return id, nil
}

// device is the page of one device.
func (s *Server) device(c echo.Context) error {
	frame := s.frame(c, "devices")
	d, err := s.subjectOf(c, s.render.Lang(frame.Lang))
	if err != nil {
		return err
	}
	page, err := s.devicePage(c, d)
	if err != nil {
		return err
	}
	if d.query.Has("pause") && page.Can.Pause && !page.Paused {
		page.PauseForm = d.l.pauseForm(d.path, d.with("pause", ""), view.Form{Values: map[string]string{"until": "4h"}})
	}
	return s.showDevice(c, http.StatusOK, frame, page)
}

func (s *Server) showDevice(c echo.Context, status int, frame view.Frame, page view.Device) error {
	frame.Title = page.Name + ": " + strings.TrimSpace(page.Strong+" "+page.Rest)
	if page.PauseForm != nil {
		page.Waiting = "" // somebody types
	}
	frame.Live = page.PauseForm == nil && (page.Ports == nil || page.Ports.View != "mark")
	return s.render.Page(c, status, "device", frame, page)
}

// devicePage decides what is shown. Each part asks what was told, never of which kind the device is, so that a UPS behind another
// protocol, or a server with a built-in switch, has all its parts.
func (s *Server) devicePage(c echo.Context, d *subject) (view.Device, error) {
	ctx := c.Request().Context()
	page := view.Device{
		ID: d.ID.String(), Name: d.Name, Kind: d.l.Kind(d.Device.Kind), State: d.sum.State.String(), Handled: d.sum.Taken, Since: d.sum.Since,
		Purpose: d.Purpose, Facts: d.facts(), Paused: d.Device.Paused.Active(d.now), Owner: d.Owner,
		Can: view.DeviceCan{Run: can(c, access.RunCheck) && len(d.DeviceView.Checks) > 0 && !d.Device.Paused.Active(d.now), Pause: can(c, access.Pause), Edit: can(c, access.EditDevices),
			Events: can(c, access.ViewEvents), Technical: d.technical, Report: can(c, access.ReportTickets),
			Walk: slices.ContainsFunc(d.DeviceView.Checks, func(c appliance.Check) bool { return c.Probe == appliance.ProbeSNMP })},
	}
	page.Notes = append(d.notes(page.Can), s.trapNotes(ctx, d, page.Can)...)
	page.Notes = append(page.Notes, s.twins(ctx, d)...)
	in, notes, err := s.deviceWindows(ctx, d.l, d.ID)
	if err != nil {
		return page, err
	}
	if page.Notes = append(page.Notes, notes...); can(c, access.EditWindows) && !in {
		page.AdHoc = d.l.adHoc(d.ID, d.Name)
	}
	if page.Can.Edit {
		page.Notes = append(page.Notes, s.aboutDevice(ctx, d.l, d.ID)...)
	}
	d.guests = s.guestsOf(ctx, d)
	if err := s.upsPart(c, d, &page); err != nil {
		return page, err
	}
	page.Panels = append(d.upsPanels(), d.machinePanels()...)
	page.Ports = d.ports(page.Can.Edit)
	page.Storages, page.Supplies, page.Sensors = d.storages(), d.supplies(), d.sensors()
	page.States = d.stateTable()
	page.Strong, page.Rest = d.verdict()
	if d.expected() {
		page.Waiting = d.with("", "")
	}
	page.Evidence = d.evidence(d.query.Get("evidence"))
	if d.technical {
		page.Checks, page.Details = d.checkRows(), d.details()
	}
	if page.Chart, err = s.chartOf(ctx, d); err != nil {
		return page, err
	}
	if page.Can.Events {
		if page.Journal, err = s.deviceJournal(ctx, d); err != nil {
			return page, err
		}
	}
	page.Logs, err = s.deviceLogs(c, d)
	return page, err
}

// expected says that the device is new, and that something of it has not been asked yet.
func (d *subject) expected() bool {
	return d.now.Sub(d.Created) < firstAnswers && !d.Device.Paused.Active(d.now) && slices.ContainsFunc(d.DeviceView.Checks, func(c appliance.Check) bool {
		_, told := d.told.readings[c.ID]
		return !told && !c.Paused.Active(d.now)
	})
}

// with is the address of this page with one thing changed. Evidence is closed by every other choice.
func (d *subject) with(key, value string) string {
	q := url.Values{}
	for k, v := range d.query {
		if k != "evidence" && k != key {
			q[k] = v
		}
	}
	if value != "" {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return d.path
	}
	return d.path + "?" + q.Encode()
}

// facts is the line that says what the device is. What it says of itself stands in its details.
func (d *subject) facts() []string {
	l := d.l
	out := []string{l.Kind(d.Device.Kind)}
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	add(d.Place)
	add(d.Identity.Product())
	if d.Identity.Serial != "" && d.technical {
		add(l.T("device.serial", "serial", d.Identity.Serial))
	}
	if d.Identity.Firmware != "" {
		add(l.T("device.firmware", "version", d.Identity.Firmware))
	}
	if !d.UpSince.IsZero() {
		add(l.T("device.up", "for", l.Duration(d.now.Sub(d.UpSince))))
	}
	add(d.asked())
	return out
}

// asked says how and when the device was last read.
func (d *subject) asked() string {
	newest, probe := d.newest()
	if newest.At.IsZero() {
		return ""
	}
	every := d.l.Duration(time.Duration(probe.Interval))
	if d.technical {
		return d.l.T("device.read", "how", d.how(probe), "time", d.l.ClockSec(newest.At), "every", every)
	}
	return d.l.T("device.asked", "time", d.l.ClockSec(newest.At), "every", every)
}

// newest is the last reading of the check that tells most.
func (d *subject) newest() (appliance.Reading, appliance.Check) {
	var best appliance.Reading
	var of appliance.Check
	for _, c := range d.DeviceView.Checks {
		r, ok := d.told.readings[c.ID]
		if ok && (best.At.IsZero() || len(r.Values)+len(r.Statuses) > len(best.Values)+len(best.Statuses)) {
			best, of = r, c
		}
	}
	return best, of
}

// notes are what must be known before the numbers: watched by nobody, not reachable, kept by a file.
func (d *subject) notes(can view.DeviceCan) []view.DeviceNote {
	l := d.l
	var out []view.DeviceNote
	if p := d.Device.Paused; p.Active(d.now) {
		n := view.DeviceNote{Note: view.Note{Title: l.T("device.paused_title"), Text: l.pauseText(p)}}
		if can.Pause {
			n.Post, n.Button = d.path+"/resume", l.T("device.resume")
		}
		out = append(out, n)
	}
	if by := d.sum.UnreachableBy; by != 0 && by != d.ID {
		out = append(out, view.DeviceNote{Note: view.Note{Title: l.T("device.unreachable_title", "name", d.name(by)), Text: l.T("device.unreachable_text"),
			Href: "/devices/" + by.String(), Link: l.T("device.unreachable_link", "name", d.name(by))}})
	}
	if d.Owner != "" && d.technical {
		n := view.DeviceNote{Note: view.Note{Title: l.T("device.owned_title", "file", d.Owner), Text: l.T("device.owned_text")}}
		if can.Edit {
			n.Post, n.Button = d.path+"/takeover", l.T("device.takeover")
		}
		out = append(out, n)
	}
	return out
}

func (l *Lang) pauseText(p *appliance.Pause) string {
	if p.Until.IsZero() {
		return l.T("device.paused_open", "by", p.By, "since", l.When(p.Since), "reason", p.Reason)
	}
	return l.T("device.paused_until", "by", p.By, "since", l.When(p.Since), "reason", p.Reason, "until", l.When(p.Until))
}

// deviceJournal is the end of the journal, newest first.
func (s *Server) deviceJournal(ctx context.Context, d *subject) ([]view.JournalRow, error) {
	events, err := s.App.Events(ctx, appliance.EventFilter{Device: d.ID, Kinds: kindsFor(d.technical), Limit: 20})
	if err != nil {
		return nil, err
	}
	out := make([]view.JournalRow, 0, len(events))
	for _, e := range events {
		row := d.l.journalRow(e, d.name)
		if e.Kind == appliance.EventState && e.Item == appliance.ItemAnswer {
			row.What = d.itemLabel(appliance.StateRecord{StateKey: appliance.StateKey{Check: e.Check, Item: e.Item}})
		}
		out = append(out, row)
	}
	return out, nil
}
