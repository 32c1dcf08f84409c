package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
	"siteward/appliance/access"
)

// CheckSettings is what can be written of a check besides its device. Exactly the settings of its probe are looked at.
type CheckSettings struct {
	Name       string                  `json:"name" minLength:"1" maxLength:"100"`
	Probe      string                  `json:"probe" enum:"ping,snmp,tcp,http,nut,apcupsd"`
	Interval   appliance.Duration      `json:"interval" example:"1m" doc:"10s to 24h."`
	Timeout    appliance.Duration      `json:"timeout" example:"10s" doc:"Of one run, shorter than the interval."`
	Attempts   int                     `json:"attempts,omitempty" minimum:"0" maximum:"20" doc:"Bad runs in a row before a state gets worse; 0 = the default."`
	Recoveries int                     `json:"recoveries,omitempty" minimum:"0" maximum:"20" doc:"Good runs in a row before a state gets better; 0 = the default."`
	SNMP       *appliance.SNMPSettings `json:"snmp,omitempty"`
	TCP        *appliance.TCPSettings  `json:"tcp,omitempty"`
	HTTP       *appliance.HTTPSettings `json:"http,omitempty"`
	Ping       *appliance.PingSettings `json:"ping,omitempty"`

	NUT     *appliance.NUTSettings     `json:"nut,omitempty"`
	Apcupsd *appliance.ApcupsdSettings `json:"apcupsd,omitempty"`

	Limits []appliance.Limit `json:"limits,omitempty" nullable:"false" maxItems:"200" doc:"Override the defaults."`
}

// Check is one question asked of one device again and again.
type Check struct {
	ID      ID        `json:"id"`
	Device  ID        `json:"device"`
	Paused  *Pause    `json:"paused,omitempty"`
	Owner   string    `json:"owner,omitempty"`
	Created time.Time `json:"created"`
	Version uint64    `json:"version"`
	CheckSettings
}

// CheckInput is what is sent to add or change a check.
type CheckInput struct {
	Device  ID     `json:"device" minimum:"1"`
	Version uint64 `json:"version,omitempty" doc:"The version that is changed, when If-Match is not sent."`
	CheckSettings
}

func (in CheckInput) onto(c *appliance.Check) {
	c.Device, c.Name, c.Probe, c.Interval, c.Timeout = in.Device, in.Name, appliance.ProbeKind(in.Probe), in.Interval, in.Timeout
	c.Attempts, c.Recoveries, c.Limits = in.Attempts, in.Recoveries, in.Limits
	c.SNMP, c.TCP, c.HTTP, c.Ping, c.NUT, c.Apcupsd = in.SNMP, in.TCP, in.HTTP, in.Ping, in.NUT, in.Apcupsd
}

func checkOf(c appliance.Check) Check {
	out := Check{ID: c.ID, Device: c.Device, Paused: c.Paused, Owner: c.Owner, Created: c.Created, Version: c.Version, CheckSettings: CheckSettings{
		Name: c.Name, Probe: string(c.Probe), Interval: c.Interval, Timeout: c.Timeout, Attempts: c.Attempts, Recoveries: c.Recoveries,
		SNMP: c.SNMP, TCP: c.TCP, HTTP: c.HTTP, Ping: c.Ping, NUT: c.NUT, Apcupsd: c.Apcupsd, Limits: c.Limits}}
	return out
}

type (
	checkFilter struct {
		Paging
		Device ID     `query:"device"`
		Probe  string `query:"probe" enum:"ping,snmp,tcp,http,nut,apcupsd"`
	}
	checkOutput struct {
		ETag     string `header:"ETag"`
		Location string `header:"Location"`
		Body     Check
	}
)

var checkOrders = orders[appliance.Check]{
	"id":     func(a, b appliance.Check) int { return cmp.Compare(a.ID, b.ID) },
	"device": func(a, b appliance.Check) int { return cmp.Compare(a.Device, b.Device) },
	"name":   func(a, b appliance.Check) int { return fold(a.Name, b.Name) },
	"probe":  func(a, b appliance.Check) int { return cmp.Compare(a.Probe, b.Probe) },
}

