package store

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"siteward/appliance"
)

// powerDays is how many times longer than the journal the history of UPSes is kept: batteries live for years.
const powerDays = 2

func keyPower(family string, device appliance.ID, at time.Time) []byte {
	k := keyNoun(family, device)
	if at.IsZero() {
		return k
	}
	return binary.BigEndian.AppendUint64(k, uint64(max(0, at.UnixNano())))
}

func keyUPSEvent(e *appliance.UPSEvent) []byte {
	return binary.BigEndian.AppendUint64(keyPower(nounUPSEvent, e.Device, e.At), uint64(e.ID))
}

func keyOutage(o *appliance.UPSOutage) []byte {
	return append(keyPower(nounOutage, o.Device, o.Start), o.UPS...)
}

// UPSEvents lists the events of a device, those without one under 0, from since on in the order of time.
func (tx *Tx) UPSEvents(device appliance.ID, since time.Time) ([]appliance.UPSEvent, error) {
	return powerFrom[appliance.UPSEvent](tx, nounUPSEvent, device, since)
}

// UPSOutages lists the outages of a device that began at since or later, in the order of time.
func (tx *Tx) UPSOutages(device appliance.ID, since time.Time) ([]appliance.UPSOutage, error) {
	return powerFrom[appliance.UPSOutage](tx, nounOutage, device, since)
}

func powerFrom[T any](tx *Tx, family string, device appliance.ID, since time.Time) ([]T, error) {
	var out []T
	err := tx.scanFrom(keyNoun(family, device), keyPower(family, device, since), func(key, value []byte) error {
		var v T
		if err := decodeJSON(value, &v); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

// PutUPSEvent stores an event. ID 0 makes a new one and sets ID; one whose time has changed must be deleted under the old one.
func (tx *Tx) PutUPSEvent(e *appliance.UPSEvent) (err error) {
	if e.ID == 0 {
		if e.ID, err = tx.nextID(nounUPSEvent); err != nil {
			return err
		}
	}
	return tx.setJSON(keyUPSEvent(e), e)
}

// DeleteUPSEvent removes an event.
func (tx *Tx) DeleteUPSEvent(e appliance.UPSEvent) error { return tx.delete(keyUPSEvent(&e)) }

// PutUPSOutage stores an outage, DeleteUPSOutage removes it. Device, start and the name of the UPS are what tells it from others.
func (tx *Tx) PutUPSOutage(o appliance.UPSOutage) error { return tx.setJSON(keyOutage(&o), o) }

// DeleteUPSOutage removes an outage.
func (tx *Tx) DeleteUPSOutage(o appliance.UPSOutage) error { return tx.delete(keyOutage(&o)) }

// powerDevices are the devices that have a history of power, 0 among them.
func (tx *Tx) powerDevices(family string) (ids []appliance.ID, err error) {
	from := []byte(family)
	for {
		found := false
		err := tx.scanFrom([]byte(family), from, func(key, _ []byte) error {
			id := appliance.ID(binary.BigEndian.Uint64(key[2:]))
			ids, found = append(ids, id), true
			from = keyNoun(family, id+1)
			return errStop
		})
		if err != nil || !found {
			return ids, err
		}
	}
}

func (tx *Tx) powerRemoved(device appliance.ID) error {
	if err := tx.clear(keyNoun(nounUPSEvent, device)); err != nil {
		return err
	}
	return tx.clear(keyNoun(nounOutage, device))
}

// UPSEvents lists events newest first.
func (s *Store) UPSEvents(f appliance.UPSFilter) ([]appliance.UPSEvent, error) {
	return newestPower(s, nounUPSEvent, f, (*Tx).UPSEvents, func(e appliance.UPSEvent) time.Time { return e.At })
}

// UPSOutages lists outages newest first.
func (s *Store) UPSOutages(f appliance.UPSFilter) ([]appliance.UPSOutage, error) {
	return newestPower(s, nounOutage, f, (*Tx).UPSOutages, func(o appliance.UPSOutage) time.Time { return o.Start })
}

func newestPower[T any](s *Store, family string, f appliance.UPSFilter, list func(*Tx, appliance.ID, time.Time) ([]T, error), at func(T) time.Time) ([]T, error) {
	return view(s, func(tx *Tx) ([]T, error) {
		devices := []appliance.ID{f.Device}
		if f.Device == 0 {
			var err error
			if devices, err = tx.powerDevices(family); err != nil {
				return nil, err
			}
		}
		var all []T
		for _, id := range devices {
			some, err := list(tx, id, f.Since)
			if err != nil {
				return nil, err
			}
			for _, v := range some {
				if f.Before.IsZero() || at(v).Before(f.Before) {
					all = append(all, v)
				}
			}
		}
		return newestFirst(all, at, f.Limit), nil
	})
}

// dropPower removes the history of UPSes that is too old.
func (s *Store) dropPower(ctx context.Context, now time.Time, r *Retained) error {
	limit := uint64(max(0, now.AddDate(0, 0, -powerDays*s.opt.EventDays).UnixNano()))
	for _, family := range []string{nounUPSEvent, nounOutage} {
		var old [][]byte
		err := s.View(func(tx *Tx) error {
			return tx.scan([]byte(family), func(key, _ []byte) error {
				if len(key) >= 18 && binary.BigEndian.Uint64(key[10:]) < limit {
					old = append(old, append([]byte(nil), key...))
				}
				return ctx.Err()
			})
		})
		if err != nil {
			return err
		}
		if len(old) == 0 {
			continue
		}
		if _, err := s.commit(func(tx *Tx) error { return tx.deleteAll(old) }); err != nil {
			return err
		}
		r.Power += len(old)
	}
	return nil
}

// newestFirst turns a list round and cuts it to limit, 1,000 when that is 0.
func newestFirst[T any](list []T, at func(T) time.Time, limit int) []T {
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b T) int { return at(b).Compare(at(a)) })
	if limit <= 0 {
		limit = 1000
	}
	return list[:min(len(list), limit)]
}
