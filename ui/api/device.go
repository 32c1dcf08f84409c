package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Device is one thing that is looked after, with what is known of it now.
type Device struct {
	ID       appliance.ID `json:"id"`
	Name     string       `json:"name"`
	Kind     string       `json:"kind"`
	Place    string       `json:"place,omitempty"`
	Address  string       `json:"address"`
	Purpose  string       `json:"purpose,omitempty"`
	Parents  []ID         `json:"parents" nullable:"false" doc:"Devices this one is reached through."`
	Ports    Ports        `json:"ports,omitempty" doc:"Interfaces that should be up, by name: important or uplink."`
	Paused   *Pause       `json:"paused,omitempty"`
	Owner    string       `json:"owner,omitempty" doc:"The site file that declares the device; empty when people edit it."`
	Created  time.Time    `json:"created"`
	Version  uint64       `json:"version" doc:"Counts changes; also the ETag."`
	State    string       `json:"state" enum:"ok,paused,maintenance,nodata,warning,critical" doc:"The worst of its states."`
	Since    *time.Time   `json:"since,omitempty"`
	Seen     *time.Time   `json:"seen,omitempty" doc:"Last answer."`
	UpSince  *time.Time   `json:"up_since,omitempty"`
	Checks   int          `json:"checks" doc:"How many checks it has."`
	Identity Identity     `json:"identity"`
}

// ID is the appliance's own word.
type ID = appliance.ID

// Ports is the appliance's own word.
type Ports = map[string]appliance.PortRole

// Pause is the appliance's own word.
type Pause = appliance.Pause

// Identity is the appliance's own word.
type Identity = appliance.Identity

// DeviceInput is what can be written of a device.
type DeviceInput struct {
	Name    string            `json:"name" minLength:"1" maxLength:"100"`
	Kind    string            `json:"kind" enum:"server,nas,switch,router,firewall,access-point,ups,pdu,printer,sensor,service,other"`
	Place   string            `json:"place,omitempty" maxLength:"200"`
	Address string            `json:"address" minLength:"1" maxLength:"253" doc:"IP address or host name."`
	Purpose string            `json:"purpose,omitempty" maxLength:"300" doc:"What stops when it fails, in the customer's words."`
	Parents []ID              `json:"parents,omitempty" nullable:"false" maxItems:"20"`
	Ports   map[string]string `json:"ports,omitempty" doc:"Interface name to important or uplink."`
	Version uint64            `json:"version,omitempty" doc:"The version that is changed, when If-Match is not sent."`
}

func (in DeviceInput) onto(d *appliance.Device) {
	d.Name, d.Kind, d.Place, d.Address, d.Purpose = in.Name, appliance.Kind(in.Kind), in.Place, in.Address, in.Purpose
	d.Parents, d.Ports = in.Parents, nil
	for port, role := range in.Ports {
		if d.Ports == nil {
			d.Ports = Ports{}
		}
		d.Ports[port] = appliance.PortRole(role)
	}
}

func deviceOf(v appliance.DeviceView) Device {
	return Device{ID: v.ID, Name: v.Name, Kind: string(v.Kind), Place: v.Place, Address: v.Address, Purpose: v.Purpose,
		Parents: append([]ID{}, v.Parents...), Ports: v.Ports, Paused: v.Paused, Owner: v.Owner, Created: v.Created,
		Version: v.Version, State: v.Worst.String(), Since: when(v.Since), Seen: when(v.Seen), UpSince: when(v.UpSince),
		Checks: len(v.Checks), Identity: v.Identity}
}

// when leaves a time out that is not known.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type (
	deviceFilter struct {
		Paging
		Kind  string `query:"kind" maxLength:"30" doc:"server, switch, ups, …"`
		Place string `query:"place" maxLength:"200"`
		State string `query:"state" enum:"ok,paused,maintenance,nodata,warning,critical"`
		Q     string `query:"q" maxLength:"100" doc:"Text in name, address, place or model, in any case."`
	}
	// RecordKey is the number in a path. It is exported because huma leaves out embedded structs that are not.
	RecordKey struct {
		ID ID `path:"id" minimum:"1"`
	}
	deviceOutput struct {
		ETag     string `header:"ETag"`
		Location string `header:"Location"`
		Body     Device
	}
	pauseInput struct {
		ID   ID `path:"id" minimum:"1"`
		Body struct {
			Reason string    `json:"reason" minLength:"1" maxLength:"300"`
			Until  time.Time `json:"until,omitzero" doc:"When it goes on by itself; left out: until somebody ends the pause."`
		}
	}
)

var deviceOrders = orders[appliance.DeviceView]{
	"id":      func(a, b appliance.DeviceView) int { return cmp.Compare(a.ID, b.ID) },
	"name":    func(a, b appliance.DeviceView) int { return fold(a.Name, b.Name) },
	"kind":    func(a, b appliance.DeviceView) int { return cmp.Compare(a.Kind, b.Kind) },
	"place":   func(a, b appliance.DeviceView) int { return fold(a.Place, b.Place) },
	"address": func(a, b appliance.DeviceView) int { return fold(a.Address, b.Address) },
	"state":   func(a, b appliance.DeviceView) int { return cmp.Compare(a.Worst, b.Worst) },
	"seen":    func(a, b appliance.DeviceView) int { return a.Seen.Compare(b.Seen) },
}

