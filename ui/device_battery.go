package ui

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// upsPart adds to a device's page what is known of it as a UPS beside its last reading.
func (s *Server) upsPart(c echo.Context, d *subject, page *view.Device) error {
	ctx := c.Request().Context()
	u, err := s.upsOf(ctx, d.ID)
	if err != nil || u == nil {
		return err
	}
	d.ups = u
	all, err := s.App.UPSOutages(ctx, appliance.UPSFilter{Device: d.ID})
	if err != nil {
		return err
	}
	out := s.outages(c, d.l, d.path, all, nil)
	out.CSV += "?device=" + d.ID.String()
	page.Outages = &out
	if page.Can.Edit {
		page.Battery = d.batteryForm(view.Form{Values: careValues(u.Care)})
	}
	return nil
}

func careValues(c appliance.UPSCare) map[string]string {
	return map[string]string{"installed": c.Installed, "replace_by": c.ReplaceBy, "test_every": number0(c.TestEvery)}
}

func (d *subject) batteryForm(f view.Form) *view.BatteryForm {
	return &view.BatteryForm{Action: d.path + "/battery", Form: f, Open: !f.OK()}
}

// batteryFields are the fields of the form with their words.
var batteryFields = map[string]string{"installed": "power.installed", "replace_by": "power.replace_by", "test_every": "power.test_every"}

// saveBattery keeps what a person knows of the battery.
func (s *Server) saveBattery(c echo.Context) error {
	frame := s.frame(c, "devices")
	d, err := s.subjectOf(c, s.render.Lang(frame.Lang))
	if err != nil {
		return err
	}
	form := formOf(c, "installed", "replace_by", "test_every")
	care := appliance.UPSCare{Installed: form.Value("installed"), ReplaceBy: form.Value("replace_by")}
	if v := form.Value("test_every"); v != "" {
		if care.TestEvery, err = strconv.Atoi(v); err != nil {
			care.TestEvery = -1 // refused with the sentence of the rule
		}
	}
	err = s.App.SaveUPSCare(c.Request().Context(), actor(c), d.ID, care)
	if err == nil {
		return s.done(c, d.path, d.l.T("power.saved", "name", d.Name))
	}
	if !s.refuse(&form, d.l, err, batteryFields) {
		return err
	}
	page, err := s.devicePage(c, d)
	if err != nil {
		return err
	}
	page.Battery = d.batteryForm(form)
	return s.showDevice(c, http.StatusUnprocessableEntity, frame, page)
}

// outagePanel is the last real outage, with whether the UPS had told the truth.
func (d *subject) outagePanel() (view.Panel, bool) {
	if d.ups == nil {
		return view.Panel{}, false
	}
	p := view.Panel{Icon: "zap", Title: d.l.T("power.last_outage"), Value: d.l.T("power.none")}
	o := d.ups.LastOutage
	if o == nil {
		p.Lines = []string{d.l.T("power.none_ever")}
		return p, true
	}
	p.Value = d.l.outageLength(*o, d.now)
	when := d.l.DateTime(o.Start)
	if !o.End.IsZero() {
		when = d.l.When(o.Start) + " – " + d.l.HM(o.End)
	}
	p.Lines = append(p.Lines, when)
	if o.LowestCharge != nil {
		p.Lines = append(p.Lines, d.l.T("power.fell", "charge", d.l.Percent(*o.LowestCharge)))
	}
	if o.Announced != nil && o.Measured != nil {
		span := func(x float64) string { return d.l.Duration(time.Duration(x) * time.Second) }
		p.Lines = append(p.Lines, d.l.T("power.truth", "announced", span(*o.Announced), "measured", span(*o.Measured)))
	}
	return p, true
}
