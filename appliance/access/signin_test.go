package access_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

func signIn(t *testing.T, g *access.Gate, address, name, password string) error {
	t.Helper()
	r := httptest.NewRequest("GET", "/signin", nil)
	r.RemoteAddr = address + ":40000"
	w := httptest.NewRecorder()
	r, err := g.Admit(w, r, "/signin")
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.SignIn(w, r, name, password)
	return err
}

func TestSignInTellsNothing(t *testing.T) {
	g, m := accesstest.NewGate(t, time.Now)
	u, _ := g.Users.Find("viewer")
	if err := g.Users.Disable(accesstest.CLI, u.ID, true); err != nil {
		t.Fatal(err)
	}
	empty := appliance.User{Name: "newcomer", Role: appliance.RoleViewer}
	if err := g.Users.Save(accesstest.CLI, &empty); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range [][2]string{{"technician", "wrong"}, {"nobody", "wrong"}, {"my secret password", "oops"},
		{"viewer", accesstest.Password}, {"newcomer", ""}, {"technician", strings.Repeat("x", 1<<20)}} {
		err := signIn(t, g, "192.0.2.7", c[0], c[1])
		if appliance.CodeOf(err) != appliance.CodeUnauthorized {
			t.Errorf("%s: %v", c[0], err)
		}
		said = append(said, err.Error())
	}
	for _, s := range said {
		if s != said[0] {
			t.Errorf("two different answers: %q and %q", s, said[0])
		}
	}
	for _, e := range m.Events() {
		if strings.Contains(e.Object+e.Message.English, "secret") {
			t.Errorf("what was typed as a name is in the journal: %+v", e)
		}
	}
	if err := signIn(t, g, "192.0.2.7", " Technician ", accesstest.Password); err != nil {
		t.Errorf("name in capitals and with spaces: %v", err)
	}
}

func TestSignInIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		if err := signIn(t, g, "192.0.2.1", "technician", accesstest.Password); err != nil {
			t.Fatal(err) // the technician's own address is known from here on
		}
		before := len(m.Events())
		guesses, judged := 0, 0
		for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(time.Second) {
			guesses++
			if appliance.CodeOf(signIn(t, g, "192.0.2.66", "technician", "guess")) == appliance.CodeUnauthorized {
				judged++
			}
		}
		if judged > 20 {
			t.Errorf("%d of %d guesses of an hour were judged", judged, guesses)
		}
		if n := len(m.Events()) - before; n != judged {
			t.Errorf("%d events for %d judged guesses", n, judged)
		}
		if err := signIn(t, g, "192.0.2.66", "technician", accesstest.Password); waitOf(err) == 0 {
			t.Errorf("the right password from there is judged: %v", err)
		}
		if err := signIn(t, g, "192.0.2.1", "technician", accesstest.Password); err != nil {
			t.Errorf("the technician is shut out at his own place: %v", err)
		}
		if err := signIn(t, g, "192.0.2.2", "keyuser", accesstest.Password); err != nil {
			t.Errorf("somebody else is shut out: %v", err)
		}
	})
}

// One password tried with ever other names is slowed down by the address.
func TestSprayingIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := accesstest.NewGate(t, time.Now)
		judged := 0
		for i := range 200 {
			if waitOf(signIn(t, g, "2001:db8::"+string(rune('a'+i%6)), "name"+strings.Repeat("x", i%50), "guess")) == 0 {
				judged++
			}
		}
		if judged > 15 {
			t.Errorf("%d of 200 guesses at once were judged", judged)
		}
	})
}

// A valid account does not buy guesses at others.
func TestSuccessDoesNotForgiveTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := accesstest.NewGate(t, time.Now)
		judged := 0
		for range 100 {
			if waitOf(signIn(t, g, "192.0.2.66", "administrator", "guess")) == 0 {
				judged++
			}
			_ = signIn(t, g, "192.0.2.66", "viewer", accesstest.Password)
			time.Sleep(time.Second)
		}
		if judged > 12 {
			t.Errorf("%d guesses judged in 100 s", judged)
		}
	})
}

func TestRehash(t *testing.T) {
	m := accesstest.NewMemory(time.Now)
	old := access.New(access.Config{Store: m, Now: time.Now, Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1}})
	u := appliance.User{Name: "jan", Role: appliance.RoleViewer}
	if err := old.Users.Create(t.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
		t.Fatal(err)
	}
	costlier := access.New(access.Config{Store: m, Now: time.Now, Cost: access.Argon{Memory: 128, Time: 1, Lanes: 1}})
	if err := signIn(t, costlier, "192.0.2.1", "jan", accesstest.Password); err != nil {
		t.Fatal(err)
	}
	stored, _ := m.User(u.ID)
	if !strings.Contains(stored.Password, "m=128") || stored.Stamp != 1 {
		t.Errorf("stored %q, stamp %d", stored.Password, stored.Stamp)
	}
	if err := signIn(t, costlier, "192.0.2.1", "jan", accesstest.Password); err != nil {
		t.Error(err)
	}
}

func waitOf(err error) int {
	if e, ok := errors.AsType[*appliance.Error](err); ok && e.Code == appliance.CodeTooMany {
		return e.Message.Args["Seconds"].(int)
	}
	return 0
}
