package ui

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// upsHeads and outageHeads are the columns of the files, by names that do not change.
var (
	upsHeads = []string{"device", "place", "state", "power", "runtime_seconds", "charge_percent", "load_percent", "battery_date", "replace_by", "test_result", "test_at",
		"test_due", "last_outage", "last_outage_seconds"}
	outageHeads = []string{"device", "kind", "start", "end", "seconds", "cause", "charge_before_percent", "lowest_charge_percent", "runtime_announced_seconds",
		"lowest_runtime_seconds", "runtime_measured_seconds", "load_percent", "battery_low", "shutdown", "result", "told", "text"}
)

func (s *Server) powerCSV(c echo.Context) error {
	frame := s.frame(c, "power")
	l := s.render.Lang(frame.Lang)
	all, err := s.App.UPSes(c.Request().Context())
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(all))
	for _, u := range all {
		t := u.Truth
		if !u.Told {
			t = appliance.UPSTruth{}
		}
		test, at, outage, length := "", "", "", ""
		if u.LastTest != nil {
			test = string(u.LastTest.Result)
			if !u.LastTest.At.IsZero() {
				at = l.iso(u.LastTest.At)
			}
		}
		due := ""
		if !u.TestDue.IsZero() {
			due = l.iso(u.TestDue)
		}
		if o := u.LastOutage; o != nil {
			outage, length = l.iso(o.Start), seconds(*o)
		}
		rows = append(rows, []string{u.Name, u.Place, u.State.String(), string(t.Power), plainNumber(t.Runtime), plainNumber(t.Charge), plainNumber(t.Load), u.BatteryDate, u.ReplaceBy,
			test, at, due, outage, length})
	}
	return WriteCSV(c, "power", upsHeads, rows)
}

func seconds(o appliance.UPSOutage) string {
	if o.End.IsZero() {
		return ""
	}
	return strconv.FormatFloat(o.End.Sub(o.Start).Seconds(), 'f', -1, 64)
}

// outagesCSV is the history, of one device when the address says so: the rows that the same filter shows, and those that no longer fit a page.
func (s *Server) outagesCSV(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "power")
	l := s.render.Lang(frame.Lang)
	f := appliance.UPSFilter{Limit: 10_000}
	f.Device, _ = appliance.ParseID(c.QueryParam("device"))
	all, err := s.App.UPSOutages(ctx, f)
	if err != nil {
		return err
	}
	name := s.names(ctx)
	chosen := view.NewList("/power", c.QueryParams(), "").Get("outages")
	rows := make([][]string, 0, len(all))
	for _, o := range all {
		if chosen != "" && outageGroup(o) != chosen {
			continue
		}
		device, end := o.UPS, ""
		if o.Device != 0 {
			device = cmp.Or(name(o.Device), o.UPS)
		}
		if !o.End.IsZero() {
			end = l.iso(o.End)
		}
		rows = append(rows, []string{device, string(o.Kind), l.iso(o.Start), end, seconds(o), o.Cause, plainNumber(o.ChargeBefore), plainNumber(o.LowestCharge), plainNumber(o.Announced),
			plainNumber(o.LowestRuntime), plainNumber(o.Measured), plainNumber(o.Load), strconv.FormatBool(o.Low), strconv.FormatBool(o.Shutdown), string(o.Result),
			strings.Join(o.Told, " "), o.Text})
	}
	return WriteCSV(c, "outages", outageHeads, rows)
}