func (a *API) checkRoutes() {
	register(a, operation("GET", "/checks", "listChecks", "List checks"), a.listChecks)
	create := operation("POST", "/checks", "createCheck", "Add a check", 404, 409)
	create.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, create, a.createCheck)
	huma.Register(a.huma, operation("GET", "/checks/{id}", "getCheck", "Read a check", 404), a.getCheck)
	huma.Register(a.huma, operation("PUT", "/checks/{id}", "replaceCheck", "Change a check", 404, 409, 412, 428), a.replaceCheck)
	huma.Register(a.huma, operation("DELETE", "/checks/{id}", "deleteCheck", "Delete a check", 404, 409, 412), a.deleteCheck)
	register(a, operation("POST", "/checks/{id}/run", "runCheck", "Run a check now and give its reading", 404, 409, 503), a.runCheck)
	register(a, operation("GET", "/checks/{id}/reading", "getReading", "The newest reading of a check", 404), a.getReading)
	huma.Register(a.huma, operation("POST", "/checks/{id}/pause", "pauseCheck", "Stop a check", 404), a.pauseCheck)
	huma.Register(a.huma, operation("DELETE", "/checks/{id}/pause", "resumeCheck", "End the pause of a check", 404), a.resumeCheck)
}

func (a *API) listChecks(ctx context.Context, in *checkFilter) (*pageOutput[Check], error) {
	all, err := a.app.Checks(ctx)
	if err != nil {
		return nil, a.fail("listChecks", err)
	}
	var found []appliance.Check
	for _, c := range all {
		if (in.Device == 0 || in.Device == c.Device) && (in.Probe == "" || in.Probe == string(c.Probe)) {
			found = append(found, c)
		}
	}
	p, err := page(found, in.Paging, checkOrders, "id")
	if err != nil {
		return nil, a.fail("listChecks", err)
	}
	return &pageOutput[Check]{Body: Page[Check]{Items: mapped(p.Body.Items, checkOf), Total: p.Body.Total, Offset: in.Offset, Limit: in.Limit}}, nil
}

func (a *API) getCheck(ctx context.Context, in *RecordKey) (*checkOutput, error) {
	return a.showCheck(ctx, "getCheck", in.ID)
}

func (a *API) showCheck(ctx context.Context, operation string, id ID) (*checkOutput, error) {
	c, err := a.app.Check(ctx, id)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	return &checkOutput{ETag: etag(c.Version), Body: checkOf(c)}, nil
}

func (a *API) createCheck(ctx context.Context, in *struct{ Body CheckInput }) (*checkOutput, error) {
	var c appliance.Check
	in.Body.onto(&c)
	if err := a.app.SaveCheck(ctx, actor(ctx), &c); err != nil {
		return nil, a.fail("createCheck", err)
	}
	out, err := a.showCheck(ctx, "createCheck", c.ID)
	if err == nil {
		out.Location = access.APIPrefix + "/checks/" + c.ID.String()
	}
	return out, err
}

func (a *API) replaceCheck(ctx context.Context, in *struct {
	RecordKey
	IfMatch string `header:"If-Match" maxLength:"30"`
	Body    CheckInput
}) (*checkOutput, error) {
	c, err := a.app.Check(ctx, in.ID)
	if err == nil {
		err = checkVersion(in.IfMatch, in.Body.Version, c.Version)
	}
	if err != nil {
		return nil, a.fail("replaceCheck", err)
	}
	in.Body.onto(&c)
	if err := a.app.SaveCheck(ctx, actor(ctx), &c); err != nil {
		return nil, a.fail("replaceCheck", err)
	}
	return a.showCheck(ctx, "replaceCheck", in.ID)
}

func (a *API) deleteCheck(ctx context.Context, in *struct {
	RecordKey
	IfMatch string `header:"If-Match" maxLength:"30"`
}) (*struct{}, error) {
	c, err := a.app.Check(ctx, in.ID)
	if err == nil {
		err = checkVersion(cmp.Or(in.IfMatch, "*"), 0, c.Version)
	}
	if err == nil {
		err = a.app.DeleteCheck(ctx, actor(ctx), in.ID)
	}
	return nil, a.fail("deleteCheck", err)
}

func (a *API) pauseCheck(ctx context.Context, in *pauseInput) (*checkOutput, error) {
	if err := a.app.PauseCheck(ctx, actor(ctx), in.ID, in.Body.Reason, in.Body.Until); err != nil {
		return nil, a.fail("pauseCheck", err)
	}
	return a.showCheck(ctx, "pauseCheck", in.ID)
}

func (a *API) resumeCheck(ctx context.Context, in *RecordKey) (*checkOutput, error) {
	if err := a.app.ResumeCheck(ctx, actor(ctx), in.ID); err != nil {
		return nil, a.fail("resumeCheck", err)
	}
	return a.showCheck(ctx, "resumeCheck", in.ID)
}
