package ui

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/sla"
	"siteward/ui/view"
)

// contractTile is the contract on the page Settings.
func (s *Server) contractTile(ctx context.Context, l *Lang, k keeping) (view.Tile, error) {
	c, err := s.App.Contract(ctx)
	if err != nil {
		return view.Tile{}, err
	}
	if !c.Agreed() {
		return view.Tile{Value: "–", Text: l.T("contract.none")}, nil
	}
	return view.Tile{Value: l.T("contract.preset_" + c.Hours.Preset), Text: l.hoursText(c.Hours, k.site)}, nil
}

// weekOrder are the days as people here count them.
var weekOrder = []time.Weekday{1, 2, 3, 4, 5, 6, 0}

func dayField(d time.Weekday) string { return "day_" + strconv.Itoa(int(d)) }

func targetField(p appliance.TicketPriority, k appliance.ClockKind) string {
	return fmt.Sprintf("target_%d_%s", p, k)
}

func tableField(c appliance.TicketCategory, i appliance.TicketImpact) string {
	return "table_" + string(c) + "_" + string(i)
}

func (s *Server) contractForm(c echo.Context) error {
	k, err := s.App.Contract(c.Request().Context())
	if err != nil {
		return err
	}
	return s.showContractForm(c, http.StatusOK, view.Form{Values: contractValues(k)}, k.Owner)
}

// contractValues are the fields of the form as they stand in the contract.
func contractValues(k appliance.Contract) map[string]string {
	v := map[string]string{"name": k.Name, "number": k.Number, "preset": k.Hours.Preset, "hotline": k.Hotline, "region": k.Hours.Region, "time_zone": k.Hours.TimeZone, "version": strconv.FormatUint(k.Version, 10)}
	if k.Hours.Holidays {
		v["holidays"] = "1"
	}
	if k.Availability > 0 {
		v["availability"] = strconv.FormatFloat(k.Availability, 'f', -1, 64)
	}
	for _, d := range weekOrder {
		v[dayField(d)] = sla.FormatSpans(k.Hours.Week[d])
	}
	for _, p := range appliance.TicketPriorities {
		for _, kind := range appliance.ClockKinds {
			v[targetField(p, kind)] = minutesOrNone(k.Targets[p-1].Of(kind))
		}
	}
	for x, category := range appliance.TicketCategories {
		for y, impact := range appliance.TicketImpacts {
			v[tableField(category, impact)] = strconv.Itoa(int(k.Table[x][y]))
		}
	}
	var lines []string
	for _, t := range k.Contingents {
		line := fmt.Sprintf("%s %s %d", t.From, t.Until, t.Minutes)
		if t.Monthly {
			line += " monthly"
		}
		lines = append(lines, line)
	}
	v["contingents"] = strings.Join(lines, "\n")
	for _, w := range k.Recurring {
		v["months_"+w.Key], v["first_"+w.Key] = strconv.Itoa(w.Months), w.First
	}
	return v
}

func (s *Server) showContractForm(c echo.Context, status int, form view.Form, owner string) error {
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("contract.edit")
	page := view.ContractForm{Form: form, Owner: owner, Presets: []view.Option{{Label: l.T("contract.preset_none")}}, Categories: l.ticketOptions("category", appliance.TicketCategories), Impacts: l.ticketOptions("impact", appliance.TicketImpacts)}
	for _, p := range appliance.ServicePresets {
		page.Presets = append(page.Presets, view.Option{Value: p, Label: l.T("contract.preset_" + p)})
	}
	for _, d := range weekOrder {
		page.Days = append(page.Days, view.Option{Value: dayField(d), Label: l.weekday(d)})
	}
	for _, p := range appliance.TicketPriorities {
		page.Priorities = append(page.Priorities, view.Option{Value: strconv.Itoa(int(p)), Label: l.priority(p)})
	}
	for _, k := range appliance.ClockKinds {
		page.Clocks = append(page.Clocks, view.Option{Value: string(k), Label: l.T("contract.clock_" + string(k))})
	}
	for _, k := range appliance.RecurringKeys {
		page.Recurring = append(page.Recurring, view.Option{Value: k, Label: l.T("ticket.recurs_" + k)})
	}
	return s.render.Page(c, status, "settings-contract", frame, page)
}

