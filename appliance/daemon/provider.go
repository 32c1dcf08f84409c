package daemon

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/enrol"
	"siteward/appliance/store"
)

// provider is what the daemon keeps between two words with the provider's central system.
type provider struct {
	mu     sync.Mutex // one change of keys at a time
	offers sync.Mutex // one fetch at a time
	news   chan struct{}
	said   atomic.Value // string: what was announced when offers were fetched last
}

// Provider is Providers.Provider.
func (d *Daemon) Provider(context.Context) (appliance.Enrolment, error) {
	all, err := d.store.Enrolments()
	if err != nil {
		return appliance.Enrolment{}, err
	}
	if i := slices.IndexFunc(all, active); i >= 0 {
		return all[i], nil
	}
	return appliance.Enrolment{}, appliance.ErrNotFound
}

func active(e appliance.Enrolment) bool { return e.State == appliance.EnrolmentActive }

// Enrolments is Providers.Enrolments.
func (d *Daemon) Enrolments(context.Context) ([]appliance.Enrolment, error) {
	all, err := d.store.Enrolments()
	slices.Reverse(all)
	return all, err
}

// enrolment is the one in use with the key that signs under it. It fails with CodeUnavailable when the key is not that of the
// enrolment: the store was restored from a backup, and this machine has to connect anew.
func (d *Daemon) enrolment() (appliance.Enrolment, ed25519.PrivateKey, error) {
	e, err := d.Provider(context.Background())
	if err != nil {
		return e, nil, err
	}
	key, err := d.providerKey(providerKeyFile)
	if err == nil && bytes.Equal(key.Public().(ed25519.PublicKey), e.Key) { //nolint:forcetypeassert // what Public of this key gives
		return e, key, nil
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		// A change of keys may have been cut off between the file and the store.
		if next, bad := d.providerKey(providerNextFile); bad == nil && bytes.Equal(next.Public().(ed25519.PublicKey), e.Key) { //nolint:forcetypeassert // as above
			return e, next, d.takeNextKey()
		}
		return e, nil, &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "provider.error.key_lost",
			English: "the key that reports are signed with is not on this machine: the store was restored from a backup; connect to the provider anew with a new code"}}
	}
	return e, nil, err
}

func (d *Daemon) central(url string) enrol.Client {
	return enrol.Client{HTTP: d.web(), URL: url}
}

// LookAtProvider is Providers.LookAtProvider.
func (d *Daemon) LookAtProvider(ctx context.Context, _ appliance.Actor, url string) (appliance.ProviderIdentity, error) {
	url, err := enrol.Address(url)
	if err != nil {
		return appliance.ProviderIdentity{}, err
	}
	id, err := d.central(url).Identity(ctx)
	return appliance.ProviderIdentity{URL: url, Name: id.Name, Key: id.Key, Fingerprint: enrol.Fingerprint(id.Key)}, err
}

// Connect is Providers.Connect. The code leaves this machine only after central has shown that it has the key that was confirmed.
func (d *Daemon) Connect(ctx context.Context, by appliance.Actor, r appliance.ConnectRequest) (appliance.Enrolment, error) {
	d.provider.mu.Lock()
	defer d.provider.mu.Unlock()
	code, ok := enrol.ParseCode(r.Code)
	if !ok {
		return appliance.Enrolment{}, appliance.Invalid("code", "provider.error.code_form", "the code has 20 letters and digits; enter it as your provider gave it to you", nil)
	}
	seen, err := d.LookAtProvider(ctx, by, r.URL)
	if err != nil {
		return appliance.Enrolment{}, err
	}
	if !enrol.SameFingerprint(seen.Key, r.Fingerprint) {
		return appliance.Enrolment{}, appliance.Invalid("fingerprint", "provider.error.fingerprint",
			"the fingerprint is not that of the system which answers there ("+seen.Fingerprint+"); compare it with your provider before you go on", map[string]any{"seen": seen.Fingerprint})
	}
	key, err := d.nextProviderKey()
	if err != nil {
		return appliance.Enrolment{}, err
	}
	e := appliance.Enrolment{URL: seen.URL, Provider: seen.Name, Central: seen.Key, Key: key.Public().(ed25519.PublicKey), //nolint:forcetypeassert // what Public of this key gives
		Outbox: rand.Text(), State: appliance.EnrolmentActive, Since: clean(d.now()), By: by.Name}
	ask := enrol.Request{Code: code, Outbox: e.Outbox, Name: d.siteName(), Version: d.about.Version}
	got, err := d.central(seen.URL).Enrol(ctx, seen.Key, key, ask)
	if err != nil {
		return appliance.Enrolment{}, err
	}
	e.Site, e.SiteName = got.Site, got.Name
	if err := d.replaceEnrolment(ctx, by, &e); err != nil {
		return e, err
	}
	return e, d.takeNextKey()
}

