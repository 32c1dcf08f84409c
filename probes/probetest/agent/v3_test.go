package agent

import (
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

const authPhrase, privPhrase = "a phrase to sign", "a phrase to hide"

func v3Client(tb testing.TB, r *Running, u User, context string) *gosnmp.GoSNMP {
	tb.Helper()
	c := client(tb, r, gosnmp.Version3, "")
	c.SecurityModel, c.ContextName = gosnmp.UserSecurityModel, context
	p := &gosnmp.UsmSecurityParameters{
		UserName: u.Name, AuthenticationPassphrase: u.AuthPhrase, PrivacyPassphrase: u.PrivPhrase,
		AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv,
	}
	c.MsgFlags, c.SecurityParameters = gosnmp.NoAuthNoPriv, p
	if u.Auth != "" {
		c.MsgFlags, p.AuthenticationProtocol = gosnmp.AuthNoPriv, authProtocols[u.Auth].id
	}
	if u.Priv != "" {
		c.MsgFlags, p.PrivacyProtocol = gosnmp.AuthPriv, privProtocols[u.Priv]
	}
	return c
}

// TestV3 asks with every authentication and privacy protocol that gosnmp knows.
func TestV3(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	for _, auth := range append(AuthNames(), "") {
		for _, priv := range append(PrivNames(), "") {
			if auth == "" && priv != "" {
				continue
			}
			t.Run(auth+"+"+priv, func(t *testing.T) {
				u := User{"caretaker", auth, authPhrase, priv, privPhrase}
				r := mustStart(t, Options{User: &u}, rec, MustParse("other", "1.3.6.1.2.1.1.5.0|4|other"))
				c := mustConnect(t, v3Client(t, r, u, "switch"))
				if n := len(walkAll(t, c, true)); n != rec.Len() {
					t.Errorf("%d objects of %d", n, rec.Len())
				}
				if n := r.Counters(); n.Reports != 1 || n.Malformed != 0 {
					t.Errorf("%+v", n)
				}
			})
		}
	}
}

// TestV3Refusals counts the reports themselves: gosnmp drops one that is not signed, and says only that it did.
func TestV3Refusals(t *testing.T) {
	const none = -1
	u := User{"caretaker", "SHA256", authPhrase, "AES", privPhrase}
	with := func(change func(*User)) User { v := u; change(&v); return v }
	for name, c := range map[string]struct {
		user    User
		context string
		report  int
	}{
		"none":            {u, "switch", none},
		"user":            {with(func(u *User) { u.Name = "other" }), "switch", unknownUserNames},
		"digest":          {with(func(u *User) { u.AuthPhrase = "another phrase" }), "switch", wrongDigests},
		"other protocol":  {with(func(u *User) { u.Auth = "SHA512" }), "switch", wrongDigests},
		"decryption":      {with(func(u *User) { u.PrivPhrase = "another phrase" }), "switch", decryptionErrors},
		"context":         {u, "nobody", unknownContexts},
		"no context":      {u, "", unknownContexts},
		"without privacy": {with(func(u *User) { u.Priv = "" }), "switch", none},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustStart(t, Options{User: &u}, mustOpen(t, "testdata/switch.snmprec"), MustParse("other", "1.3.6.1|2|1"))
			p, err := mustConnect(t, v3Client(t, r, c.user, c.context)).Get([]string{".1.3.6.1.2.1.1.5.0"})
			for i := range r.reports {
				want := i == c.report || i == unknownEngineIDs // the second is discovery
				if got := r.reports[i].Load(); (got == 1) != want {
					t.Errorf("report %s was sent %d times", reportOIDs[i], got)
				}
			}
			if answered := err == nil && p.Error == gosnmp.NoError; answered != (name == "none") {
				t.Errorf("answered: %v, %v", p, err)
			}
		})
	}
}

func TestV3LevelTheUserLacks(t *testing.T) {
	r := mustStart(t, Options{User: &User{Name: "caretaker", Auth: "SHA", AuthPhrase: authPhrase}}, mustOpen(t, "testdata/switch.snmprec"))
	c := mustConnect(t, v3Client(t, r, User{"caretaker", "SHA", authPhrase, "AES", privPhrase}, ""))
	if _, err := c.Get([]string{".1.3.6.1.2.1.1.5.0"}); err == nil || r.reports[unsupportedSecLevels].Load() != 1 {
		t.Errorf("got %v, %d reports", err, r.reports[unsupportedSecLevels].Load())
	}
}

// TestV3TimeWindow moves the agent's clock away under a client: it is told the new time and asks again.
func TestV3TimeWindow(t *testing.T) {
	now := make(chan time.Time, 1)
	now <- time.Unix(1_000_000, 0)
	clock := func() time.Time { v := <-now; now <- v; return v }
	u := User{"caretaker", "SHA", authPhrase, "AES", privPhrase}
	r := mustStart(t, Options{User: &u, Now: clock}, mustOpen(t, "testdata/switch.snmprec"))
	c := v3Client(t, r, u, "")
	c.Retries = 1
	mustConnect(t, c)
	for _, seconds := range []int64{0, 100, 600} {
		<-now
		now <- time.Unix(1_000_000+seconds, 0)
		if _, err := c.Get([]string{".1.3.6.1.2.1.1.5.0"}); err != nil {
			t.Fatalf("after %d s: %v", seconds, err)
		}
	}
	if n := r.Counters(); n.Reports != 2 {
		t.Errorf("want one report for discovery and one for the time: %+v", n)
	}
}

func TestV3ReplySizeAndTooBig(t *testing.T) {
	text := "1.3.6.1.2.1.1.1.0|4|" + strings.Repeat("a", 900) + "\n1.3.6.1.2.1.1.2.0|4|" + strings.Repeat("b", 900)
	for _, priv := range []string{"AES", "DES", ""} {
		u := User{"caretaker", "SHA", authPhrase, priv, privPhrase}
		for limit := 1000; limit < 1100; limit += 3 {
			a, err := New(Options{User: &u, MaxReply: limit}, NewDevice("", MustParse("x", text)))
			if err != nil {
				t.Fatal(err)
			}
			r := &responder{agent: a}
			r.secure = secureEnvelope{responder: r, id: []byte{1, 2, 3, 4}, user: []byte("caretaker"), flags: a.usm.level}
			name := MustOID("1.3.6.1.2.1.1.1.0")
			q := &request{version: version3, pdu: pduGet, id: []byte{5}, varbinds: 1, list: appendVarbind(nil, name, byte(TagNull), "")}
			out := r.answer(a.only, q, &r.secure, limit, time.Unix(0, 0))
			if len(out) > limit || out == nil {
				t.Errorf("%s: %d octets with a limit of %d", priv, len(out), limit)
			}
		}
	}
}
