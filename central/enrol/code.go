package enrol

import (
	"bytes"
	"context"
	"crypto/rand"
	"time"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/central"
)

// NewCode makes a code for a site. It is shown once and only its hash is kept.
func (e *Enrolment) NewCode(ctx context.Context, site central.SiteID, by string, life time.Duration) (code string, expires time.Time, err error) {
	if life <= 0 {
		life = CodeLife
	}
	if life > MaxCodeLife {
		return "", expires, appliance.Invalid("expires", "error.code_life", "a code is good for at most 30 days", nil)
	}
	if _, err := e.store.Site(ctx, site); err != nil {
		return "", expires, err
	}
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails
	code = wire.FormatCode(random)
	typed, _ := wire.ParseCode(code)
	now := e.now().UTC()
	c := central.Code{Site: site, By: by, Made: now, Expires: now.Add(life)}
	r, err := central.Codes.Set(wire.CodeHash(typed), c, 0)
	if err != nil {
		return "", expires, err
	}
	r.Expires = c.Expires.Add(MaxCodeLife) // it is known for a while as one that was
	note, err := e.change(central.SiteChange{Site: site, By: by, What: central.ChangeCode})
	if err != nil {
		return "", expires, err
	}
	return code, c.Expires, e.store.Write(ctx, r, note)
}

// use takes a code for a key: once, or again for the same key while it is good, because an answer may be lost.
func (e *Enrolment) use(ctx context.Context, r wire.Request) (central.Code, error) {
	typed, ok := wire.ParseCode(r.Code)
	if !ok {
		return central.Code{}, errUnknown
	}
	hash := wire.CodeHash(typed)
	for {
		c, version, err := central.Codes.Find(ctx, e.store, hash)
		if appliance.CodeOf(err) == appliance.CodeNotFound {
			return c, errUnknown
		}
		if err != nil {
			return c, err
		}
		if !e.now().Before(c.Expires) || !c.Used.IsZero() && !bytes.Equal(c.Key, r.Key) {
			return c, errUnknown
		}
		if !c.Used.IsZero() {
			return c, nil
		}
		c.Used, c.Key = e.now().UTC(), r.Key
		rec, err := central.Codes.Set(hash, c, version)
		if err != nil {
			return c, err
		}
		rec.Expires = c.Expires.Add(MaxCodeLife)
		err = e.store.Write(ctx, rec)
		if appliance.CodeOf(err) == appliance.CodeConflict && ctx.Err() == nil {
			continue // somebody was first; look who
		}
		return c, err
	}
}
