package access

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"siteward/appliance"
)

// Gate stands before every route. One is made at start and asked at each request.
type Gate struct {
	Users  *Users
	Tokens *Tokens
	Setup  *Setup
	Table  *Table

	cfg       Config
	hasher    *Hasher
	sessions  *sessions
	csrf      *csrf
	byAccount *Throttle
	byAddress *Throttle
	byToken   *Throttle
	known     *known
}

// Config is what a Gate is made of. Store and Now are needed, the rest has defaults.
type Config struct {
	Store    Storage
	Now      func() time.Time
	Table    *Table                     // Routes()
	Secure   bool                       // the browser speaks TLS with us or with the proxy before us
	Address  func(*http.Request) string // of the client; the peer's address when nil, which is right without a proxy
	SiteName func() string              // must not be in passwords
	Cost     Argon                      // of new passwords, DefaultArgon
	Key      []byte                     // signs form tokens of people who are not signed in; made at start when empty, which is right for one process
	Log      *slog.Logger
}

// Tries without a wait, and the longest wait. Ten people behind one address mistype more often than one person.
const (
	accountTries  = 5
	addressTries  = 15
	longestWait   = 15 * time.Minute
	tokenTries    = 10
	longestToken  = time.Minute
	bearerPrefix  = "Bearer "
	maxAuthHeader = 512
)

