package api

import (
	"context"
	"net/http"
	"time"

	"siteward/central"
	"siteward/central/enrol"
)

// codeBody is what somebody at the site enters and compares.
type codeBody struct {
	Code        string    `json:"code" doc:"shown once"`
	Expires     time.Time `json:"expires"`
	Fingerprint string    `json:"fingerprint" doc:"of this central; the site shows the same one"`
}

// enrolment adds how a site gets its key known.
func (a *API) enrolment() {
	operation(a, http.MethodPost, "/sites/{id}/code", "add-code", "Make a one-time code with which a site enrols", true, func(ctx context.Context, in *struct {
		SitePath
		Body struct {
			Hours int `json:"hours,omitempty" minimum:"0" maximum:"720" doc:"how long it is good; 72 when not given"`
		}
	}) (*one[codeBody], error) {
		life := 72 * time.Hour
		if in.Body.Hours > 0 {
			life = time.Duration(in.Body.Hours) * time.Hour
		}
		code, expires, err := a.codes.NewCode(ctx, central.SiteID(in.ID), by(ctx).Name, life)
		return &one[codeBody]{codeBody{code, expires, a.codes.Fingerprint()}}, err
	})
	operation(a, http.MethodGet, "/sites/{id}/codes", "list-codes", "Codes of a site, without what was handed out", true, func(ctx context.Context, in *SitePath) (*list[enrol.OpenCode], error) {
		all, err := a.codes.Codes(ctx, central.SiteID(in.ID))
		return listOf(all), err
	})
	operation(a, http.MethodDelete, "/sites/{id}/codes/{code}", "revoke-code", "Take a code back that nobody has used", true, func(ctx context.Context, in *struct {
		SitePath
		Code string `path:"code" maxLength:"12"`
	}) (*none, error) {
		return &none{}, a.codes.RevokeCode(ctx, central.SiteID(in.ID), in.Code, by(ctx).Name)
	})
	operation(a, http.MethodPost, "/sites/{id}/revoke", "revoke-site", "Believe no key of a site any more", true, func(ctx context.Context, in *struct {
		SitePath
		Body struct {
			Why string `json:"why" minLength:"1" maxLength:"200"`
		}
	}) (*none, error) {
		return &none{}, a.codes.Revoke(ctx, central.SiteID(in.ID), by(ctx).Name, in.Body.Why)
	})
}
