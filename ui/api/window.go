package api

import (
	"cmp"
	"context"
	"math"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Window is a maintenance window.
type Window struct {
	ID      ID         `json:"id"`
	Kind    string     `json:"kind" enum:"planned,emergency,adhoc"`
	State   string     `json:"state" enum:"draft,announced,confirmed,moved,refused,running,done,cancelled"`
	Title   string     `json:"title"`
	Effect  string     `json:"effect,omitempty"`
	Comment string     `json:"comment"`
	Reason  string     `json:"reason,omitempty" doc:"Why it could not wait to be announced in time."`
	All     bool       `json:"all,omitempty" doc:"It is about the whole site."`
	Devices []ID       `json:"devices" nullable:"false"`
	Jobs    []ID       `json:"backup_jobs" nullable:"false"`
	From    time.Time  `json:"from" doc:"Of the first time."`
	Until   time.Time  `json:"until" doc:"Of the first time."`
	Rule    string     `json:"rule,omitempty" doc:"RRULE of RFC 5545, by the clock of the site."`
	Next    *time.Time `json:"next,omitempty" doc:"Beginning of the time that runs, or of the next."`
	Notice  int        `json:"notice_business_days"`
	Short   bool       `json:"short,omitempty"`
}

// NewWindow begins a window at once.
type NewWindow struct {
	Title   string `json:"title" minLength:"1" maxLength:"200"`
	Comment string `json:"comment" minLength:"1" maxLength:"4000" doc:"Why, and what one should know."`
	Effect  string `json:"effect,omitempty" maxLength:"4000"`
	All     bool   `json:"all,omitempty"`
	Devices []ID   `json:"devices,omitempty" nullable:"false" maxItems:"1000"`
	Jobs    []ID   `json:"backup_jobs,omitempty" nullable:"false" maxItems:"1000"`
	Minutes int    `json:"minutes" minimum:"1" maximum:"44640" doc:"How long it runs at most."`
}

// DeviceAvailability is how long a device was up; times are seconds of the service hours.
type DeviceAvailability struct {
	Device      ID       `json:"device,omitempty"`
	Name        string   `json:"name,omitempty"`
	Kind        string   `json:"kind,omitempty"`
	Percent     *float64 `json:"reached_percent" doc:"up / (up + down); null when nothing is known."`
	Service     int64    `json:"service_seconds"`
	Up          int64    `json:"up_seconds"`
	Down        int64    `json:"down_seconds"`
	NoData      int64    `json:"no_data_seconds"`
	Maintenance int64    `json:"maintenance_seconds"`
	Paused      int64    `json:"paused_seconds"`
	Outages     int      `json:"outages"`
}

// AvailabilityReport is the availability of a time.
type AvailabilityReport struct {
	From      time.Time            `json:"from"`
	To        time.Time            `json:"to"`
	Hours     string               `json:"service_hours"`
	Guarantee float64              `json:"guaranteed_percent,omitempty"`
	Site      DeviceAvailability   `json:"site"`
	Devices   []DeviceAvailability `json:"devices" nullable:"false"`
}

func (a *API) windowRoutes() {
	register(a, operation("GET", "/windows", "listWindows", "List maintenance windows"), a.listWindows)
	registerBody(a, operation("POST", "/windows", "beginWindow", "Begin maintenance at once", 422), a.beginWindow)
	registerBody(a, operation("POST", "/windows/{id}/end", "endWindow", "End maintenance that runs", 404, 409), a.endWindow)
	register(a, operation("GET", "/availability", "getAvailability", "How long everything was up", 422), a.getAvailability)
}

func (a *API) listWindows(ctx context.Context, in *struct {
	Paging
	State string `query:"state" enum:"draft,announced,confirmed,moved,refused,running,done,cancelled" doc:"Only these."`
}) (*pageOutput[Window], error) {
	list, err := a.app.Windows(ctx)
	if err != nil {
		return nil, a.fail("listWindows", err)
	}
	var out []Window
	for _, v := range list {
		if v.State == appliance.WindowDraft && !access.Can(actor(ctx).Role, access.EditWindows) { // a thought of the technician
			continue
		}
		if in.State == "" || in.State == string(v.State) {
			out = append(out, windowOf(v))
		}
	}
	p, err := page(out, in.Paging, orders[Window]{
		"id":   func(x, y Window) int { return cmp.Compare(x.ID, y.ID) },
		"from": func(x, y Window) int { return x.From.Compare(y.From) },
	}, "id")
	return p, a.fail("listWindows", err)
}

func windowOf(v appliance.WindowView) Window {
	return Window{ID: v.ID, Kind: string(v.Kind), State: string(v.State), Title: v.Title, Effect: v.Effect, Comment: v.Comment, Reason: v.Reason, All: v.All,
		Devices: append([]ID{}, v.Devices...), Jobs: append([]ID{}, v.Jobs...), From: v.From, Until: v.Until, Rule: v.Rule, Next: when(v.Next.From), Notice: v.Notice, Short: v.Short}
}

func (a *API) beginWindow(ctx context.Context, in *struct{ Body NewWindow }) (*struct{ Body Window }, error) {
	b := in.Body
	now := a.app.Now()
	w := appliance.Window{Title: b.Title, Comment: b.Comment, Effect: b.Effect, All: b.All, Devices: b.Devices, Jobs: b.Jobs, From: now, Until: now.Add(time.Duration(b.Minutes) * time.Minute)}
	if err := a.app.BeginWindow(ctx, actor(ctx), &w); err != nil {
		return nil, a.fail("beginWindow", err)
	}
	return a.windowNow(ctx, "beginWindow", w.ID)
}

func (a *API) endWindow(ctx context.Context, in *struct {
	ID   ID `path:"id" minimum:"1"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"4000" doc:"What was done, for the logbook."`
	}
}) (*struct{ Body Window }, error) {
	if err := a.app.EndWindow(ctx, actor(ctx), in.ID, in.Body.Note); err != nil {
		return nil, a.fail("endWindow", err)
	}
	return a.windowNow(ctx, "endWindow", in.ID)
}

