package api

import (
	"context"
	"net/http"
	"time"

	"siteward/central"
)

// told adds what sites told.
func (a *API) told() {
	operation(a, http.MethodGet, "/sites/{id}/report", "get-report", "The newest summary of a site, as it came", false, func(ctx context.Context, in *SitePath) (*one[central.Report], error) {
		if _, err := a.row(ctx, in.ID); err != nil {
			return nil, err
		}
		v, _, err := central.Reports.Find(ctx, a.store, in.ID)
		return &one[central.Report]{v}, err
	})
	operation(a, http.MethodGet, "/sites/{id}/events", "list-events", "What a site told, newest first", false, func(ctx context.Context, in *struct {
		SitePath
		Type    []string  `query:"type" maxLength:"60" doc:"siteward.incident.v1"`
		Subject string    `query:"subject" maxLength:"200"`
		Since   time.Time `query:"since" doc:"received since"`
		Before  uint64    `query:"before" doc:"n of the last one of the page before"`
		Limit   int       `query:"limit" minimum:"0" maximum:"1000"`
	}) (*list[central.Event], error) {
		if _, err := a.row(ctx, in.ID); err != nil {
			return nil, err
		}
		events, err := a.store.Events(ctx, central.EventFilter{Site: central.SiteID(in.ID), Types: in.Type, Subject: in.Subject, Since: in.Since, Before: in.Before, Limit: in.Limit})
		return listOf(events), err
	})
	operation(a, http.MethodGet, "/sites/{id}/current", "list-current", "The newest event about each record of a site", false, func(ctx context.Context, in *struct {
		SitePath
		Type string `query:"type" maxLength:"60" required:"true" doc:"siteward.ticket.v1"`
		From string `query:"from" maxLength:"200" doc:"subject of the first one: the next page"`
	}) (*list[central.Event], error) {
		if _, err := a.row(ctx, in.ID); err != nil {
			return nil, err
		}
		prefix := central.Key(in.ID, in.Type) + "/"
		r := central.RecordRange{Prefix: prefix, Limit: 1000}
		if in.From != "" {
			r.From = prefix + in.From
		}
		events, err := central.Current.List(ctx, a.store, r)
		return listOf(events), err
	})
	operation(a, http.MethodGet, "/sites/{id}/logbook", "get-logbook", "How far the copy of a site's logbook goes, and whether it fits", false, func(ctx context.Context, in *SitePath) (*one[central.LogbookCopy], error) {
		if _, err := a.row(ctx, in.ID); err != nil {
			return nil, err
		}
		v, _, err := central.Logbooks.Find(ctx, a.store, in.ID)
		return &one[central.LogbookCopy]{v}, err
	})
	operation(a, http.MethodPost, "/sites/{id}/logbook/copy", "begin-copy", "Begin the copy of a site's logbook anew, once it was looked at what does not fit", true, func(ctx context.Context, in *struct {
		SitePath
		Body struct {
			Why string `json:"why" minLength:"1" maxLength:"300" doc:"what was found"`
		}
	}) (*none, error) {
		if _, err := a.row(ctx, in.ID); err != nil {
			return nil, err
		}
		return &none{}, central.NewCopy(ctx, a.store, central.SiteID(in.ID), by(ctx).Name, in.Body.Why, a.now().UTC())
	})
	operation(a, http.MethodGet, "/turns", "list-turns", "When sites turned better or worse, newest first", false, func(ctx context.Context, in *struct {
		Since time.Time `query:"since"`
		Until time.Time `query:"until"`
		Limit int       `query:"limit" minimum:"0" maximum:"1000"`
	}) (*list[central.Turn], error) {
		r := central.RecordRange{Reverse: true, Limit: in.Limit}
		if !in.Since.IsZero() {
			r.From = central.TimeKey(in.Since)
		}
		if !in.Until.IsZero() {
			r.To = central.TimeKey(in.Until)
		}
		all, err := central.Turns.List(ctx, a.store, r)
		var turns []central.Turn
		for _, t := range all {
			if by(ctx).sees(t.Group) {
				turns = append(turns, t)
			}
		}
		return listOf(turns), err
	})
}
