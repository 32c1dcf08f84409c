package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"
	"golang.org/x/oauth2"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui"
	"siteward/ui/view"
)

// OIDC is a sign-in service that speaks OpenID Connect.
type OIDC struct {
	Name     string // on the button: "Example ID"
	Issuer   string // "https://login.example.org"
	ClientID string
	Secret   string
	Scopes   []string // openid, profile and email when empty
}

// service is the sign-in service, found when it is first needed: it may be away when we start.
type service struct {
	OIDC
	back string

	mu       sync.Mutex
	provider *oidc.Provider
}

const serviceTime = 15 * time.Second

func newService(c OIDC, url string) (*service, error) {
	if c.Issuer == "" {
		return nil, nil //nolint:nilnil // there is none, which is no mistake
	}
	if c.ClientID == "" || url == "" {
		return nil, appliance.Errorf(appliance.CodeInvalid, "a sign-in service needs the client id that it gave us and our own address")
	}
	if c.Name == "" {
		c.Name = "OpenID Connect"
	}
	if len(c.Scopes) == 0 {
		c.Scopes = []string{oidc.ScopeOpenID, "profile", "email"}
	}
	return &service{OIDC: c, back: strings.TrimSuffix(url, "/") + "/signin/callback"}, nil
}

func (s *service) find(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		// The provider keeps this context for its keys, so it must not end with the request.
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), &http.Client{Timeout: serviceTime}), s.Issuer)
		if err != nil {
			return nil, nil, &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "central.service_away",
				English: "the sign-in service does not answer; try again in a minute or sign in with name and password"}}
		}
		s.provider = p
	}
	return s.provider, &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.Secret, Endpoint: s.provider.Endpoint(), RedirectURL: s.back, Scopes: s.Scopes}, nil
}

// visit is a sign-in that is under way at the service. It lies in a cookie that we sign.
type visit struct {
	State    string    `json:"s"`
	Nonce    string    `json:"o"`
	Verifier string    `json:"v"` // of the proof key (RFC 7636)
	Until    time.Time `json:"t"`
	Next     string    `json:"n"`
}

const visitCookie = "siteward-visit"

func (s *Server) toService(c echo.Context) error {
	if s.oidc == nil {
		return appliance.ErrNotFound
	}
	_, config, err := s.oidc.find(c.Request().Context())
	if err != nil {
		return s.backFromService(c, err)
	}
	v := visit{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: s.Now().Add(halfTime), Next: access.SafeNext(c.QueryParam("next"))}
	s.setCookie(c, visitCookie, v)
	return c.Redirect(http.StatusSeeOther, config.AuthCodeURL(v.State, oidc.Nonce(v.Nonce), oauth2.S256ChallengeOption(v.Verifier)))
}

// fromService is where the service leads back to: state, proof key, signature, audience, time and nonce are checked before anybody is
// looked up. Our own second factor is not asked: the service asks what it finds right.
func (s *Server) fromService(c echo.Context) error {
	if s.oidc == nil {
		return appliance.ErrNotFound
	}
	var v visit
	ok := s.readCookie(c, visitCookie, &v)
	s.dropCookie(c, visitCookie)
	if !ok || s.Now().After(v.Until) || subtle.ConstantTimeCompare([]byte(v.State), []byte(c.QueryParam("state"))) != 1 {
		return s.backFromService(c, badVisit(errors.New("no sign-in of this browser is under way")))
	}
	if e := c.QueryParam("error"); e != "" {
		return s.backFromService(c, badVisit(fmt.Errorf("the service says %.100q", e)))
	}
	u, err := s.prove(c, v)
	if err != nil {
		return s.backFromService(c, err)
	}
	if u.Disabled {
		s.Gate.Refused(c.Request(), u)
		return s.backFromService(c, badVisit(errors.New("the account is switched off")))
	}
	return s.enter(c, u, v.Next)
}

func (s *Server) prove(c echo.Context, v visit) (u appliance.User, err error) {
	ctx, stop := context.WithTimeout(oidc.ClientContext(c.Request().Context(), &http.Client{Timeout: serviceTime}), serviceTime)
	defer stop()
	provider, config, err := s.oidc.find(ctx)
	if err != nil {
		return u, err
	}
	token, err := config.Exchange(ctx, c.QueryParam("code"), oauth2.VerifierOption(v.Verifier))
	if err != nil {
		return u, badVisit(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: s.oidc.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil {
		return u, badVisit(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(v.Nonce)) != 1 {
		return u, badVisit(errors.New("another nonce"))
	}
	var claims struct {
		Mail     string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return u, badVisit(err)
	}
	u, err = s.People.Known(ctx, id.Issuer, id.Subject, claims.Mail, claims.Verified)
	if err != nil {
		s.Gate.Refused(c.Request(), appliance.User{})
	}
	return u, err
}

// backFromService says on the sign-in page why the service could not be used; what exactly was wrong stands in the log.
func (s *Server) backFromService(c echo.Context, err error) error {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || e.Message.Key == "" {
		return err
	}
	s.Log.Warn("a sign-in through the service failed", "err", err, "cause", e.Err)
	l := s.Lang(s.Frame(c, ""))
	return s.showSignin(c, ui.Status(e.Code), signin{Next: "/", Note: &view.Note{Level: "warning", Title: l.T("central.service_failed"), Text: l.Sentence(err)}})
}

func badVisit(err error) error {
	return &appliance.Error{Code: appliance.CodeForbidden, Err: err, Message: appliance.Message{Key: "central.service_refused",
		English: "signing in at the service did not work; begin again on the sign-in page"}}
}
