package daemon

import (
	"context"
	"io"
	"net/http/httptest"
	"slices"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access/accesstest"
	"siteward/appliance/control"
)

func openTest(t *testing.T) *Daemon {
	t.Helper()
	d, err := Open(t.Context(), Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestOperationsAreDoneInSomebodysName: what the pages ask for stands in the audit under the person, not under the command line.
func TestOperationsAreDoneInSomebodysName(t *testing.T) {
	d := openTest(t)
	u := appliance.User{Name: "administrator", Role: appliance.RoleAdministrator}
	if err := d.gate.Users.Create(t.Context(), byCommand, &u, accesstest.Password); err != nil {
		t.Fatal(err)
	}
	s := accesstest.SignIn(t, d.gate, appliance.RoleAdministrator)
	r, err := d.gate.Admit(httptest.NewRecorder(), s.On(httptest.NewRequest("GET", "/settings/store/backup", nil)), "/settings/store/backup")
	if err != nil {
		t.Fatal(err)
	}
	file := []byte("siteward: 1\nsite:\n  name: Office\n  language: en\n  time_zone: Europe/London\ndevices: []\n")
	for _, ctx := range []context.Context{t.Context(), r.Context()} {
		if err := d.Ops().Backup(ctx, io.Discard); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Ops().Apply(ctx, file, control.ApplyOptions{Name: "site.yaml"}); err != nil {
			t.Fatal(err)
		}
		file = []byte("siteward: 1\nsite:\n  name: Workshop\ndevices: []\n")
	}
	events, err := d.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}, Limit: 4})
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, e := range events {
		by = append(by, e.Message.Key+" "+e.By)
	}
	want := []string{"audit.site_applied administrator", "audit.backup_taken administrator"}
	if len(by) != 4 || !slices.Equal(by[:2], want) {
		t.Errorf("newest first: %v", by)
	}
}

func TestCredentialMayChangeItsVersion(t *testing.T) {
	d := openTest(t)
	by := appliance.Actor{Name: "m.muster", Role: appliance.RoleAdministrator, Via: "web"}
	c := appliance.Credential{Name: "office", SNMPVersion: "3", User: "siteward", AuthProtocol: "SHA-256", Auth: appliance.Secret{Value: "a long secret"},
		PrivProtocol: "AES-128", Priv: appliance.Secret{Value: "another secret"}}
	if err := d.SaveCredential(t.Context(), by, &c); err != nil {
		t.Fatal(err)
	}
	c.PrivProtocol, c.Priv, c.Auth = "", appliance.Secret{}, appliance.Secret{}
	if err := d.SaveCredential(t.Context(), by, &c); err != nil || c.Auth.Value != "a long secret" || !c.Priv.IsZero() {
		t.Fatalf("without encryption: %v %#v", err, c)
	}
	v2 := appliance.Credential{ID: c.ID, Version: c.Version, Name: "office", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}
	if err := d.SaveCredential(t.Context(), by, &v2); err != nil || !v2.Auth.IsZero() {
		t.Fatalf("as version 2c: %v %#v", err, v2)
	}
}
