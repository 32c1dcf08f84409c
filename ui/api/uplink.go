package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/metric"
)

// Uplink is how far the reports to the provider are.
type Uplink struct {
	Connected bool                   `json:"connected"`
	Provider  string                 `json:"provider,omitempty"`
	URL       string                 `json:"url,omitempty"`
	Site      string                 `json:"site,omitempty" doc:"The site's id there."`
	State     *appliance.UplinkState `json:"state,omitempty"`
	Policy    appliance.UplinkPolicy `json:"policy" doc:"What leaves."`
	Kinds     []string               `json:"kinds" nullable:"false" doc:"The kinds that the policy may switch off."`
}

// SentList are deliveries without their bytes.
type SentList struct {
	Items []appliance.Sent `json:"items" nullable:"false"`
}

// SentBody is a delivery with its exact bytes and what they say.
type SentBody struct {
	appliance.Sent

	Events  []json.RawMessage `json:"events" nullable:"false" doc:"The CloudEvents as they stand in the body, unpacked."`
	Numbers []metric.Number   `json:"numbers" nullable:"false" doc:"Of measured values: what stands in the body, unpacked. A line that stands for several deliveries has neither numbers nor body."`
}

func (a *API) uplinkRoutes() {
	register(a, operation("GET", "/uplink", "getUplink", "How far the reports to the provider are, and what leaves"), a.getUplink)
	registerBody(a, operation("PUT", "/uplink/policy", "putUplinkPolicy", "Change what leaves", 409, 422), a.putUplinkPolicy)
	register(a, operation("GET", "/uplink/consumers", "listConsumers", "Who is told besides the provider, and how far each is"), a.listConsumers)
	register(a, operation("POST", "/uplink/consumers/{id}/test", "testConsumer", "Send one the state of now, or one number, and say what came of it", 404), a.testConsumer)
	registerBody(a, operation("POST", "/uplink/consumers", "saveConsumer", "Tell one more, or change one by its id", 404, 409, 422), a.saveConsumer)
	gone := operation("DELETE", "/uplink/consumers/{id}", "deleteConsumer", "Tell one no more; what waits for it goes too", 404)
	gone.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, gone, a.deleteConsumer)
	register(a, operation("GET", "/uplink/sent", "listSent", "What was sent, newest first", 422), a.listSent)
	register(a, operation("GET", "/uplink/sent/{id}", "getSent", "One delivery with its exact bytes", 404), a.getSent)
}

func (a *API) getUplink(ctx context.Context, _ *struct{}) (*struct{ Body Uplink }, error) {
	out := Uplink{Kinds: appliance.UplinkKinds}
	var err error
	if out.Policy, err = a.app.UplinkPolicy(ctx); err != nil {
		return nil, a.fail("getUplink", err)
	}
	e, err := a.app.Provider(ctx)
	if errors.Is(err, appliance.ErrNotFound) {
		return &struct{ Body Uplink }{out}, nil
	}
	if err != nil {
		return nil, a.fail("getUplink", err)
	}
	st, err := a.app.UplinkState(ctx)
	if err != nil {
		return nil, a.fail("getUplink", err)
	}
	out.Connected, out.Provider, out.URL, out.Site, out.State = true, e.Provider, e.URL, e.Site, &st
	return &struct{ Body Uplink }{out}, nil
}

func (a *API) putUplinkPolicy(ctx context.Context, in *struct {
	Body appliance.UplinkPolicy `doc:"With the version that it was read with."`
}) (*struct{ Body appliance.UplinkPolicy }, error) {
	if err := a.app.SaveUplinkPolicy(ctx, actor(ctx), in.Body); err != nil {
		return nil, a.fail("putUplinkPolicy", err)
	}
	p, err := a.app.UplinkPolicy(ctx)
	if err != nil {
		return nil, a.fail("putUplinkPolicy", err)
	}
	return &struct{ Body appliance.UplinkPolicy }{p}, nil
}

