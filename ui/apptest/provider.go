package apptest

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/enrol"
)

// ProviderURL is where the sample provider answers, ProviderCode the code it takes.
const (
	ProviderURL  = "https://central.example.org"
	ProviderCode = "ABCDE-FGHJK-MNPQR-STVWX"
)

func providerKey() []byte { sum := sha256.Sum256([]byte("provider")); return sum[:] }

// Provider is the enrolment in use.
func (a *App) Provider(context.Context) (appliance.Enrolment, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := slices.IndexFunc(a.enrolments, func(e appliance.Enrolment) bool { return e.State == appliance.EnrolmentActive }); i >= 0 {
		return a.enrolments[i], nil
	}
	return appliance.Enrolment{}, appliance.ErrNotFound
}

// Enrolments are all, the newest first.
func (a *App) Enrolments(context.Context) ([]appliance.Enrolment, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.Clone(a.enrolments)
	slices.Reverse(all)
	return all, nil
}

// LookAtProvider answers for ProviderURL.
func (a *App) LookAtProvider(_ context.Context, _ appliance.Actor, url string) (appliance.ProviderIdentity, error) {
	url, err := enrol.Address(url)
	if err != nil {
		return appliance.ProviderIdentity{}, err
	}
	if url != ProviderURL {
		return appliance.ProviderIdentity{}, &appliance.Error{Code: appliance.CodeUnavailable, Field: "url", Message: appliance.Message{Key: "provider.error.reach", Args: map[string]any{"url": url}, English: url + " cannot be reached"}}
	}
	return appliance.ProviderIdentity{URL: url, Name: "Weber IT", Key: providerKey(), Fingerprint: enrol.Fingerprint(providerKey())}, nil
}

// Connect takes ProviderCode.
func (a *App) Connect(ctx context.Context, by appliance.Actor, r appliance.ConnectRequest) (appliance.Enrolment, error) {
	id, err := a.LookAtProvider(ctx, by, r.URL)
	if err != nil {
		return appliance.Enrolment{}, err
	}
	e := appliance.Enrolment{URL: id.URL, Provider: id.Name, Central: id.Key, Site: "s-muster", SiteName: "Muster GmbH", Key: id.Key, State: appliance.EnrolmentActive, Since: a.now.AddDate(0, 0, -40), By: by.Name}
	return e, a.change("connect to "+r.URL, appliance.Change{Config: true}, func() error {
		if !enrol.SameFingerprint(id.Key, r.Fingerprint) {
			return appliance.Invalid("fingerprint", "provider.error.fingerprint", "that is another fingerprint", map[string]any{"seen": id.Fingerprint})
		}
		if code, _ := enrol.ParseCode(r.Code); code != strings.ReplaceAll(ProviderCode, "-", "") {
			return appliance.Invalid("code", "provider.error.code", "no such code", nil)
		}
		e.ID = appliance.ID(len(a.enrolments) + 1)
		a.enrolments = append(a.enrolments, e)
		return nil
	})
}

// RotateKey notes it.
func (a *App) RotateKey(context.Context, appliance.Actor) error {
	return a.change("rotate the provider's key", appliance.Change{Config: true}, func() error { return nil })
}

// Disconnect ends it.
func (a *App) Disconnect(_ context.Context, _ appliance.Actor, reason string) error {
	return a.change("disconnect: "+reason, appliance.Change{Config: true}, func() error {
		if reason == "" {
			return appliance.Invalid("reason", "provider.error.reason", "say why", nil)
		}
		for i := range a.enrolments {
			a.enrolments[i].State, a.enrolments[i].Why, a.enrolments[i].Ended = appliance.EnrolmentLeft, reason, a.now
		}
		return nil
	})
}
