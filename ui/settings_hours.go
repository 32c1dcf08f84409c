package ui

import (
	"siteward/appliance"
	"siteward/appliance/sla"
	"siteward/ui/view"
)

// hoursNames are the fields of hours in a form: a preset, and the times of each day for hours of one's own.
func hoursNames() []string {
	names := []string{"hours"}
	for _, d := range weekOrder {
		names = append(names, dayField(d))
	}
	return names
}

func fillHours(f *view.Form, h *appliance.ServiceHours) {
	for _, name := range hoursNames() {
		f.Values[name] = ""
	}
	if h == nil {
		return
	}
	f.Values["hours"] = h.Preset
	for _, d := range weekOrder {
		f.Values[dayField(d)] = sla.FormatSpans(h.Week[d])
	}
}

// hoursFields are the presets to choose from, and the days.
func (l *Lang) hoursFields(form view.Form) view.HoursFields {
	v := view.HoursFields{Form: form, Presets: []view.Option{{Label: l.T("contact.always")}}, Open: form.Value("hours") == appliance.HoursOwn}
	for _, p := range []string{appliance.Hours5x8, appliance.Hours5x10, appliance.Hours6x12, appliance.HoursOwn} {
		v.Presets = append(v.Presets, view.Option{Value: p, Label: l.T("contact.hours_" + p)})
	}
	for _, d := range weekOrder {
		v.Days = append(v.Days, view.Option{Value: dayField(d), Label: l.weekday(d)})
	}
	return v
}

// hoursOf reads hours, nil for always. What the form does not show (holidays, another zone) stays as it was.
func hoursOf(form *view.Form, l *Lang, old *appliance.ServiceHours) *appliance.ServiceHours {
	preset := form.Value("hours")
	if preset == "" {
		return nil
	}
	h := appliance.ServiceHours{}
	if old != nil {
		h = *old
	}
	h.Preset, h.Week = preset, appliance.ServiceWeek{}
	if preset != appliance.HoursOwn {
		return &h
	}
	for _, d := range weekOrder {
		spans, err := sla.ParseSpans(form.Value(dayField(d)))
		if err != nil {
			form.Fail(dayField(d), l.T("contract.error.day"))
		}
		h.Week[d] = spans
	}
	if h.Week.IsZero() && form.OK() {
		form.Fail(dayField(weekOrder[0]), l.T("contact.hours_empty"))
	}
	return &h
}
