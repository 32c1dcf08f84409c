package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"siteward/appliance"
)

// Hasher turns passwords into PHC strings and compares. It never computes more than two at a time, so that a storm of
// sign-ins costs 38 MiB and not the machine.
type Hasher struct {
	cost    Argon
	slots   chan struct{}
	waiting atomic.Int32
	dummy   phc // compared with when there is no such user, so that the answer takes as long
}

// DefaultArgon is OWASP's smallest recommended memory (19 MiB: this runs beside other things on a Raspberry Pi)
// with one pass more than recommended.
var DefaultArgon = Argon{Memory: 19 * 1024, Time: 3, Lanes: 1}

const (
	hashSlots   = 2
	hashWaiters = 32 // sign-ins that may wait for a slot; more are told to try again
	saltBytes   = 16
	hashBytes   = 32
)

// NewHasher makes a hasher. The cost is for new hashes; old ones are compared by what they carry.
func NewHasher(cost Argon) *Hasher {
	h := &Hasher{cost: cost, slots: make(chan struct{}, hashSlots)}
	h.dummy = phc{Argon: cost, salt: random(saltBytes), hash: random(hashBytes)}
	return h
}

// Hash makes the PHC string of a password. It fails with CodeTooMany when too many wait, or with ctx's error.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := phc{Argon: h.cost, salt: random(saltBytes)}
	if err := h.compute(ctx, password, &p, hashBytes); err != nil {
		return "", err
	}
	return p.String(), nil
}

// Compare says whether the password belongs to a stored PHC string, and whether the string should be made anew
// because the cost has changed. A stored string that cannot be read, such as "" for an unknown user, is compared
// with a dummy and never fits: it takes the same time.
func (h *Hasher) Compare(ctx context.Context, stored, password string) (fits, stale bool, err error) {
	want, perr := parsePHC(stored)
	if perr != nil {
		want = h.dummy
	}
	got := phc{Argon: want.Argon, salt: want.salt}
	if err := h.compute(ctx, password, &got, len(want.hash)); err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got.hash, want.hash) == 1
	return same && perr == nil, want.Argon != h.cost, nil
}

func (h *Hasher) compute(ctx context.Context, password string, p *phc, length int) error {
	if h.waiting.Add(1) > hashWaiters {
		h.waiting.Add(-1)
		return errBusy
	}
	select {
	case h.slots <- struct{}{}:
		h.waiting.Add(-1)
	case <-ctx.Done():
		h.waiting.Add(-1)
		return fmt.Errorf("wait for password check: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	p.hash = argon2.IDKey([]byte(password), p.salt, p.Time, p.Memory, p.Lanes, uint32(length))
	return nil
}

var errBusy = &appliance.Error{Code: appliance.CodeTooMany, Message: appliance.Message{
	Key: "access.busy", English: "many people are signing in at this moment; try again in a few seconds"}}

// random gives n bytes from the system's generator, which never fails (crypto/rand since Go 1.24).
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
