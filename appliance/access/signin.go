package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
)

// SignIn checks name and password and begins a session. It fails with CodeUnauthorized in the same words and the same
// time whatever is wrong, and with CodeTooMany when it was tried too often from this address or for this account. An
// address from which a person signed in before has its own count for that person, so that guessing
// elsewhere does not shut him out.
func (g *Gate) SignIn(w http.ResponseWriter, r *http.Request, name, password string) (appliance.User, error) {
	u, err := g.Verify(r, name, password)
	if err != nil {
		return u, err
	}
	return u, g.Enter(w, r, u)
}

// Verify checks name and password as SignIn does and begins no session: whoever asks for a second factor goes on from here.
func (g *Gate) Verify(r *http.Request, name, password string) (appliance.User, error) {
	name = normalName(shorten(name, 64))
	address := g.cfg.Address(r)
	free, err := g.begin(name, address, g.cfg.Now())
	if err != nil {
		return appliance.User{}, err
	}
	u, err := g.checkPassword(r.Context(), name, password)
	switch {
	case errors.Is(err, errWrong):
		g.refused(u, address)
		return appliance.User{}, err
	case err != nil:
		free()
		return appliance.User{}, err
	}
	free()
	g.byAccount.Succeed(name + " " + addressKey(address))
	u.Password = ""
	return u, nil
}

// Enter begins a session for a person who has proved who he is.
func (g *Gate) Enter(w http.ResponseWriter, r *http.Request, u appliance.User) error {
	ctx := Who(r.Context()).ctx
	address := g.cfg.Address(r)
	if ctx == nil {
		var err error
		if ctx, _, _, err = g.sessions.load(r); err != nil {
			return unavailable(err)
		}
	}
	if err := g.sessions.start(ctx, w, u); err != nil {
		return unavailable(err)
	}
	g.known.add(u.Name, addressKey(address))
	by := appliance.Actor{Name: u.Name, Role: u.Role, Via: "web", Address: address}
	g.journal(audited(g.cfg.Now(), by, "user "+u.Name, "signed_in", "signed in from "+address, nil))
	return nil
}

// Guess counts a try to guess something of a person besides the password, such as the code of a second factor, and fails with
// CodeTooMany when there were too many. right forgets what was counted.
func (g *Gate) Guess(r *http.Request, what string, u appliance.User) (right func(), err error) {
	name := what + "/" + u.Name
	free, err := g.begin(name, g.cfg.Address(r), g.cfg.Now())
	if err != nil {
		return nil, err
	}
	return func() { free(); g.byAccount.Succeed(name) }, nil
}

// Refused notes that a sign-in was refused for another reason than the password.
func (g *Gate) Refused(r *http.Request, u appliance.User) { g.refused(u, g.cfg.Address(r)) }

// Journal appends a line of the audit that must not stop what is under way.
func (g *Gate) Journal(e appliance.Event) { g.journal(e) }

// begin counts an attempt for the address and the account. free takes it back.
func (g *Gate) begin(name, address string, now time.Time) (free func(), err error) {
	addr := addressKey(address)
	account := name
	if g.known.has(name, addr) {
		account += " " + addr // a name holds no space
	}
	if wait := g.byAddress.Begin(addr, now); wait > 0 {
		return nil, tooMany(wait)
	}
	if wait := g.byAccount.Begin(account, now); wait > 0 {
		g.byAddress.Cancel(addr)
		return nil, tooMany(wait)
	}
	return func() { g.byAddress.Cancel(addr); g.byAccount.Cancel(account) }, nil
}

// checkPassword gives the user whose name and password fit; with errWrong it gives the user of the name, if any.
func (g *Gate) checkPassword(ctx context.Context, name, password string) (appliance.User, error) {
	u, err := g.cfg.Store.UserByName(name)
	if err != nil && !notFound(err) {
		return u, unavailable(err)
	}
	if err != nil {
		u = appliance.User{}
	}
	if len(password) > 4*MaxPassword {
		password = "" // no password is so long; the dummy keeps the time
	}
	fits, stale, err := g.hasher.Compare(ctx, u.Password, password)
	if err != nil {
		return u, err
	}
	if !fits || u.Disabled {
		return u, errWrong
	}
	hash := ""
	if stale {
		if hash, err = g.hasher.Hash(ctx, password); err != nil {
			return u, err
		}
	}
	return g.Users.signedIn(u.ID, u.Password, hash)
}

