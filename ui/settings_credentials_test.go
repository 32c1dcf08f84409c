package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func credentialNamed(t *testing.T, b *apptest.Bench, name string) appliance.Credential {
	t.Helper()
	list, err := b.App.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no credential %s", name)
	return appliance.Credential{}
}

// noSecret fails when a page holds a secret of the sample site or one that was typed.
func noSecret(t *testing.T, what, body string) {
	t.Helper()
	for _, secret := range []string{"not for your eyes", "hush-hush", "•••"} {
		if strings.Contains(body, secret) {
			t.Errorf("%s holds a secret", what)
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	b := apptest.Server(t)
	for _, role := range []appliance.Role{appliance.RoleTechnician, appliance.RoleAdministrator} {
		for path := range settingsPages {
			noSecret(t, path, b.Get(role, path).Body.String())
		}
		for _, v := range []string{"1", "2c", "3"} {
			noSecret(t, v, b.Get(role, "/settings/credentials/1?snmp_version="+v).Body.String())
		}
	}
}

func TestCredentialForms(t *testing.T) {
	b := apptest.Server(t)
	who := appliance.RoleTechnician
	must(t, b.Get(who, "/settings/credentials/new?snmp_version=2c"), 200, `name="community"`, `name="community_file"`, `name="community_env"`)
	v2 := url.Values{"snmp_version": {"2c"}, "name": {"switches"}, "community": {"hush-hush"}, "version": {"0"}}
	must(t, b.Post(who, "/settings/credentials/new", v2), 303)
	if c := credentialNamed(t, b, "switches"); c.SNMPVersion != "2c" || c.Community.Value != "hush-hush" || c.User != "" {
		t.Errorf("%#v", c)
	}
	v3 := url.Values{"snmp_version": {"3"}, "name": {"office"}, "user": {"siteward"}, "auth_protocol": {"SHA-256"}, "auth": {"short"}, "priv_protocol": {"AES-128"},
		"priv_env": {"SITEWARD_SECRET_PRIV"}, "community": {"left over from another version"}, "version": {"0"}}
	noSecret(t, "the form", must(t, b.Post(who, "/settings/credentials/new", v3), 422, "Authentication password is shorter than 8 characters", `href="#auth"`, "SITEWARD_SECRET_PRIV", "<details open"))
	v3.Set("auth", "hush-hush")
	must(t, b.Post(who, "/settings/credentials/new", v3), 303)
	c := credentialNamed(t, b, "office")
	if c.Auth.Value != "hush-hush" || c.Priv != (appliance.Secret{Env: "SITEWARD_SECRET_PRIV"}) || !c.Community.IsZero() {
		t.Errorf("%#v", c)
	}
	path := "/settings/credentials/" + c.ID.String()
	noSecret(t, path, must(t, b.Get(who, path), 200, `value="SITEWARD_SECRET_PRIV"`, "Leave empty to keep"))

	// Left empty, a secret is kept; typed, it goes before the place it had; a place takes it over.
	edit := url.Values{"snmp_version": {"3"}, "name": {"office"}, "user": {"siteward"}, "auth_protocol": {"SHA-512"}, "priv_protocol": {"AES-256"}, "priv_env": {"SITEWARD_SECRET_PRIV"}, "version": {"1"}}
	must(t, b.Post(who, path, edit), 303)
	if c := credentialNamed(t, b, "office"); c.Auth.Value != "hush-hush" || c.Priv.Env == "" || c.AuthProtocol != "SHA-512" {
		t.Errorf("kept: %#v", c)
	}
	edit.Set("version", "2")
	edit.Set("priv", "hush-hush-2")
	edit.Set("auth_file", "office-auth")
	must(t, b.Post(who, path, edit), 303)
	if c := credentialNamed(t, b, "office"); c.Priv != (appliance.Secret{Value: "hush-hush-2"}) || c.Auth != (appliance.Secret{File: "office-auth"}) {
		t.Errorf("changed: %v %v", c.Priv, c.Auth)
	}
	edit.Set("version", "3")
	edit.Set("auth_env", "SITEWARD_SECRET_AUTH")
	noSecret(t, "the form", must(t, b.Post(who, path, edit), 422, "must stand in one place"))
	// Another version leaves out what does not belong to it.
	must(t, b.Post(who, path, url.Values{"snmp_version": {"2c"}, "name": {"office"}, "community": {"hush-hush"}, "version": {"3"}}), 303)
	if c := credentialNamed(t, b, "office"); c.User != "" || !c.Auth.IsZero() || !c.Priv.IsZero() || c.AuthProtocol != "" {
		t.Errorf("version changed: %#v", c)
	}
	must(t, b.Post(who, path+"/delete", nil), 303)
	must(t, b.Get(who, path), 404)
}

func TestCredentialInUse(t *testing.T) {
	b := apptest.Server(t)
	who := appliance.RoleTechnician
	body := must(t, b.Get(who, "/settings/credentials/1"), 200, "sw-core", "It can be deleted when no device uses it")
	if strings.Contains(body, "/settings/credentials/1/delete") {
		t.Error("offers to delete what is in use")
	}
	must(t, b.Post(who, "/settings/credentials/1/delete", nil), 422, "still uses the credential")
	body = must(t, b.Get(who, "/settings/credentials/2"), 200, "declared in site.yaml", "Change it in that file")
	if strings.Contains(body, `name="community`) || strings.Contains(body, "/settings/credentials/2/delete") {
		t.Error("a credential of the site file can be changed here")
	}
	must(t, b.Get(who, "/settings/credentials"), 200, "3 credentials, not in use: 1", "in the variable SITEWARD_SECRET_COMMUNITY", "SHA-256 and AES-128")
}