// New makes a gate.
func New(cfg Config) *Gate {
	if cfg.Table == nil {
		cfg.Table = Routes()
	}
	if cfg.Address == nil {
		cfg.Address = peerAddress
	}
	if cfg.SiteName == nil {
		cfg.SiteName = func() string { return "" }
	}
	if cfg.Cost == (Argon{}) {
		cfg.Cost = DefaultArgon
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := NewHasher(cfg.Cost)
	users := NewUsers(cfg.Store, h, cfg.Now, cfg.SiteName)
	tokens := NewTokens(cfg.Store, cfg.Now, cfg.Log)
	users.roles, tokens.roles = cfg.Table.roles, cfg.Table.roles
	return &Gate{
		Users: users, Tokens: tokens, Setup: NewSetup(cfg.Store, users), Table: cfg.Table,
		cfg: cfg, hasher: h, sessions: newSessions(cfg.Store, cfg.Now, cfg.Secure), csrf: newCSRF(cfg.Secure, cfg.Key),
		byAccount: NewThrottle(accountTries, longestWait), byAddress: NewThrottle(addressTries, longestWait),
		byToken: NewThrottle(tokenTries, longestToken), known: newKnown(),
	}
}

// Identity is who makes a request. The zero Identity is nobody.
type Identity struct {
	appliance.Actor
	User   appliance.User // of a session, without the password string; zero for a token
	Bearer bool           // came with an API token

	table   *Table
	record  session
	ctx     context.Context // scs keeps the session there
	refused error           // why nobody was recognised: a token that is not good, a store that does not answer
}

// Can says whether the person or program holds a permission.
func (i Identity) Can(p Permission) bool { return i.table != nil && i.table.Can(i.Role, p) }

// SignedIn says whether anybody is.
func (i Identity) SignedIn() bool { return i.Role != "" }

type identityKey struct{}

// Who gives the identity that Admit found, or nobody.
func Who(ctx context.Context) Identity {
	id, _ := ctx.Value(identityKey{}).(Identity)
	return id
}

// Admit decides about one request, given the route as it was registered ("/devices/:id"; "" when no route matched). It
// returns the request with the identity in its context, for Who. It fails with *appliance.Error: CodeUnauthorized (sign in first), CodeForbidden
// (the role does not allow it, or another site sent it), CodeTooMany, or CodeNotFound for a route without an entry,
// whoever asks. The request is returned in any case, so that an error page knows the reader's language.
func (g *Gate) Admit(w http.ResponseWriter, r *http.Request, route string) (*http.Request, error) {
	rule, ok := g.Table.Lookup(r.Method, route)
	if ok && rule.Need == Knowing {
		nobody := Identity{Actor: appliance.Actor{Address: g.cfg.Address(r)}}
		return r.WithContext(context.WithValue(r.Context(), identityKey{}, nobody)), nil
	}
	id := g.identify(r)
	r = r.WithContext(context.WithValue(r.Context(), identityKey{}, id))
	switch {
	case id.refused != nil && rule.Need != Inner:
		return r, id.refused
	case !ok:
		return r, errNoRoute
	case id.Bearer && !rule.Bearer && rule.Need != Public:
		return r, errBearerHere
	case rule.Need == Inner:
		return r, nil // the handler behind calls Admit for its own routes, with the same identity
	case !rule.Allows(id.Role) && !id.SignedIn():
		return r, errSignIn
	case !rule.Allows(id.Role):
		return r, errRole
	case id.Bearer:
		return r, nil // no browser sends an Authorization header on its own
	}
	return r, g.csrf.check(w, r, id.record.CSRF, max(rule.Body, maxForm))
}

// FormToken is the value of the hidden field "csrf", or of the header X-CSRF-Token. It may set a cookie, so it is
// asked before anything is written.
func (g *Gate) FormToken(w http.ResponseWriter, r *http.Request) string {
	if id := Who(r.Context()); id.record.CSRF != "" {
		return id.record.CSRF
	}
	return g.csrf.token(w, r)
}

// identify finds out who makes a request. Found once, it stays in the context.
func (g *Gate) identify(r *http.Request) Identity {
	if id, ok := r.Context().Value(identityKey{}).(Identity); ok {
		return id
	}
	var id Identity
	var err error
	if h := r.Header.Get("Authorization"); h != "" {
		id, err = g.bearer(r, h)
	} else {
		id, err = g.fromCookie(r)
	}
	id.Address, id.refused, id.table = g.cfg.Address(r), err, g.Table
	return id
}

func (g *Gate) fromCookie(r *http.Request) (Identity, error) {
	ctx, rec, ok, err := g.sessions.load(r)
	if err != nil {
		return Identity{}, unavailable(err)
	}
	nobody := Identity{ctx: ctx}
	if !ok {
		return nobody, nil
	}
	u, err := g.cfg.Store.User(rec.User)
	if err != nil && !notFound(err) {
		return nobody, unavailable(err)
	}
	if err != nil || u.Disabled || u.Stamp != rec.Stamp {
		if err := g.sessions.scs.Destroy(ctx); err != nil {
			g.cfg.Log.Warn("session not removed", "err", err)
		}
		return nobody, nil
	}
	if err := g.sessions.touch(ctx, rec); err != nil {
		g.cfg.Log.Warn("session not noted", "user", u.Name, "err", err) // a read-only store must stay readable
	}
	u.Password = ""
	return Identity{Actor: appliance.Actor{Name: u.Name, Role: u.Role, Via: "web"}, User: u, record: rec, ctx: ctx}, nil
}

// bearer checks an API token. One that is good is never slowed down by others from the same address.
func (g *Gate) bearer(r *http.Request, header string) (Identity, error) {
	secret, ok := cutPrefixFold(header, bearerPrefix)
	if !ok || len(header) > maxAuthHeader {
		return Identity{}, errToken
	}
	t, err := g.Tokens.Check(strings.TrimSpace(secret))
	switch appliance.CodeOf(err) {
	case appliance.CodeUnauthorized:
		return Identity{}, g.badToken(r, err)
	case "":
		if err != nil {
			return Identity{}, unavailable(err)
		}
	default:
		return Identity{}, err
	}
	return Identity{Actor: appliance.Actor{Name: "token " + t.Name, Role: t.Role, Via: "api"}, Bearer: true}, nil
}

func (g *Gate) badToken(r *http.Request, err error) error {
	address := g.cfg.Address(r)
	if wait := g.byToken.Begin(addressKey(address), g.cfg.Now()); wait > 0 {
		return tooMany(wait)
	}
	nobody := appliance.Actor{Name: "?", Via: "api", Address: address}
	g.journal(audited(g.cfg.Now(), nobody, "tokens", "token_refused", "refused an API token that is not known or has expired", nil))
	return err
}

// journal appends an event that must not stop what is under way.
func (g *Gate) journal(e appliance.Event) {
	if err := g.cfg.Store.Write(func(w Writer) error { return w.Append([]appliance.Event{e}) }); err != nil {
		g.cfg.Log.Warn("audit event not stored", "event", e.Message.Key, "err", err)
	}
}

func peerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// unavailable is what people are told when the store does not answer; an error that speaks to people stays.
func unavailable(err error) error {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return e
	}
	return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{
		Key: "access.unavailable", English: "who you are cannot be looked up at this moment; try again in a minute"}}
}
