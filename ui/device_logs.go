package ui

import (
	"slices"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// deviceLogs leads to what is written of a device elsewhere. A job without a device of its own is that of the device whose log tells of it.
func (s *Server) deviceLogs(c echo.Context, d *subject) (out view.DeviceLogs, err error) {
	ctx := c.Request().Context()
	if can(c, access.ViewLogbook) {
		out.Logbook = "/logbook?device=" + d.ID.String()
	}
	if can(c, access.WriteLogbook) {
		out.Write = "/logbook/new?device=" + d.ID.String()
	}
	sources, err := s.App.Sources(ctx)
	if err != nil {
		return out, err
	}
	var own []appliance.ID
	for _, v := range sources {
		if v.Device != d.ID {
			continue
		}
		own = append(own, v.ID)
		if can(c, access.ViewSources) {
			out.Sources = append(out.Sources, view.StateLink{Href: "/settings/sources/" + v.ID.String(), Text: v.Name, State: v.State(d.now).String(), Word: d.l.sourceWord(v, d.now)})
		}
	}
	if !can(c, access.ViewBackups) {
		return out, nil
	}
	jobs, err := s.App.BackupJobs(ctx)
	if err != nil {
		return out, err
	}
	for _, j := range jobs {
		of := slices.ContainsFunc(j.Origins, func(o appliance.RunOrigin) bool { return slices.Contains(own, o.Source) })
		if j.Status == appliance.JobIgnored || j.Device != d.ID && (j.Device != 0 || !of) {
			continue
		}
		link := view.StateLink{Href: "/backups/" + j.ID.String(), Text: j.Name, State: appliance.StateNoData.String(), Word: d.l.T("device.job_proposed")}
		if j.State != nil {
			link.State, link.Word = j.State.State.String(), ""
		}
		out.Jobs = append(out.Jobs, link)
	}
	return out, nil
}
