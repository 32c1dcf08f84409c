package ui

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
	"siteward/ui/view"
)

func (s *Server) settingsJobRoutes() {
	s.echo.GET("/settings/jobs", s.jobs)
	s.echo.GET("/settings/jobs.csv", s.jobsCSV)
}

func (s *Server) jobsTile(_ context.Context, l *Lang, k keeping) (view.Tile, error) {
	failed := failedJobs(k.jobs)
	tile := view.Tile{Value: l.T("job.count", "n", len(k.jobs)), State: "ok", Word: l.T("job.good")}
	if failed > 0 {
		tile.State, tile.Word = "warning", l.T("job.failed")
	}
	return tile, nil
}

func failedJobs(jobs []appliance.JobRun) int {
	n := 0
	for _, j := range jobs {
		if j.Error != "" {
			n++
		}
	}
	return n
}

func (l *Lang) jobsSentence(all, failed int) string {
	switch {
	case all == 0:
		return l.T("job.none")
	case failed > 0:
		return l.T("job.title_failed", "n", failed, "all", all)
	}
	return l.T("job.title", "n", all)
}

// job is what a person calls a row of the housekeeping.
func (l *Lang) job(name string) string {
	if key := "job.name_" + strings.NewReplacer(" ", "_", "-", "_").Replace(name); l.Has(key) {
		return l.T(key)
	}
	return name
}

var (
	daily = lazyregexp.New(`^every day at (\d\d:\d\d)$`)
	every = lazyregexp.New(`^every (\d+) (h|min|s)$`)
	units = map[string]time.Duration{"h": time.Hour, "min": time.Minute, "s": time.Second}
)

// schedule says when a job runs in this language. What is written in a way of its own stays as it is.
func (l *Lang) schedule(text string) string {
	if text == "off" {
		return l.T("job.off")
	}
	if m := daily.FindStringSubmatch(text); m != nil {
		return l.T("job.daily", "time", l.clockWord(m[1]))
	}
	if m := every.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if err == nil {
			return l.T("job.every", "time", l.Duration(time.Duration(n)*units[m[2]]))
		}
	}
	return text
}

func (s *Server) jobRows(c echo.Context, list view.List) ([]appliance.JobRun, error) {
	rows, err := s.App.Jobs(c.Request().Context())
	if err != nil {
		return nil, err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	ordered(rows, list, map[string]func(a, b appliance.JobRun) int{
		"name":  byText(func(j appliance.JobRun) string { return l.job(j.Name) }),
		"began": byTime(func(j appliance.JobRun) time.Time { return j.Began }),
		"next":  byTime(func(j appliance.JobRun) time.Time { return j.Next }),
		"took":  func(a, b appliance.JobRun) int { return int(a.Took - b.Took) },
	})
	return rows, nil
}

func (s *Server) jobs(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Jobs{List: view.NewList("/settings/jobs", c.QueryParams(), "")}
	jobs, err := s.jobRows(c, page.List)
	if err != nil {
		return err
	}
	failed := failedJobs(jobs)
	frame.Title = l.jobsSentence(len(jobs), failed)
	page.State = "ok"
	if failed > 0 {
		page.State = "warning"
	}
	for _, j := range jobs {
		row := view.JobRow{Name: l.job(j.Name), Schedule: l.schedule(j.Schedule), State: "ok", Word: l.T("job.good"),
			Began: j.Began, Next: j.Next, Took: j.Took.Seconds(), Error: j.Error, Failed: j.Failed}
		switch {
		case j.Error != "":
			row.State, row.Word = "warning", l.T("job.failed")
		case j.Began.IsZero():
			row.State, row.Word = "nodata", l.T("job.never")
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render.Page(c, http.StatusOK, "settings-jobs", frame, page)
}

func (s *Server) jobsCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	jobs, err := s.jobRows(c, view.NewList("/settings/jobs", c.QueryParams(), ""))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, j := range jobs {
		rows = append(rows, []string{j.Name, j.Schedule, l.stamp(j.Began), strconv.FormatFloat(j.Took.Seconds(), 'f', -1, 64), l.stamp(j.Next), j.Error, l.stamp(j.Failed)})
	}
	return WriteCSV(c, "jobs", []string{"name", "schedule", "began", "took_seconds", "next", "error", "failed"}, rows)
}