// signedIn notes the time and, with hash, the password under the present cost.
func (s *Users) signedIn(id appliance.ID, oldHash, hash string) (appliance.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.store.User(id)
	if err != nil {
		return u, unavailable(err)
	}
	if u.Password != oldHash || u.Disabled {
		return u, errWrong // changed while it was compared
	}
	noted := u
	noted.SignedIn = s.now()
	if hash != "" {
		noted.Password = hash
	}
	switch err := s.store.Write(putUser(&noted)); {
	case appliance.CodeOf(err) == appliance.CodeReadOnly:
		return u, nil // people must get in to see what is wrong with the disk
	case err != nil:
		return u, unavailable(err)
	}
	return noted, nil
}

// refused notes a failure. A name that nobody has is not written down: people type their password there.
func (g *Gate) refused(u appliance.User, address string) {
	object := "an unknown user name"
	if u.Name != "" {
		object = "user " + u.Name
	}
	nobody := appliance.Actor{Name: "?", Via: "web", Address: address}
	g.journal(audited(g.cfg.Now(), nobody, object, "signin_refused", "refused a sign-in from "+address, nil))
}

// SignOut ends the session of a request.
func (g *Gate) SignOut(w http.ResponseWriter, r *http.Request) error {
	id := Who(r.Context())
	if id.ctx == nil {
		return nil
	}
	return g.sessions.end(id.ctx, w)
}

// ChangePassword lets a person change his own, with the old one. His other sessions end, this one goes on under a new token.
func (g *Gate) ChangePassword(w http.ResponseWriter, r *http.Request, current, password string) error {
	id := Who(r.Context())
	if id.User.ID == 0 {
		return errSignIn
	}
	address := g.cfg.Address(r)
	free, err := g.begin(id.User.Name, address, g.cfg.Now())
	if err != nil {
		return err
	}
	stored, err := g.cfg.Store.User(id.User.ID)
	if err != nil {
		return unavailable(err)
	}
	fits, _, err := g.hasher.Compare(r.Context(), stored.Password, current)
	if err != nil {
		free()
		return err
	}
	if !fits {
		g.refused(stored, address)
		return errOldPassword
	}
	free()
	if err := g.Users.SetPassword(r.Context(), id.Actor, id.User.ID, password); err != nil {
		return err
	}
	return g.renew(w, id)
}

// EndOtherSessions ends a person's sessions on other machines.
func (g *Gate) EndOtherSessions(w http.ResponseWriter, r *http.Request) error {
	id := Who(r.Context())
	if id.User.ID == 0 {
		return errSignIn
	}
	if err := g.Users.EndSessions(id.Actor, id.User.ID); err != nil {
		return err
	}
	return g.renew(w, id)
}

// renew begins the session of a person again after his stamp was raised.
func (g *Gate) renew(w http.ResponseWriter, id Identity) error {
	u, err := g.cfg.Store.User(id.User.ID)
	if err != nil {
		return unavailable(err)
	}
	if err := g.sessions.start(id.ctx, w, u); err != nil {
		return unavailable(err)
	}
	return nil
}

// SafeNext is where to go after signing in: a path of ours, never another site. Anything else is "/".
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || len(next) > 1024 {
		return "/"
	}
	return next
}

// known remembers from where people have signed in, as long as the program runs.
type known struct {
	mu    sync.Mutex
	pairs map[[2]string]struct{}
}

func newKnown() *known { return &known{pairs: map[[2]string]struct{}{}} }

func (k *known) has(name, addr string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.pairs[[2]string{name, addr}]
	return ok
}

func (k *known) add(name, addr string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pairs) >= maxKeys {
		clear(k.pairs) // only people who can sign in come here; starting over costs them nothing
	}
	k.pairs[[2]string{name, addr}] = struct{}{}
}
