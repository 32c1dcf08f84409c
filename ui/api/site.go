package api

import (
	"context"
	"time"
)

// Site is the place that is looked after, and the appliance that does it.
type Site struct {
	Name          string    `json:"name"`
	Language      string    `json:"language"`
	TimeZone      string    `json:"time_zone"`
	HolidayRegion string    `json:"holiday_region,omitempty"`
	Hotline       string    `json:"hotline,omitempty"`
	Provider      string    `json:"provider,omitempty"`
	Now           time.Time `json:"now" doc:"The appliance's clock."`
	Version       string    `json:"version" doc:"Of the program."`
	Started       time.Time `json:"started"`
}

func (a *API) siteRoutes() {
	register(a, operation("GET", "/site", "getSite", "The site and its appliance", 404), a.getSite)
}

func (a *API) getSite(ctx context.Context, _ *struct{}) (*struct{ Body Site }, error) {
	s, err := a.app.Site(ctx)
	if err != nil {
		return nil, a.fail("getSite", err)
	}
	about := a.app.About()
	return &struct{ Body Site }{Site{Name: s.Name, Language: s.Language, TimeZone: s.TimeZone, HolidayRegion: s.HolidayRegion,
		Hotline: s.Hotline, Provider: s.Provider, Now: a.app.Now(), Version: about.Version, Started: about.Started}}, nil
}
