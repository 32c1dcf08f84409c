package enrol

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"siteward/appliance"
)

// Address checks the address of a central system and gives it without a slash at its end. It is https; http is only for this
// very machine, where the demo runs.
func Address(text string) (string, error) {
	wrong := func(english string) error {
		return appliance.Invalid("url", "provider.error.url", english, nil)
	}
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(text) > 500 {
		return "", wrong("enter the address of the provider's system, such as https://central.example.org")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", wrong("the address must begin with https://; what is sent is nobody else's business")
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.EscapedPath(), "/"), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Client asks a central system.
type Client struct {
	HTTP *http.Client // with limits; redirects are not followed: the address is the one that a person entered
	URL  string       // as Address gives it
}

// Identity asks central who it is. The signature shows that it has the key; that it is the right key only a person can say.
func (c Client) Identity(ctx context.Context) (id Identity, err error) {
	nonce := rand.Text()
	var s Sealed
	if err := c.call(ctx, http.MethodGet, Path+"?nonce="+nonce, nil, MaxMessage, &s); err != nil {
		return id, err
	}
	if err := Peek(s, &id); err != nil {
		return id, c.nonsense(err)
	}
	if err := Open(id.Key, PurposeIdentity, s, &id); err != nil || id.Nonce != nonce {
		return Identity{}, c.nonsense(errors.Join(ErrSignature, err))
	}
	id.Name = Tidy(id.Name, 100)
	return id, nil
}

// Enrol hands in a code. The answer must be of the key that was confirmed.
func (c Client) Enrol(ctx context.Context, central ed25519.PublicKey, key ed25519.PrivateKey, r Request) (e Enrolled, err error) {
	r.Key, r.Central, r.Nonce = key.Public().(ed25519.PublicKey), central, rand.Text() //nolint:forcetypeassert // what Public of this key gives
	sealed, err := Seal(key, PurposeEnrol, r)
	if err != nil {
		return e, err
	}
	var answer Sealed
	if err := c.call(ctx, http.MethodPost, Path, sealed, MaxMessage, &answer); err != nil {
		return e, err
	}
	if err := Open(central, PurposeEnrolled, answer, &e); err != nil {
		return Enrolled{}, c.nonsense(err)
	}
	if e.Nonce != r.Nonce || !bytes.Equal(e.Key, r.Key) || !validSite(e.Site) {
		return Enrolled{}, c.nonsense(errors.New("the answer is to another question"))
	}
	e.Name = Tidy(e.Name, 100)
	return e, nil
}

// Rotate puts a new key in the place of the old one.
func (c Client) Rotate(ctx context.Context, site string, old, key ed25519.PrivateKey) error {
	sealed, err := Seal(old, PurposeRotate, Rotation{Site: site, Key: key.Public().(ed25519.PublicKey), Proof: Proof(site, key), Nonce: rand.Text()}) //nolint:forcetypeassert // as above
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, PathRotate, sealed, MaxMessage, nil)
}

// Leave says good-bye.
func (c Client) Leave(ctx context.Context, site, reason string, key ed25519.PrivateKey) error {
	sealed, err := Seal(key, PurposeLeave, Leaving{Site: site, Reason: reason, Nonce: rand.Text()})
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, PathLeave, sealed, MaxMessage, nil)
}

// MaxOffers bounds the answer to Offers.
const MaxOffers = 4 << 20

// Offers asks what central offers beyond what is known. What comes is sealed and not checked here.
func (c Client) Offers(ctx context.Context, site string, known []uint64, key ed25519.PrivateKey) (list []Sealed, err error) {
	sealed, err := Seal(key, PurposeOffers, Asking{Site: site, Known: known, Nonce: rand.Text()})
	if err != nil {
		return nil, err
	}
	err = c.call(ctx, http.MethodPost, PathOffers, sealed, MaxOffers, &list)
	return list, err
}

func validSite(id string) bool {
	return len(id) >= 4 && len(id) <= 48 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (c Client) nonsense(err error) error {
	return &appliance.Error{Code: appliance.CodeUnavailable, Field: "url", Err: err, Message: appliance.Message{Key: "provider.error.answer",
		Args: map[string]any{"url": c.URL}, English: fmt.Sprintf("what answers at %s is no Siteward central system (%v); check the address with your provider", c.URL, err)}}
}

func (c Client) call(ctx context.Context, method, path string, in any, limit int64, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write a message: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return c.nonsense(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		return &appliance.Error{Code: appliance.CodeUnavailable, Field: "url", Err: err, Message: appliance.Message{Key: "provider.error.reach",
			Args: map[string]any{"url": c.URL}, English: fmt.Sprintf("%s cannot be reached (%v); check the address and whether this machine may go out", c.URL, err)}}
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return c.refused(res)
	}
	if out == nil {
		return nil
	}
	if err := Strict(res.Body, limit, out); err != nil {
		return c.nonsense(err)
	}
	return nil
}

// refusals are what central may say no with, as people read it.
var refusals = map[string]struct {
	code                appliance.Code
	field, key, english string
}{
	CodeUnknown:    {appliance.CodeInvalid, "code", "provider.error.code", "the provider's system does not take this code: it was mistyped, is used up or too old; ask for a new one"},
	CodeSignature:  {appliance.CodeForbidden, "", "provider.error.signature", "the provider's system does not know this site's key; connect anew with a new code"},
	CodeRevoked:    {appliance.CodeForbidden, "", "provider.error.revoked", "the provider has revoked this site's key; connect anew with a new code"},
	CodeOtherPlace: {appliance.CodeConflict, "url", "provider.error.other", "the provider's system has another key now than the one you confirmed; ask your provider before you go on"},
	CodeSlowDown:   {appliance.CodeTooMany, "code", "provider.error.slow", "too many codes were tried; wait some minutes"},
}

func (c Client) refused(res *http.Response) error {
	var p Problem
	// A refusal may come from something in between, so it is read leniently.
	_ = json.NewDecoder(io.LimitReader(res.Body, MaxMessage)).Decode(&p)
	if r, ok := refusals[p.Code]; ok {
		return &appliance.Error{Code: r.code, Field: r.field, Err: fmt.Errorf("central answered %s", p.Code), Message: appliance.Message{Key: r.key, English: r.english}}
	}
	return c.nonsense(fmt.Errorf("it answered %s", res.Status))
}