// replaceEnrolment puts a new enrolment in the place of the one before. A provider who is left is told first, with the key that is
// about to go; if it cannot be reached, that is noted and nothing waits for it. A code for another place at the same provider leaves the
// one before too: otherwise it would be called silent there. One for the same place has replaced its key already.
func (d *Daemon) replaceEnrolment(ctx context.Context, by appliance.Actor, e *appliance.Enrolment) error {
	if old, key, err := d.enrolment(); err == nil && (old.Site != e.Site || !bytes.Equal(old.Central, e.Central)) {
		why := "moved to another provider"
		if bytes.Equal(old.Central, e.Central) {
			why = "reports as another site from now on: " + e.SiteName
		}
		d.farewell(ctx, &old, key, why)
		if err := d.providerChange(by, "provider.log.left", old, func(tx *store.Tx) error { return tx.PutEnrolment(&old) }); err != nil {
			return err
		}
	}
	return d.providerChange(by, "provider.log.connected", *e, func(tx *store.Tx) error {
		all, err := tx.Enrolments()
		if err != nil {
			return err
		}
		for _, old := range all {
			if !active(old) {
				continue
			}
			old.State, old.Ended, old.Why = appliance.EnrolmentLeft, e.Since, "connected anew"
			if err := tx.PutEnrolment(&old); err != nil {
				return err
			}
		}
		return tx.PutEnrolment(e)
	})
}

// farewell ends an enrolment and tells its provider.
func (d *Daemon) farewell(ctx context.Context, e *appliance.Enrolment, key ed25519.PrivateKey, reason string) {
	e.State, e.Ended, e.Why = appliance.EnrolmentLeft, clean(d.now()), reason
	if key == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	err := d.central(e.URL).Leave(ctx, e.Site, reason, key)
	e.Told = err == nil
	if err != nil {
		d.log.Warn("the provider could not be told that this site leaves", "url", e.URL, "err", err)
	}
}

// RotateKey is Providers.RotateKey.
func (d *Daemon) RotateKey(ctx context.Context, by appliance.Actor) error {
	d.provider.mu.Lock()
	defer d.provider.mu.Unlock()
	e, key, err := d.enrolment()
	if err != nil {
		return err
	}
	next, err := d.nextProviderKey()
	if err != nil {
		return err
	}
	if err := d.central(e.URL).Rotate(ctx, e.Site, key, next); err != nil {
		return err
	}
	e.Key, e.Rotated = next.Public().(ed25519.PublicKey), clean(d.now()) //nolint:forcetypeassert // what Public of this key gives
	if err := d.providerChange(by, "provider.log.rotated", e, func(tx *store.Tx) error { return tx.PutEnrolment(&e) }); err != nil {
		return err
	}
	return d.takeNextKey()
}

