package central

import (
	"context"
	"time"

	"siteward/appliance"
)

// Store keeps everything that central knows. All of it is there on return: nothing that was acknowledged may be lost. Any number of
// processes may share one where the store says so.
type Store interface {
	Records

	// Site finds one site with its status, or fails with CodeNotFound.
	Site(ctx context.Context, id SiteID) (Row, error)
	// PutSite adds a site (Version 0) or changes what people have entered about it. Its status stays. It fails with CodeConflict
	// when somebody else changed it meanwhile or another site has the name.
	PutSite(ctx context.Context, s *Site) error
	// DeleteSite removes a site with everything it ever told.
	DeleteSite(ctx context.Context, id SiteID) error
	// Fleet lists sites, the worst first.
	Fleet(ctx context.Context, f FleetFilter) (Fleet, error)
	// Due lists sites whose Due has passed at now and whose silence has not been told, the earliest first.
	Due(ctx context.Context, now time.Time, limit int) ([]Row, error)

	// Take changes what is known of one site, in one transaction: decide sees the site as it is and says what comes in. Nobody
	// else changes that site meanwhile. Nothing happens when decide fails; its error is given on. It may be called again when
	// the database asks for that, so it must not keep anything.
	Take(ctx context.Context, id SiteID, decide func(t *Taking) error) error
	// Events gives what a site told, newest first.
	Events(ctx context.Context, f EventFilter) ([]Event, error)

	// Load fills an empty store with what a backup holds: fill puts it in part by part. On return all of it is there, or nothing. It
	// fails with CodeConflict when the store holds anything.
	Load(ctx context.Context, fill func(put Put) error) error
	// Prune removes events received and records expired before a time. It gives how many.
	Prune(ctx context.Context, before, now time.Time) (int, error)
	// Healthy fails when the store does not answer.
	Healthy(ctx context.Context) error
	// Dump visits everything as it is at one moment: rows first, then events, then records.
	Dump(ctx context.Context, visit Visit) error
	Close() error
}

// Put takes some of what a backup holds.
type Put func(rows []Row, events []Event, records []Record) error

// ErrNotEmpty is what Load fails with when there is something already.
var ErrNotEmpty = appliance.Errorf(appliance.CodeConflict, "this store holds something already, and nothing was changed; restore into a new folder (--data) or an empty database, or move the folder db of the old store aside first")

// Visit is shown what a store holds, one thing a call: the others are nil.
type Visit func(row *Row, event *Event, record *Record) error

// Taking is the change of one site.
type Taking struct {
	Site   Site
	Status Status   // changed in place
	Events []Event  // get their N from the store
	Write  []Record // written with it; versions are compared as in Records.Write
	// Find reads a record within the transaction, or fails with CodeNotFound.
	Find func(family, key string) (Record, error)
}

// Keep writes a value of a noun whatever was there before.
func Keep[T any](t *Taking, n Noun[T], key string, v T) error {
	r, err := n.Set(key, v, 0)
	if err != nil {
		return err
	}
	r.Any = true
	t.Write = append(t.Write, r)
	return nil
}

// Groups are the customer groups, under NumberKey.
var Groups = Noun[Group]{"group"}

// Counters keeps the last number given, by family.
var Counters = Noun[appliance.ID]{"next"}

// NextID gives a number that no other record of a family has, in any process.
func NextID(ctx context.Context, s Records, family string) (appliance.ID, error) {
	for {
		n, version, err := Counters.Find(ctx, s, family)
		if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
			return 0, err
		}
		n++
		err = Counters.Put(ctx, s, family, n, version)
		if appliance.CodeOf(err) == appliance.CodeConflict {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			continue
		}
		return n, err
	}
}
