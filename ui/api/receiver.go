package api

import (
	"context"

	"siteward/appliance"
)

// ReceiverList are all receivers.
type ReceiverList struct {
	Items []appliance.ReceiverState `json:"items" nullable:"false"`
}

// Switch is the wanted position of a switch.
type Switch struct {
	On bool `json:"on"`
}

func (a *API) receiverRoutes() {
	register(a, operation("GET", "/receivers", "listReceivers", "What others may send by themselves, and what is switched off"), a.listReceivers)
	register(a, operation("PUT", "/receivers/{name}", "switchReceiver", "Switch a receiver on or off", 404), a.switchReceiver)
}

func (a *API) listReceivers(ctx context.Context, _ *struct{}) (*struct{ Body ReceiverList }, error) {
	list, err := a.app.Receivers(ctx)
	if err != nil {
		return nil, a.fail("listReceivers", err)
	}
	return &struct{ Body ReceiverList }{ReceiverList{Items: list}}, nil
}

func (a *API) switchReceiver(ctx context.Context, in *struct {
	Name string `path:"name" enum:"syslog_udp,syslog_tcp,syslog_tls,mail,push"`
	Body Switch
}) (*struct{ Body ReceiverList }, error) {
	if err := a.app.SwitchReceiver(ctx, actor(ctx), appliance.Receiver(in.Name), in.Body.On); err != nil {
		return nil, a.fail("switchReceiver", err)
	}
	return a.listReceivers(ctx, nil)
}
