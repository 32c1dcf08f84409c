package access

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"siteward/appliance"
)

// cheap is for tests that hash many passwords; nothing else differs from the real cost.
var cheap = Argon{Memory: 64, Time: 1, Lanes: 1}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		name, password, key string
	}{
		{"a sentence", "trap onder blauwe fietsbel", ""},
		{"a sentence in German", "Vier Gänse laufen rückwärts", ""},
		{"a generator's", "x7Kp-29vLq-Rm4w", ""},
		{"128 characters", strings.Repeat("ab7Kq", 24) + "Zr0t9Lw2", ""},
		{"twelve signs of many kinds", "£tß∂ƒ©˙∆ xyzKw", ""},
		{"11 characters", "zk4Lq9wRt2x", "password.short"},
		{"empty", "", "password.short"},
		{"129 characters", strings.Repeat("ab7Kq", 25) + "Zr0t", "password.long"},
		{"bytes that are no text", "\xff\xfe\xfd\xfc aaaaaaaaaaa", "password.encoding"},
		{"password with a year", "Password2026", "password.common"},
		{"spelled with digits", "P4$$w0rd2025!", "password.common"},
		{"the season", "Sommer2026!!", "password.common"},
		{"twice a word", "WelkomWelkom1", "password.common"},
		{"keyboard row", "qwertzuiopü1", "password.common"},
		{"digits in a row", "123456789012", "password.common"},
		{"alphabet", "abcdefghijklm", "password.common"},
		{"one letter", "aaaaaaaaaaaaaaa", "password.common"},
		{"a piece repeated", "k7xk7xk7xk7x", "password.common"},
		{"the comic's sentence", "correct horse battery staple", "password.common"},
		{"site name", "Bäckerei-Lindner1", "password.context"},
		{"user name with a number", "maria.schulte42", "password.context"},
		{"product name", "siteward-2031", "password.common"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := CheckPassword(c.password, "Bäckerei Lindner", "maria.schulte")
			if got := keyOf(err); got != c.key && (c.name != "product name" || got == "") {
				t.Errorf("CheckPassword(%q) = %q (%v), want %q", c.password, got, err, c.key)
			}
		})
	}
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return e.Message.Key
	}
	return ""
}

func TestHashAndCompare(t *testing.T) {
	h := NewHasher(DefaultArgon)
	stored, err := h.Hash(t.Context(), "trap onder blauwe fietsbel")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=3,p=1$") {
		t.Fatalf("Hash = %q, %v", stored, err)
	}
	again, _ := h.Hash(t.Context(), "trap onder blauwe fietsbel")
	if again == stored {
		t.Error("two hashes of one password are the same: no salt")
	}
	for _, c := range []struct {
		name, stored, password string
		fits                   bool
	}{
		{"right", stored, "trap onder blauwe fietsbel", true},
		{"wrong", stored, "trap onder blauwe fietsbe", false},
		{"other case", stored, "Trap onder blauwe fietsbel", false},
		{"trailing space", stored, "trap onder blauwe fietsbel ", false},
		{"unknown user", "", "trap onder blauwe fietsbel", false},
		{"broken record", "$argon2id$v=19$m=4294967295,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "x", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fits, stale, err := h.Compare(t.Context(), c.stored, c.password)
			if fits != c.fits || stale || err != nil {
				t.Errorf("Compare = %v, stale %v, %v", fits, stale, err)
			}
		})
	}
}

func TestOtherCostIsStale(t *testing.T) {
	stored, err := NewHasher(cheap).Hash(t.Context(), "trap onder blauwe fietsbel")
	if err != nil {
		t.Fatal(err)
	}
	fits, stale, err := NewHasher(DefaultArgon).Compare(t.Context(), stored, "trap onder blauwe fietsbel")
	if !fits || !stale || err != nil {
		t.Errorf("Compare = %v, stale %v, %v; want a fit that is made anew", fits, stale, err)
	}
}

// A storm of sign-ins waits for two slots, is told so beyond 32, and leaves when its request ends.
func TestHasherBoundsMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(cheap)
		h.slots <- struct{}{}
		h.slots <- struct{}{} // both taken
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		errs := make(chan error, hashWaiters)
		for range hashWaiters {
			wg.Go(func() {
				_, err := h.Hash(ctx, "x")
				errs <- err
			})
		}
		synctest.Wait()
		if _, err := h.Hash(t.Context(), "x"); appliance.CodeOf(err) != appliance.CodeTooMany {
			t.Errorf("one more than may wait: %v", err)
		}
		cancel()
		wg.Wait()
		for range hashWaiters {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("a request that ended: %v", err)
			}
		}
		<-h.slots
		if _, err := h.Hash(t.Context(), "x"); err != nil {
			t.Errorf("with a free slot: %v", err)
		}
	})
}

func FuzzParsePHC(f *testing.F) {
	good, _ := NewHasher(cheap).Hash(context.Background(), "x")
	for _, s := range []string{good, "", "$", "$argon2id$v=19$m=19456,t=3,p=1$", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=064,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err != nil {
			return
		}
		if p.Memory > maxMemory || p.Time > maxTime || p.Lanes > maxLanes || p.Lanes == 0 || p.Time == 0 {
			t.Fatalf("%q asks for too much: %+v", s, p.Argon)
		}
		if p.String() != s {
			t.Fatalf("%q comes back as %q", s, p.String())
		}
	})
}

func FuzzCheckPassword(f *testing.F) {
	for _, s := range []string{"", "trap onder blauwe fietsbel", "P4$$w0rd2025!", "\xff", strings.Repeat("ä", 200)} {
		f.Add(s, "Bäckerei Lindner")
	}
	f.Fuzz(func(t *testing.T, password, site string) {
		if CheckPassword(password, site) == nil && len([]rune(password)) < MinPassword {
			t.Fatalf("%q is too short", password)
		}
	})
}