func (s *Server) saveContract(c echo.Context) error {
	ctx := c.Request().Context()
	_, l := s.settingsFrame(c)
	old, err := s.App.Contract(ctx)
	if err != nil {
		return err
	}
	fields := make([]string, 0, 64)
	for f := range contractValues(old) {
		fields = append(fields, f)
	}
	fields = append(fields, "holidays", "availability")
	for _, k := range appliance.RecurringKeys {
		fields = append(fields, "months_"+k, "first_"+k)
	}
	form := formOf(c, fields...)
	k := contractOf(&form, l)
	if form.OK() {
		if err := s.App.SaveContract(ctx, actor(c), k); err != nil {
			if !s.failForm(&form, l, err, map[string]string{"hours": "preset", "recurring": "first_preventive", "table": "table_error_one", "targets": "target_1_confirm"}) {
				return err
			}
		}
	}
	if !form.OK() {
		return s.showContractForm(c, http.StatusUnprocessableEntity, form, old.Owner)
	}
	return s.done(c, "/contract", l.T("contract.saved"))
}

// contractOf reads the form and says beside each field what cannot be read.
func contractOf(form *view.Form, l *Lang) appliance.Contract {
	number := func(field, key string) int {
		v := form.Value(field)
		if v == "" {
			return 0
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			form.Fail(field, l.T(key))
		}
		return n
	}
	k := appliance.Contract{Name: form.Value("name"), Number: form.Value("number"), Hotline: form.Value("hotline"),
		Hours: appliance.ServiceHours{Preset: form.Value("preset"), Holidays: form.Value("holidays") != "", Region: form.Value("region"), TimeZone: form.Value("time_zone")}}
	k.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) // a wrong one is a conflict
	for _, d := range weekOrder {
		spans, err := sla.ParseSpans(form.Value(dayField(d)))
		if err != nil {
			form.Fail(dayField(d), l.T("contract.error.day"))
		}
		if k.Hours.Preset == appliance.HoursOwn {
			k.Hours.Week[d] = spans
		}
	}
	for _, p := range appliance.TicketPriorities {
		k.Targets[p-1] = appliance.Targets{Confirm: number(targetField(p, appliance.ClockConfirm), "contract.error.target"),
			Respond: number(targetField(p, appliance.ClockRespond), "contract.error.target"), Restore: number(targetField(p, appliance.ClockRestore), "contract.error.target")}
	}
	for x, category := range appliance.TicketCategories {
		for y, impact := range appliance.TicketImpacts {
			k.Table[x][y] = appliance.TicketPriority(number(tableField(category, impact), "contract.error.table"))
		}
	}
	if v := strings.ReplaceAll(strings.TrimSuffix(form.Value("availability"), "%"), ",", "."); v != "" {
		var err error
		if k.Availability, err = strconv.ParseFloat(strings.TrimSpace(v), 64); err != nil {
			form.Fail("availability", l.T("contract.error.availability"))
		}
	}
	for line := range strings.Lines(form.Value("contingents")) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if len(w) < 3 || len(w) > 4 || len(w) == 4 && w[3] != "monthly" {
			form.Fail("contingents", l.T("contract.error.contingent"))
			break
		}
		n, err := strconv.Atoi(w[2])
		if err != nil {
			form.Fail("contingents", l.T("contract.error.contingent"))
		}
		k.Contingents = append(k.Contingents, appliance.Contingent{From: w[0], Until: w[1], Minutes: n, Monthly: len(w) == 4})
	}
	for _, key := range appliance.RecurringKeys {
		if months := number("months_"+key, "contract.error.recurring"); months > 0 {
			k.Recurring = append(k.Recurring, appliance.RecurringWork{Key: key, Months: months, First: form.Value("first_" + key)})
		}
	}
	return k
}