func (a *API) deviceRoutes() {
	register(a, operation("GET", "/devices", "listDevices", "List devices"), a.listDevices)
	create := operation("POST", "/devices", "createDevice", "Add a device", 409)
	create.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, create, a.createDevice)
	huma.Register(a.huma, operation("GET", "/devices/{id}", "getDevice", "Read a device", 404), a.getDevice)
	huma.Register(a.huma, operation("PUT", "/devices/{id}", "replaceDevice", "Change a device", 404, 409, 412, 428), a.replaceDevice)
	huma.Register(a.huma, operation("DELETE", "/devices/{id}", "deleteDevice", "Delete a device with its checks", 404, 409, 412), a.deleteDevice)
	huma.Register(a.huma, operation("POST", "/devices/{id}/pause", "pauseDevice", "Stop judging a device", 404), a.pauseDevice)
	huma.Register(a.huma, operation("DELETE", "/devices/{id}/pause", "resumeDevice", "End the pause of a device", 404), a.resumeDevice)
}

func (a *API) listDevices(ctx context.Context, in *deviceFilter) (*pageOutput[Device], error) {
	all, err := a.app.Devices(ctx)
	if err != nil {
		return nil, a.fail("listDevices", err)
	}
	var found []appliance.DeviceView
	for _, d := range all {
		if in.fits(d) {
			found = append(found, d)
		}
	}
	p, err := page(found, in.Paging, deviceOrders, "name")
	if err != nil {
		return nil, a.fail("listDevices", err)
	}
	return &pageOutput[Device]{Body: Page[Device]{Items: mapped(p.Body.Items, deviceOf), Total: p.Body.Total, Offset: in.Offset, Limit: in.Limit}}, nil
}

func (f *deviceFilter) fits(d appliance.DeviceView) bool {
	if f.Kind != "" && f.Kind != string(d.Kind) || f.Place != "" && !strings.EqualFold(f.Place, d.Place) || f.State != "" && f.State != d.Worst.String() {
		return false
	}
	text := strings.ToLower(strings.Join([]string{d.Name, d.Address, d.Place, d.Identity.Vendor, d.Identity.Model}, "\n"))
	return strings.Contains(text, strings.ToLower(f.Q))
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func (a *API) getDevice(ctx context.Context, in *RecordKey) (*deviceOutput, error) {
	return a.showDevice(ctx, "getDevice", in.ID)
}

func (a *API) showDevice(ctx context.Context, operation string, id ID) (*deviceOutput, error) {
	v, err := a.app.Device(ctx, id)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	return &deviceOutput{ETag: etag(v.Version), Body: deviceOf(v)}, nil
}

func (a *API) createDevice(ctx context.Context, in *struct{ Body DeviceInput }) (*deviceOutput, error) {
	var d appliance.Device
	in.Body.onto(&d)
	if err := a.app.SaveDevice(ctx, actor(ctx), &d); err != nil {
		return nil, a.fail("createDevice", err)
	}
	out, err := a.showDevice(ctx, "createDevice", d.ID)
	if err == nil {
		out.Location = access.APIPrefix + "/devices/" + d.ID.String()
	}
	return out, err
}

func (a *API) replaceDevice(ctx context.Context, in *struct {
	RecordKey
	IfMatch string `header:"If-Match" maxLength:"30"`
	Body    DeviceInput
}) (*deviceOutput, error) {
	v, err := a.app.Device(ctx, in.ID)
	if err == nil {
		err = checkVersion(in.IfMatch, in.Body.Version, v.Version)
	}
	if err != nil {
		return nil, a.fail("replaceDevice", err)
	}
	d := v.Device
	in.Body.onto(&d)
	if err := a.app.SaveDevice(ctx, actor(ctx), &d); err != nil {
		return nil, a.fail("replaceDevice", err)
	}
	return a.showDevice(ctx, "replaceDevice", in.ID)
}

func (a *API) deleteDevice(ctx context.Context, in *struct {
	RecordKey
	IfMatch string `header:"If-Match" maxLength:"30"`
}) (*struct{}, error) {
	v, err := a.app.Device(ctx, in.ID)
	if err == nil {
		err = checkVersion(cmp.Or(in.IfMatch, "*"), 0, v.Version)
	}
	if err == nil {
		err = a.app.DeleteDevice(ctx, actor(ctx), in.ID)
	}
	return nil, a.fail("deleteDevice", err)
}

func (a *API) pauseDevice(ctx context.Context, in *pauseInput) (*deviceOutput, error) {
	if err := a.app.PauseDevice(ctx, actor(ctx), in.ID, in.Body.Reason, in.Body.Until); err != nil {
		return nil, a.fail("pauseDevice", err)
	}
	return a.showDevice(ctx, "pauseDevice", in.ID)
}

func (a *API) resumeDevice(ctx context.Context, in *RecordKey) (*deviceOutput, error) {
	if err := a.app.ResumeDevice(ctx, actor(ctx), in.ID); err != nil {
		return nil, a.fail("resumeDevice", err)
	}
	return a.showDevice(ctx, "resumeDevice", in.ID)
}
