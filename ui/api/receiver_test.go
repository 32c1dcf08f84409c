package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
)

func (f *fake) Receivers(context.Context) ([]appliance.ReceiverState, error) {
	return []appliance.ReceiverState{{Name: appliance.ReceiverMail, On: true, At: []string{":2525"}}}, nil
}

func (f *fake) SwitchReceiver(_ context.Context, by appliance.Actor, name appliance.Receiver, on bool) error {
	f.did(by)
	if on || name != appliance.ReceiverMail {
		return appliance.ErrNotFound
	}
	return nil
}

func TestReceivers(t *testing.T) {
	b := newBench(t)
	admin := []string{"Authorization", "Bearer " + b.tokens[appliance.RoleAdministrator]}
	if w := b.send("GET", "/api/v1/receivers", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `{"name":"mail","on":true,"at":[":2525"]}`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.send("PUT", "/api/v1/receivers/mail", `{"on":false}`, admin...); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.send("PUT", "/api/v1/receivers/fax", `{"on":false}`, admin...); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