func (a *API) windowNow(ctx context.Context, op string, id ID) (*struct{ Body Window }, error) {
	v, err := a.app.Window(ctx, id)
	if err != nil {
		return nil, a.fail(op, err)
	}
	return &struct{ Body Window }{windowOf(v)}, nil
}

func (a *API) getAvailability(ctx context.Context, in *struct {
	From time.Time `query:"from" required:"true"`
	To   time.Time `query:"to" doc:"Left out: now."`
}) (*struct{ Body AvailabilityReport }, error) {
	if in.To.IsZero() {
		in.To = a.app.Now()
	}
	r, err := a.app.Availability(ctx, in.From, in.To)
	if err != nil {
		return nil, a.fail("getAvailability", err)
	}
	out := AvailabilityReport{From: r.From, To: r.To, Hours: r.Hours, Guarantee: r.Guarantee, Site: availabilityOf(r.Site), Devices: []DeviceAvailability{}}
	for _, x := range r.Devices {
		out.Devices = append(out.Devices, availabilityOf(x))
	}
	return &struct{ Body AvailabilityReport }{out}, nil
}

func availabilityOf(x appliance.Availability) DeviceAvailability {
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	out := DeviceAvailability{Device: x.Device, Name: x.Name, Kind: string(x.Kind), Service: seconds(x.Service), Up: seconds(x.Up), Down: seconds(x.Down), NoData: seconds(x.NoData),
		Maintenance: seconds(x.Window), Paused: seconds(x.Paused), Outages: len(x.Outages)}
	if p := x.Percent(); !math.IsNaN(p) {
		out.Percent = &p
	}
	return out
}
