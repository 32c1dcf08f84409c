package daemon_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/message"
)

// TestOthersAreToldTheSame: a consumer with a shared secret has numbers and a position of its own, with or without a provider, and what
// fails there stands beside it.
func TestOthersAreToldTheSame(t *testing.T) {
	away := true
	var got []message.Event
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var events []message.Event
		if err := json.NewDecoder(r.Body).Decode(&events); err != nil || !strings.HasPrefix(r.Header.Get(message.HeaderSignature), "v1,") || r.URL.Path != "/siteward" {
			t.Errorf("%s %v %v", r.URL, r.Header, err)
		}
		got = append(got, events...)
	}))
	defer hook.Close()
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "store")
	d := opened(t, dir)
	defer func() { _ = d.Close() }()
	r := appliance.Consumer{Name: "PSA", URL: hook.URL + "/siteward", Site: "muster"}
	if err := d.SaveConsumer(ctx, admin, &r); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("without a secret: %v", err)
	}
	r.Secret = appliance.Secret{Value: "whsec_c2VjcmV0IG9mIGJvdGggc2lkZXM="}
	if err := d.SaveConsumer(ctx, admin, &r); err != nil {
		t.Fatal(err)
	}
	tell := func() {
		t.Helper()
		if err := d.PutReports(ctx); err != nil {
			t.Fatal(err)
		}
		d.DeliverConsumer(ctx, r.ID)
	}
	tell()
	view := func() appliance.ConsumerView {
		t.Helper()
		all, err := d.Consumers(ctx)
		if err != nil || len(all) != 1 || all[0].Secret.Value != "" {
			t.Fatalf("%+v %v", all, err)
		}
		return all[0]
	}
	if v := view(); v.State.Waiting() == 0 || v.State.Code != "unavailable" || v.State.Oldest.IsZero() {
		t.Errorf("while it is away: %+v", v.State)
	}
	away = false
	f := newFleet(t)
	f.connect(t, d)
	tk, err := d.OpenTicket(ctx, admin, appliance.Ticket{Title: "t", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	report(t, d)
	tell()
	if v := view(); v.State.Waiting() != 0 || v.State.Failed != 0 {
		t.Errorf("afterwards: %+v", v.State)
	}
	var numbers []uint64
	ticket := false
	for _, e := range got {
		if e.Source != message.SourceOf("muster") {
			t.Errorf("source %s", e.Source)
		}
		if !e.Live {
			numbers = append(numbers, e.Sequence)
		}
		ticket = ticket || e.Subject == "ticket/"+tk.ID.String()
	}
	if !ticket || len(numbers) < 3 || numbers[0] != 1 || int(numbers[len(numbers)-1]) != len(numbers) || !slices.IsSorted(numbers) {
		t.Errorf("ticket %v, numbers %v", ticket, numbers)
	}
	if st, err := d.UplinkState(ctx); err != nil || st.Acked == 0 {
		t.Errorf("the provider was told nothing: %+v %v", st, err)
	}
	if err := d.Disconnect(ctx, admin, "contract over"); err != nil {
		t.Fatal(err)
	}
	n := len(got)
	if _, err := d.EditTicket(ctx, admin, tk.ID, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "off and on"}); err != nil {
		t.Fatal(err)
	}
	tell()
	if len(got) == n {
		t.Error("without a provider the consumer is told no more")
	}
	if err := d.DeleteConsumer(ctx, admin, r.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Consumers(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
	tell()
}
