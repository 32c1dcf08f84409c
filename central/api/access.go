package api

import (
	"context"
	"net/http"
	"time"

	"siteward/appliance"
	"siteward/central"
)

type tokenBody struct {
	Name   string         `json:"name" minLength:"1" maxLength:"100"`
	Write  bool           `json:"write,omitempty"`
	Groups []appliance.ID `json:"groups,omitempty" maxItems:"1000"`
	Days   int            `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"how long it is good; 0 is for ever"`
}

type newToken struct {
	central.Token
	Secret string `json:"secret" doc:"shown once"`
}

// access adds tokens and groups.
func (a *API) access() {
	operation(a, http.MethodGet, "/tokens", "list-tokens", "Tokens of the REST API", true, func(ctx context.Context, _ *struct{}) (*list[central.Token], error) {
		all, err := central.Tokens.List(ctx, a.store, central.RecordRange{Limit: 1000})
		return listOf(all), err
	})
	operation(a, http.MethodPost, "/tokens", "add-token", "Make a token", true, func(ctx context.Context, in *struct{ Body tokenBody }) (*one[newToken], error) {
		secret, id := central.NewToken()
		t := central.Token{ID: id, Name: in.Body.Name, Write: in.Body.Write, Groups: in.Body.Groups, Created: a.now()}
		if in.Body.Days > 0 {
			t.Expires = a.now().Add(time.Duration(in.Body.Days) * 24 * time.Hour)
		}
		return &one[newToken]{newToken{t, secret}}, central.Tokens.Put(ctx, a.store, id, t, 0)
	})
	operation(a, http.MethodDelete, "/tokens/{id}", "remove-token", "Take a token back", true, func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"64"`
	}) (*none, error) {
		if _, _, err := central.Tokens.Find(ctx, a.store, in.ID); err != nil {
			return nil, err
		}
		return &none{}, central.Tokens.Delete(ctx, a.store, in.ID)
	})
	operation(a, http.MethodGet, "/groups", "list-groups", "Customer groups", false, func(ctx context.Context, _ *struct{}) (*list[central.Group], error) {
		all, err := central.Groups.List(ctx, a.store, central.RecordRange{Limit: 10_000})
		var out []central.Group
		for _, g := range all {
			if by(ctx).sees(g.ID) {
				out = append(out, g)
			}
		}
		return listOf(out), err
	})
	operation(a, http.MethodPost, "/groups", "add-group", "Add a customer group", true, func(ctx context.Context, in *struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"100"`
		}
	}) (*one[central.Group], error) {
		id, err := central.NextID(ctx, a.store, central.Groups.Family)
		if err != nil {
			return nil, err
		}
		g := central.Group{ID: id, Name: in.Body.Name, Version: 1}
		return &one[central.Group]{g}, central.Groups.Put(ctx, a.store, central.NumberKey(uint64(id)), g, 0)
	})
}
