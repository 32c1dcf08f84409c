package ui

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// credentialFields are the fields of a credential with their words, named as the domain names them.
var credentialFields = map[string]string{ //nolint:gosec // words, no secrets
	"name": "credential.name", "snmp_version": "credential.version", "community": "credential.community",
	"user": "credential.user", "context": "credential.context", "auth_protocol": "credential.auth_protocol", "auth": "credential.auth",
	"priv_protocol": "credential.priv_protocol", "priv": "credential.priv",
	"password": "credential.password", "key": "credential.key", "passphrase": "credential.passphrase"}

// ways are the SNMP versions in the order they are offered, the safe one first, and what is not SNMP.
var ways = []string{"3", "2c", "1", appliance.CredentialSSH, appliance.CredentialLogin}

// secretsOf names the secrets of a version, each with its place in a credential.
func secretsOf(c *appliance.Credential) map[string]*appliance.Secret {
	switch c.Way() {
	case appliance.CredentialSSH:
		return map[string]*appliance.Secret{"password": &c.Password, "key": &c.Key, "passphrase": &c.Passphrase}
	case appliance.CredentialLogin:
		return map[string]*appliance.Secret{"auth": &c.Auth}
	case "3":
		return map[string]*appliance.Secret{"auth": &c.Auth, "priv": &c.Priv}
	}
	return map[string]*appliance.Secret{"community": &c.Community}
}

// credentialForm is what a form shows of a credential: everything but the secrets that the store holds.
func credentialForm(k appliance.Credential) view.Form {
	f := view.Form{Values: map[string]string{"name": k.Name, "user": k.User, "context": k.Context, "auth_protocol": k.AuthProtocol,
		"priv_protocol": k.PrivProtocol, "version": strconv.FormatUint(k.Version, 10)}}
	for name, secret := range secretsOf(&k) {
		f.Values[name+"_file"], f.Values[name+"_env"] = secret.File, secret.Env
	}
	return f
}

func (s *Server) newCredential(c echo.Context) error {
	k := appliance.Credential{AuthProtocol: "SHA-256", PrivProtocol: "AES-128"}
	setWay(&k, versionParam(c, "3"))
	return s.showCredential(c, http.StatusOK, k, credentialForm(k), nil)
}

// setWay makes a credential one for an SNMP version or for SSH.
func setWay(k *appliance.Credential, way string) {
	k.Kind, k.SNMPVersion = "", way
	if way == appliance.CredentialSSH {
		k.Kind, k.SNMPVersion = way, ""
	}
}

// versionParam is the SNMP version, or SSH, that the form is for.
func versionParam(c echo.Context, or string) string {
	if v := c.FormValue("snmp_version"); slices.Contains(ways, v) {
		return v
	}
	return or
}

func (s *Server) credential(c echo.Context) error {
	k, err := s.credentialParam(c)
	if err != nil {
		return err
	}
	uses, err := s.credentialUses(c.Request().Context())
	if err != nil {
		return err
	}
	shown := k
	setWay(&shown, versionParam(c, k.Way()))
	return s.showCredential(c, http.StatusOK, shown, credentialForm(shown), uses[k.ID])
}

// showCredential shows the form of a credential. Of k only what is no secret is looked at.
func (s *Server) showCredential(c echo.Context, status int, k appliance.Credential, form view.Form, uses []view.Use) error {
	frame, l := s.settingsFrame(c)
	page := view.Credential{Form: form, SNMP: k.Way(), Uses: uses, Owner: k.Owner, Action: "/settings/credentials/new", Secrets: map[string]view.SecretField{}}
	frame.Title = l.T("credential.new")
	if k.ID != 0 {
		page.ID = k.ID.String()
		page.Action = "/settings/credentials/" + page.ID
		frame.Title = l.T("credential.of", "name", k.Name)
	}
	for _, v := range ways {
		page.Versions = append(page.Versions, view.ChartChoice{Label: l.T("credential.version_" + v), Href: page.Action + "?snmp_version=" + v, Current: v == k.Way()})
	}
	for name, secret := range secretsOf(&k) {
		hint := l.T("credential.secret_new")
		if k.ID != 0 && !secret.IsZero() {
			hint = l.T("credential.secret_keep")
		}
		page.Secrets[name] = view.SecretField{Form: form, Name: name, Label: l.T(credentialFields[name]), Hint: hint, Lines: name == "key",
			Elsewhere: form.Value(name+"_file")+form.Value(name+"_env") != ""}
	}
	page.AuthChoices, page.PrivChoices = l.protocolOptions(appliance.AuthProtocols), l.protocolOptions(appliance.PrivProtocols)
	page.Lines = []view.Line{
		{Name: l.T("credential.version"), Value: l.T("credential.version_" + k.Way())},
		{Name: l.T("credential.user"), Value: k.User, Mono: true},
		{Name: l.T("credential.security"), Value: l.security(k)},
		{Name: l.T("credential.secrets"), Value: l.secretPlaces(k)},
	}
	return s.render.Page(c, status, "settings-credential", frame, page)
}

