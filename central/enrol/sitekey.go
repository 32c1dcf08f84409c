package enrol

import (
	"bytes"
	"context"
	"slices"
	"time"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/central"
)

// maxKeys bounds the keys kept of a site; the oldest go.
const maxKeys = 50

// retire revokes what is still good.
func (e *Enrolment) retire(s *central.Site, at time.Time, why string) {
	for i := range s.Keys {
		if s.Keys[i].Good(at) {
			s.Keys[i].Revoked, s.Keys[i].Why = at.UTC(), why
		}
	}
}

// Overlap is how long an old key is still believed beside the new one: what was signed before and is under way then.
const Overlap = 24 * time.Hour

func (e *Enrolment) rotate(ctx context.Context, r wire.Rotation) error {
	_, err := e.edit(ctx, central.SiteID(r.Site), func(s *central.Site) bool {
		if slices.ContainsFunc(s.Keys, func(k central.SiteKey) bool { return bytes.Equal(k.Public, r.Key) }) {
			return false // said again, or an old message: a key that has gone does not come back
		}
		e.retire(s, e.now().Add(Overlap), "replaced by the site")
		s.Keys = append(s.Keys, central.SiteKey{Public: r.Key, From: e.now().UTC()})
		return true
	}, central.SiteChange{By: "site", What: central.ChangeRotated, Key: wire.Fingerprint(r.Key)})
	return err
}

func (e *Enrolment) leave(ctx context.Context, l wire.Leaving) error {
	why := wire.Tidy(l.Reason, 200)
	_, err := e.edit(ctx, central.SiteID(l.Site), func(s *central.Site) bool {
		if len(s.GoodKeys(e.now())) == 0 {
			return false
		}
		e.retire(s, e.now(), "the site left: "+why)
		s.Paused = "the site left: " + why
		return true
	}, central.SiteChange{By: "site", What: central.ChangeLeft, Why: why})
	return err
}

// Revoke takes all keys of a site back: nothing that they sign is believed from now on.
func (e *Enrolment) Revoke(ctx context.Context, site central.SiteID, by, why string) error {
	why = wire.Tidy(why, 200)
	if why == "" {
		return appliance.Invalid("why", "error.revoke_why", "say why the key is revoked", nil)
	}
	_, err := e.edit(ctx, site, func(s *central.Site) bool {
		good := len(s.GoodKeys(e.now())) > 0
		e.retire(s, e.now(), why)
		return good
	}, central.SiteChange{By: by, What: central.ChangeRevoked, Why: why})
	return err
}