func (a *API) listSent(ctx context.Context, in *struct {
	Before ID        `query:"before" doc:"Only deliveries with a lower number: the next page."`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	From   time.Time `query:"from" doc:"Only of that time or later."`
	Until  time.Time `query:"until" doc:"Only before that time."`
	Failed bool      `query:"failed" doc:"Only those that were not taken."`
	Gaps   bool      `query:"gaps" doc:"Only those that report what was left out."`
	Kind   string    `query:"kind" enum:"reports,samples" doc:"Only reports, or only measured values. Left out: both."`
}) (*struct{ Body SentList }, error) {
	list, err := a.app.SentReports(ctx, appliance.SentFilter{Before: in.Before, Limit: in.Limit, From: in.From, Until: in.Until, Failed: in.Failed, Gaps: in.Gaps, Kind: appliance.ConsumerKind(in.Kind)})
	if err != nil {
		return nil, a.fail("listSent", err)
	}
	return &struct{ Body SentList }{SentList{Items: append([]appliance.Sent{}, list...)}}, nil
}

func (a *API) getSent(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body SentBody }, error) {
	v, err := a.app.SentReport(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getSent", err)
	}
	out := SentBody{Sent: v, Events: []json.RawMessage{}, Numbers: []metric.Number{}}
	if v.Kind == appliance.ConsumerSamples {
		if all, err := metric.Read(v.Body); err == nil {
			out.Numbers = metric.Plain(all)
		}
		return &struct{ Body SentBody }{out}, nil
	}
	if raw, err := message.Raw(v.Body, v.Encoding); err == nil {
		out.Events = raw
	}
	return &struct{ Body SentBody }{out}, nil
}

// ConsumerIn is a consumer as it is entered.
type ConsumerIn struct {
	ID      ID     `json:"id,omitempty" doc:"Left out: a new one."`
	Version uint64 `json:"version,omitempty"`
	Name    string `json:"name" maxLength:"100"`
	URL     string `json:"url" maxLength:"500" doc:"The whole address; HTTPS."`
	Site    string `json:"site" maxLength:"60" doc:"What this site is called there."`
	Kind    string `json:"kind,omitempty" enum:"reports,samples" doc:"reports: the same batches as the provider gets; samples: the numbers of all checks by Prometheus' remote-write. It never changes."`
	User    string `json:"user,omitempty" maxLength:"100" doc:"Of samples: the user whose password the secret is. Left out: the secret is a bearer token."`
	Secret  string `json:"secret,omitempty" maxLength:"500" doc:"Standard Webhooks: whsec_ and base64, or plain text. Left out: the one before. It is never told."`
	Off     bool   `json:"off,omitempty"`
}

// ConsumerList are consumers without their secrets.
type ConsumerList struct {
	Items []appliance.ConsumerView `json:"items" nullable:"false"`
}

func (a *API) listConsumers(ctx context.Context, _ *struct{}) (*struct{ Body ConsumerList }, error) {
	list, err := a.app.Consumers(ctx)
	if err != nil {
		return nil, a.fail("listConsumers", err)
	}
	return &struct{ Body ConsumerList }{ConsumerList{Items: append([]appliance.ConsumerView{}, list...)}}, nil
}

func (a *API) saveConsumer(ctx context.Context, in *struct{ Body ConsumerIn }) (*struct{ Body ConsumerList }, error) {
	r := appliance.Consumer{ID: in.Body.ID, Version: in.Body.Version, Kind: appliance.ConsumerKind(in.Body.Kind), User: in.Body.User, Name: in.Body.Name, URL: in.Body.URL, Site: in.Body.Site, Secret: appliance.Secret{Value: in.Body.Secret}, Off: in.Body.Off}
	if err := a.app.SaveConsumer(ctx, actor(ctx), &r); err != nil {
		return nil, a.fail("saveConsumer", err)
	}
	return a.listConsumers(ctx, nil)
}

func (a *API) testConsumer(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body appliance.ConsumerTest }, error) {
	v, err := a.app.TestConsumer(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, a.fail("testConsumer", err)
	}
	return &struct{ Body appliance.ConsumerTest }{v}, nil
}

func (a *API) deleteConsumer(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{}, error) {
	if err := a.app.DeleteConsumer(ctx, actor(ctx), in.ID); err != nil {
		return nil, a.fail("deleteConsumer", err)
	}
	return nil, nil //nolint:nilnil // nothing to say
}
