package api

import (
	"context"

	"siteward/appliance"
)

// Source is where logs are read from. Its secrets are never told.
type Source struct {
	ID      ID                     `json:"id"`
	Name    string                 `json:"name"`
	Kind    string                 `json:"kind" enum:"files,sftp,push,mail,syslog,command,events"`
	Device  ID                     `json:"device,omitempty"`
	Product string                 `json:"product,omitempty" doc:"Left out: recognised from the text."`
	Every   string                 `json:"every,omitempty" doc:"How often it is read; left out for what comes by itself."`
	Paused  bool                   `json:"paused"`
	Status  appliance.SourceStatus `json:"status" doc:"How the last reading went and what has come of all of them."`
}

// SourceList are all sources.
type SourceList struct {
	Items []Source `json:"items" nullable:"false"`
}

func (a *API) sourceRoutes() {
	register(a, operation("GET", "/sources", "listSources", "Sources of logs and how reading them went"), a.listSources)
	register(a, operation("POST", "/sources/{id}/read", "readSource", "Read what is new in a source now", 404), a.readSource)
}

func (a *API) listSources(ctx context.Context, _ *struct{}) (*struct{ Body SourceList }, error) {
	list, err := a.app.Sources(ctx)
	if err != nil {
		return nil, a.fail("listSources", err)
	}
	out := SourceList{Items: []Source{}}
	for _, s := range list {
		row := Source{ID: s.ID, Name: s.Name, Kind: string(s.Kind), Device: s.Device, Product: s.Product, Paused: s.Paused != nil, Status: s.Status}
		if every := s.Every(); every > 0 {
			row.Every = appliance.Duration(every).String()
		}
		out.Items = append(out.Items, row)
	}
	return &struct{ Body SourceList }{out}, nil
}

func (a *API) readSource(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body appliance.SourceStatus }, error) {
	st, err := a.app.ReadSource(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, a.fail("readSource", err)
	}
	return &struct{ Body appliance.SourceStatus }{st}, nil
}
