package daemon_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/message"
)

// secrets are what a test plants, by where.
type secrets map[string]string

// plant makes a secret that occurs nowhere else.
func (s secrets) plant(where string) string {
	s[where] = "kastanie-7261-" + where + "-laut-am-see"
	return s[where]
}

func (s secrets) secret(where string) appliance.Secret {
	return appliance.Secret{Value: s.plant(where)}
}

// TestNoSecretLeaves: every secret that the store can hold is planted, everything about it is changed once more so that steps about it
// enter the logbook, and no byte of any delivery has it, plain or encoded, with everything that the list can let leave.
func TestNoSecretLeaves(t *testing.T) {
	f, dir := newFleet(t), filepath.Join(t.TempDir(), "store")
	d := opened(t, dir)
	defer func() { _ = d.Close() }()
	ctx, planted := t.Context(), secrets{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []appliance.Credential{
		{Name: "one", SNMPVersion: "2c", Community: planted.secret("community")},
		{Name: "two", SNMPVersion: "3", User: "reader", AuthProtocol: "SHA-256", Auth: planted.secret("auth"), PrivProtocol: "AES-128", Priv: planted.secret("priv")},
		{Name: "three", Kind: appliance.CredentialSSH, User: "logs", Password: planted.secret("password")},
		{Name: "five", Kind: appliance.CredentialSSH, User: "logs", Key: planted.secret("ssh-key"), Passphrase: planted.secret("passphrase")},
		{Name: "four", SNMPVersion: appliance.CredentialLogin, User: "upsmon", Auth: planted.secret("login")},
	} {
		must(d.SaveCredential(ctx, admin, &c))
		c.Name += " changed"
		must(d.SaveCredential(ctx, admin, &c))
	}
	must(d.SaveMailRelay(ctx, admin, appliance.MailRelay{Host: "mail.example.org", Port: 587, Security: appliance.MailStartTLS, User: "siteward", Password: planted.secret("relay"), From: "siteward@example.org"}))
	must(d.SaveContact(ctx, admin, &appliance.Contact{Name: "Mara", Role: appliance.ContactRoles[0], Channels: []appliance.Channel{
		{Kind: appliance.ChannelWebhook, Address: "https://hook.example.org/x", Secret: planted.secret("hook")},
		{Kind: appliance.ChannelService, Secret: appliance.Secret{Value: "ntfy://:" + planted.plant("service") + "@ntfy.example.org/topic"}}}}))
	for _, c := range []appliance.Consumer{
		{Kind: appliance.ConsumerReports, Name: "PSA", URL: "https://psa.example.org/hook", Site: "muster", Secret: planted.secret("consumer")},
		{Kind: appliance.ConsumerSamples, Name: "metrics", URL: "https://metrics.example.org/write", Site: "muster", User: "muster", Secret: planted.secret("metrics")},
	} {
		must(d.SaveConsumer(ctx, admin, &c))
		c.Off = true
		must(d.SaveConsumer(ctx, admin, &c))
	}
	must(d.PlantSession(planted.plant("session"), d.Now().AddDate(0, 0, 1)))
	must(d.Ops().AddUser(ctx, appliance.User{Name: "k.empfang", Role: appliance.RoleKeyUser}, planted.plant("user")))
	must(d.Ops().SetPassword(ctx, "k.empfang", planted.plant("again")))
	token, err := d.NewToken(ctx, admin, "billing", appliance.RoleViewer, d.Now().AddDate(1, 0, 0))
	must(err)
	planted["token"] = token
	source := appliance.Source{Name: "pushed", Kind: appliance.SourcePush, Push: &appliance.PushSettings{}}
	must(d.SaveSource(ctx, admin, &source))
	push, err := d.NewPushToken(ctx, admin, source.ID)
	must(err)
	planted["push"] = push
	link, err := d.NewStatusLink(ctx, admin, &appliance.StatusLink{Name: "staff", Expires: d.Now().AddDate(0, 6, 0)})
	must(err)
	planted["status link"] = link
	_, err = d.OpenTicket(ctx, admin, appliance.Ticket{Title: planted.plant("title"), Category: appliance.TicketError, Impact: appliance.ImpactOne}, planted.plant("ticket text"), nil)
	must(err)
	f.connect(t, d)
	report(t, d)
	must(d.RotateKey(ctx, admin))
	report(t, d)
	for _, name := range []string{"provider.key", "logbook.key"} {
		if key, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			planted[name] = strings.TrimSpace(string(key))
		}
	}
	if planted["provider.key"] == "" {
		t.Error("the key of the site was not looked for")
	}
	list, err := d.SentReports(ctx, appliance.SentFilter{Limit: 1000})
	must(err)
	events := 0
	for _, v := range list {
		one, err := d.SentReport(ctx, v.ID)
		must(err)
		raw, err := message.Raw(one.Body, one.Encoding)
		must(err)
		events += len(raw)
		whole, err := json.Marshal(raw)
		must(err)
		text := string(whole) + strings.Join(one.Headers, "\n")
		for where, secret := range planted {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))} {
				if strings.Contains(text, form) {
					t.Errorf("delivery %s has the secret of %s: %s", v.ID, where, form)
				}
			}
		}
	}
	t.Logf("%d secrets in none of %d events of %d deliveries", len(planted), events, len(list))
	if events < 10 {
		t.Errorf("only %d events left", events)
	}
}
