package api

import (
	"context"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"siteward/appliance"
	"siteward/central"
)

// HookPath names a hook in an address.
type HookPath struct {
	ID uint64 `path:"id" minimum:"1"`
}

type hookBody struct {
	Name   string               `json:"name" minLength:"1" maxLength:"100"`
	URL    string               `json:"url" maxLength:"500" doc:"https://… or mailto:…"`
	Secret string               `json:"secret,omitempty" maxLength:"200" doc:"of Standard Webhooks: whsec_…"`
	Kinds  []central.NoticeKind `json:"kinds,omitempty" maxItems:"50" doc:"alarm.opened, alarm.closed, siteward.ticket.v1, …, * for all; alarms only when empty"`
	Groups []appliance.ID       `json:"groups,omitempty" maxItems:"1000"`
	Paused bool                 `json:"paused,omitempty"`
}

func (b *hookBody) check() error {
	if address, ok := strings.CutPrefix(b.URL, "mailto:"); ok {
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			return appliance.Errorf(appliance.CodeInvalid, "url: %q is no address of a mailbox", address)
		}
		return nil
	}
	u, err := url.Parse(b.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return appliance.Errorf(appliance.CodeInvalid, "url: write https://host/path or mailto:address")
	}
	return nil
}

// hookView is a hook as it is shown: its secret stays here.
type hookView struct {
	central.Hook
	Status central.HookStatus `json:"status"`
}

// hooks adds who is told.
func (a *API) hooks() {
	view := func(ctx context.Context, h central.Hook) hookView {
		st, _, _ := central.HookStates.Find(ctx, a.store, h.ID.String()) // none before the first delivery
		if h.Secret != "" {
			h.Secret = "…"
		}
		return hookView{h, st}
	}
	operation(a, http.MethodGet, "/hooks", "list-hooks", "Other systems that are told", true, func(ctx context.Context, _ *struct{}) (*list[hookView], error) {
		all, err := central.Hooks.List(ctx, a.store, central.RecordRange{Limit: 1000})
		var out []hookView
		for _, h := range all {
			out = append(out, view(ctx, h))
		}
		return listOf(out), err
	})
	operation(a, http.MethodPost, "/hooks", "add-hook", "Tell another system", true, func(ctx context.Context, in *struct{ Body hookBody }) (*one[hookView], error) {
		if err := in.Body.check(); err != nil {
			return nil, err
		}
		id, err := central.NextID(ctx, a.store, central.Hooks.Family)
		if err != nil {
			return nil, err
		}
		b := in.Body
		h := central.Hook{ID: id, Name: b.Name, URL: b.URL, Secret: b.Secret, Kinds: b.Kinds, Groups: b.Groups, Paused: b.Paused}
		return &one[hookView]{view(ctx, h)}, central.Hooks.Put(ctx, a.store, id.String(), h, 0)
	})
	operation(a, http.MethodDelete, "/hooks/{id}", "remove-hook", "Tell another system no more", true, func(ctx context.Context, in *HookPath) (*none, error) {
		key := appliance.ID(in.ID).String()
		if _, _, err := central.Hooks.Find(ctx, a.store, key); err != nil {
			return nil, err
		}
		return &none{}, central.Hooks.Delete(ctx, a.store, key)
	})
}