func (l *Lang) protocolOptions(names []string) []view.Option {
	out := []view.Option{{Label: l.T("credential.no_protocol")}}
	for _, n := range names {
		out = append(out, view.Option{Value: n, Label: n})
	}
	return out
}

func (s *Server) createCredential(c echo.Context) error {
	return s.takeCredential(c, appliance.Credential{}, nil)
}

func (s *Server) saveCredential(c echo.Context) error {
	k, err := s.credentialParam(c)
	if err != nil {
		return err
	}
	uses, err := s.credentialUses(c.Request().Context())
	if err != nil {
		return err
	}
	return s.takeCredential(c, k, uses[k.ID])
}

// takeCredential takes a credential from the form; old is what is stored, zero for a new one.
func (s *Server) takeCredential(c echo.Context, old appliance.Credential, uses []view.Use) error {
	_, l := s.settingsFrame(c)
	k, form := readCredential(c, old)
	err := s.App.SaveCredential(c.Request().Context(), actor(c), &k)
	if err == nil {
		return s.done(c, "/settings/credentials", l.T("credential.saved", "name", k.Name))
	}
	if !s.refuse(&form, l, err, credentialFields) {
		return err
	}
	shown := old
	setWay(&shown, k.Way())
	return s.showCredential(c, http.StatusUnprocessableEntity, shown, form, uses)
}

// readCredential takes what was typed. What does not belong to the version is left out; a secret that was left empty is kept.
func readCredential(c echo.Context, old appliance.Credential) (appliance.Credential, view.Form) {
	form := formOf(c, "name", "version", "user", "context", "auth_protocol", "priv_protocol")
	k := appliance.Credential{ID: old.ID, Owner: old.Owner, Name: form.Value("name")}
	setWay(&k, versionParam(c, "3"))
	k.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) // what is no number was changed meanwhile
	switch k.Way() {
	case appliance.CredentialSSH, appliance.CredentialLogin:
		k.User = form.Value("user")
	case "3":
		k.User, k.Context = form.Value("user"), form.Value("context")
		k.AuthProtocol, k.PrivProtocol = form.Value("auth_protocol"), form.Value("priv_protocol")
	}
	held := old
	setWay(&held, k.Way())
	before := secretsOf(&held)
	for name, secret := range secretsOf(&k) {
		*secret = readSecret(c, &form, name, *before[name])
		idle := name == "auth" && k.AuthProtocol == "" && k.SNMPVersion == "3" || name == "priv" && k.PrivProtocol == ""
		if idle && *secret == *before[name] { // a new one without its protocol is for the rules to refuse
			*secret = appliance.Secret{}
		}
	}
	return k, form
}

// readSecret takes a secret from its three fields. A typed one goes before the place that the form had shown; two new ones are
// left for the rules to refuse. The typed one is never sent back.
func readSecret(c echo.Context, form *view.Form, name string, before appliance.Secret) appliance.Secret {
	places := formOf(c, name+"_file", name+"_env")
	for field, v := range places.Values {
		form.Values[field] = v
	}
	now := appliance.Secret{Value: strings.ReplaceAll(c.FormValue(name), "\r\n", "\n"), // of a key with many lines
		File: places.Value(name + "_file"), Env: places.Value(name + "_env")}
	if now.Value != "" && now.File == before.File && now.Env == before.Env {
		now.File, now.Env = "", ""
	}
	if now.IsZero() {
		return before
	}
	return now
}
