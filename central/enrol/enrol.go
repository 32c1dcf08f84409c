package enrol

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/central"
)

// Enrolment makes codes, takes them in, and keeps the keys of sites.
type Enrolment struct {
	store    central.Store
	key      ed25519.PrivateKey
	name     string
	now      func() time.Time
	log      *slog.Logger
	attempts attempts
	announce announcement
}

// Options of an Enrolment.
type Options struct {
	Name string // of the provider, when central has none yet
	Now  func() time.Time
	Log  *slog.Logger
}

const identityKey = "central"

// Open reads central's own key, or makes it. Of two processes that start at once one makes it.
func Open(ctx context.Context, s central.Store, o Options) (*Enrolment, error) {
	e := &Enrolment{store: s, now: o.Now, log: o.Log}
	if e.now == nil {
		e.now = time.Now
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	id, version, err := central.Identities.Find(ctx, s, identityKey)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		id = central.Identity{Name: o.Name, Seed: make([]byte, ed25519.SeedSize), Made: e.now().UTC()}
		_, _ = rand.Read(id.Seed) // never fails
		err = central.Identities.Put(ctx, s, identityKey, id, version)
		if appliance.CodeOf(err) == appliance.CodeConflict {
			id, version, err = central.Identities.Find(ctx, s, identityKey)
		}
	}
	if err == nil && o.Name != "" && o.Name != id.Name {
		id.Name = o.Name
		err = central.Identities.Put(ctx, s, identityKey, id, version)
	}
	if err != nil {
		return nil, fmt.Errorf("central's own key: %w", err)
	}
	if len(id.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("central's own key is damaged; restore a backup")
	}
	e.key, e.name = ed25519.NewKeyFromSeed(id.Seed), id.Name
	return e, nil
}

// Key is the key that central signs with: what it offers, and the notes of logbooks that it has checked.
func (e *Enrolment) Key() ed25519.PrivateKey { return e.key }

// Fingerprint is what people at sites compare.
func (e *Enrolment) Fingerprint() string { return wire.Fingerprint(e.public()) }

func (e *Enrolment) public() ed25519.PublicKey {
	return e.key.Public().(ed25519.PublicKey) //nolint:forcetypeassert // what Public of this key gives
}

// CodeLife is how long a code is good when nobody says otherwise, MaxCodeLife how long at most.
const (
	CodeLife    = 72 * time.Hour
	MaxCodeLife = 30 * 24 * time.Hour
)

// change makes the line about a change. Records of one site at one time stand side by side.
func (e *Enrolment) change(c central.SiteChange) (central.Record, error) {
	c.At = e.now().UTC()
	r, err := central.SiteChanges.Set(central.SiteChangeKey(c), c, 0)
	r.Any = true
	return r, err
}

// Enrol takes a code in and makes the key that signed it the site's only one.
func (e *Enrolment) enrol(ctx context.Context, r wire.Request) (wire.Enrolled, error) {
	c, err := e.use(ctx, r)
	if err != nil {
		return wire.Enrolled{}, err
	}
	site, err := e.edit(ctx, c.Site, func(s *central.Site) bool {
		if i := slices.IndexFunc(s.Keys, func(k central.SiteKey) bool { return bytes.Equal(k.Public, r.Key) }); i >= 0 {
			return false // the answer was lost; what was revoked since stays so
		}
		e.retire(s, e.now(), "connected anew")
		s.Keys = append(s.Keys, central.SiteKey{Public: r.Key, From: e.now().UTC()})
		s.Paused = ""
		return true
	}, central.SiteChange{By: "site", What: central.ChangeEnrolled, Key: wire.Fingerprint(r.Key), Why: wire.Tidy(r.Name, 100) + " " + wire.Tidy(r.Version, 50)})
	if err != nil {
		return wire.Enrolled{}, err
	}
	return wire.Enrolled{Site: string(site.ID), Name: site.Name, Key: r.Key, Nonce: r.Nonce}, nil
}

// edit changes a site's keys and notes it. change may be called again when somebody else was first; false changes nothing.
func (e *Enrolment) edit(ctx context.Context, id central.SiteID, change func(*central.Site) bool, note central.SiteChange) (central.Site, error) {
	for {
		row, err := e.store.Site(ctx, id)
		if err != nil {
			return row.Site, err
		}
		s := row.Site
		s.Keys = slices.Clone(s.Keys)
		if !change(&s) {
			return s, nil
		}
		if len(s.Keys) > maxKeys {
			s.Keys = s.Keys[len(s.Keys)-maxKeys:]
		}
		err = e.store.PutSite(ctx, &s)
		if appliance.CodeOf(err) == appliance.CodeConflict && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return s, err
		}
		note.Site = id
		r, err := e.change(note)
		if err != nil {
			return s, err
		}
		return s, e.store.Write(ctx, r)
	}
}

// signer finds the site whose good key signed a message.
func (e *Enrolment) signer(ctx context.Context, id string, p wire.Purpose, m wire.Sealed, v any) (central.Site, error) {
	site := central.SiteID(id)
	if !site.Valid() {
		return central.Site{}, errSignature
	}
	row, err := e.store.Site(ctx, site)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return central.Site{}, errSignature // who is known is not told to strangers
	}
	if err != nil {
		return central.Site{}, err
	}
	revoked := false
	for _, k := range row.Site.Keys {
		if wire.Open(k.Public, p, m, v) != nil {
			continue
		}
		if k.Good(e.now()) {
			return row.Site, nil
		}
		revoked = true
	}
	if revoked {
		return central.Site{}, errRevoked
	}
	return central.Site{}, errSignature
}