// Disconnect is Providers.Disconnect.
func (d *Daemon) Disconnect(ctx context.Context, by appliance.Actor, reason string) error {
	d.provider.mu.Lock()
	defer d.provider.mu.Unlock()
	reason = enrol.Tidy(reason, 200)
	if reason == "" {
		return appliance.Invalid("reason", "provider.error.reason", "say why; it stands in the logbook", nil)
	}
	e, key, err := d.enrolment()
	if err != nil && appliance.CodeOf(err) != appliance.CodeUnavailable {
		return err
	}
	d.farewell(ctx, &e, key, reason)
	return d.providerChange(by, "provider.log.left", e, over(&e))
}

// providerRevoked notes that central takes nothing of this site any more.
func (d *Daemon) providerRevoked() error {
	e, err := d.Provider(context.Background())
	if err != nil {
		return err
	}
	e.State, e.Ended, e.Why, e.Told = appliance.EnrolmentRevoked, clean(d.now()), "revoked by the provider", true
	by := appliance.Actor{Name: appliance.PartySiteward, Role: appliance.RoleAdministrator, Via: "uplink"}
	return d.providerChange(by, "provider.log.revoked", e, over(&e))
}

// over stores an enrolment that is over; what was noted for its provider is noted no more.
func over(e *appliance.Enrolment) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		others, err := tx.Consumers()
		reports := slices.ContainsFunc(others, func(r appliance.Consumer) bool { return r.Kind != appliance.ConsumerSamples })
		if err != nil || reports { // they are still told
			return errors.Join(err, tx.PutEnrolment(e))
		}
		return errors.Join(tx.PutEnrolment(e), tx.ForgetTouches())
	}
}

// providerWords are the English sentences of what stands in the logbook and the journal.
var providerWords = map[string]string{
	"provider.log.list":      "what is sent to the provider was changed; left out: {off}",
	"provider.log.connected": "connected to the provider {provider} at {url}, fingerprint {fingerprint}",
	"provider.log.left":      "disconnected from the provider {provider} at {url}: {why}",
	"provider.log.rotated":   "a new key signs what is sent to the provider {provider}",
	"offer.log.accepted":     "accepted what the provider offers: {kind} {name} (number {number})",
	"offer.log.refused":      "refused what the provider offers: {kind} {name} (number {number}): {reason}",
	"offer.log.undone":       "took back what the provider had offered: {kind} {name} (number {number})",
	"offer.log.policy":       "it was changed which offers of the provider are used without asking",
	"consumer.log.saved":     "reports go to the receiver {name} at {url}",
	"consumer.log.samples":   "numbers go to the receiver {name} at {url}",
	"consumer.log.off":       "the receiver {name} at {url} is switched off",
	"consumer.log.deleted":   "nothing goes to the receiver {name} at {url} any more",
	"provider.log.revoked":   "the provider {provider} has revoked this site's key",
}

// providerChange makes a change about the provider and its line in the journal one step; the line makes the entry of the logbook.
func (d *Daemon) providerChange(by appliance.Actor, key string, e appliance.Enrolment, edit func(*store.Tx) error) error {
	args := map[string]any{"provider": e.Provider, "url": e.URL, "fingerprint": enrol.Fingerprint(e.Central), "why": e.Why}
	return d.providerStep(by, key, "provider "+e.Provider, args, edit)
}

func (d *Daemon) providerStep(by appliance.Actor, key, object string, args map[string]any, edit func(*store.Tx) error) error {
	english := providerWords[key]
	for name, v := range args {
		text, _ := v.(string)
		english = strings.ReplaceAll(english, "{"+name+"}", text)
	}
	m := appliance.Message{Key: key, Args: args, English: english}
	err := d.store.Update(func(tx *store.Tx) error {
		if err := edit(tx); err != nil {
			return err
		}
		return tx.Append([]appliance.Event{access.Audit(d.now(), by, object, m)})
	})
	if err == nil {
		d.configured.Add(1)
		d.changes.publish(appliance.Change{Config: true})
	}
	return err
}
