package api

import (
	"context"
	"net/http"

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
	Lang   string               `json:"language,omitempty" enum:",de,en,nl" doc:"of the sentence in text; that of central when empty"`
}

// into puts what was entered into a hook. A secret that was left out stays as it was.
func (b *hookBody) into(h *central.Hook) error {
	h.Name, h.URL, h.Kinds, h.Groups, h.Paused, h.Lang = b.Name, b.URL, b.Kinds, b.Groups, b.Paused, b.Lang
	if b.Secret != "" {
		h.Secret = b.Secret
	}
	return h.Check()
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
		var h central.Hook
		if err := in.Body.into(&h); err != nil {
			return nil, err
		}
		id, err := central.NextID(ctx, a.store, central.Hooks.Family)
		if err != nil {
			return nil, err
		}
		h.ID = id
		return &one[hookView]{view(ctx, h)}, central.Hooks.Put(ctx, a.store, id.String(), h, 0)
	})
	operation(a, http.MethodPut, "/hooks/{id}", "change-hook", "Change who is told, and how", true, func(ctx context.Context, in *struct {
		HookPath
		Body hookBody
	}) (*one[hookView], error) {
		key := appliance.ID(in.ID).String()
		h, version, err := central.Hooks.Find(ctx, a.store, key)
		if err != nil {
			return nil, err
		}
		if err := in.Body.into(&h); err != nil {
			return nil, err
		}
		return &one[hookView]{view(ctx, h)}, central.Hooks.Put(ctx, a.store, key, h, version)
	})
	operation(a, http.MethodPost, "/hooks/{id}/test", "test-hook", "Tell another system something that means nothing", true, func(ctx context.Context, in *HookPath) (*none, error) {
		h, _, err := central.Hooks.Find(ctx, a.store, appliance.ID(in.ID).String())
		if err != nil {
			return nil, err
		}
		return &none{}, central.TryHook(ctx, a.store, h, a.now())
	})
	operation(a, http.MethodDelete, "/hooks/{id}", "remove-hook", "Tell another system no more", true, func(ctx context.Context, in *HookPath) (*none, error) {
		key := appliance.ID(in.ID).String()
		if _, _, err := central.Hooks.Find(ctx, a.store, key); err != nil {
			return nil, err
		}
		return &none{}, central.Hooks.Delete(ctx, a.store, key)
	})
}
