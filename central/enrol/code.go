package enrol

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
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

// OpenCode is a code as it is listed: of what the site was given only the hash is known, and its beginning is its name.
type OpenCode struct {
	ID string `json:"id"`
	central.Code
}

// codeID is how much of a hash names a code.
const codeID = 12

// Codes lists the codes of a site, or of all for "", those that were made last first. Those that are over are known for a while.
func (e *Enrolment) Codes(ctx context.Context, site central.SiteID) ([]OpenCode, error) {
	all, err := e.store.Records(ctx, central.RecordRange{Family: central.Codes.Family, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	var out []OpenCode
	for _, r := range all {
		c := OpenCode{ID: r.Key[:min(len(r.Key), codeID)]}
		if json.Unmarshal(r.Value, &c.Code) == nil && (site == "" || c.Site == site) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b OpenCode) int { return b.Made.Compare(a.Made) })
	return out, nil
}

// RevokeCode ends a code before somebody has used it.
func (e *Enrolment) RevokeCode(ctx context.Context, site central.SiteID, id, by string) error {
	all, err := e.store.Records(ctx, central.RecordRange{Family: central.Codes.Family, Prefix: id, Limit: 2})
	if err != nil {
		return err
	}
	if len(id) != codeID || len(all) != 1 {
		return central.NoRecord(central.Codes.Family, id)
	}
	var c central.Code
	if err := json.Unmarshal(all[0].Value, &c); err != nil || c.Site != site {
		return central.NoRecord(central.Codes.Family, id)
	}
	if now := e.now().UTC(); c.Used.IsZero() && now.Before(c.Expires) {
		c.Expires = now
	} else {
		return appliance.Errorf(appliance.CodeConflict, "this code is over already")
	}
	r, err := central.Codes.Set(all[0].Key, c, all[0].Version)
	if err != nil {
		return err
	}
	r.Expires = c.Expires.Add(MaxCodeLife)
	note, err := e.change(central.SiteChange{Site: site, By: by, What: central.ChangeCodeOver})
	if err != nil {
		return err
	}
	return e.store.Write(ctx, r, note)
}

// Changes lists what was done with the keys of a site, the newest first.
func (e *Enrolment) Changes(ctx context.Context, site central.SiteID) ([]central.SiteChange, error) {
	return central.SiteChanges.List(ctx, e.store, central.RecordRange{Prefix: string(site) + "/", Reverse: true, Limit: 50})
}
