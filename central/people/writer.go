package people

import (
	"context"
	"encoding/hex"

	"siteward/appliance"
	"siteward/central"
)

// writer gathers the changes of one step.
type writer struct {
	ctx     context.Context
	s       Storage
	changes []central.Record
}

func keep[T any](w *writer, n central.Noun[T], key string, v T, version uint64) error {
	r, err := n.Set(key, v, version)
	if err == nil {
		w.changes = append(w.changes, r)
	}
	return err
}

func (w *writer) remove(family, key string) {
	w.changes = append(w.changes, central.Record{Family: family, Key: key, Remove: true, Any: true})
}

// PutUser is access.Writer.
func (w *writer) PutUser(u *appliance.User) error {
	var version uint64
	old := appliance.User{}
	if u.ID != 0 {
		var err error
		if old, version, err = users.Find(w.ctx, w.s.Records, key(u.ID)); err != nil {
			return err
		}
		if old.Version != u.Version {
			return appliance.Errorf(appliance.CodeConflict, "somebody else changed this account in the meantime; load it again and repeat your change")
		}
	} else {
		id, err := central.NextID(w.ctx, w.s.Records, users.Family)
		if err != nil {
			return err
		}
		u.ID = id
	}
	if old.Name != u.Name {
		if err := keep(w, names, u.Name, u.ID, 0); err != nil { // refused by the store when somebody has the name
			return err
		}
		if old.Name != "" {
			w.remove(names.Family, old.Name)
		}
	}
	u.Version++
	return keep(w, users, key(u.ID), *u, version)
}

// DeleteUser is access.Writer.
func (w *writer) DeleteUser(id appliance.ID) error {
	u, _, err := users.Find(w.ctx, w.s.Records, key(id))
	if err != nil {
		return err
	}
	w.remove(users.Family, key(id))
	w.remove(names.Family, u.Name)
	x, _, err := extras.Find(w.ctx, w.s.Records, key(id))
	if err == nil {
		w.remove(extras.Family, key(id))
		if x.Subject != "" {
			w.remove(subjects.Family, x.Subject)
		}
	}
	return nil
}

// PutToken is access.Writer.
func (w *writer) PutToken(t *appliance.Token) error {
	if t.ID == 0 {
		id, err := central.NextID(w.ctx, w.s.Records, tokens.Family)
		if err != nil {
			return err
		}
		t.ID = id
	}
	for _, r := range []struct {
		set func() (central.Record, error)
	}{
		{func() (central.Record, error) { return tokens.Set(key(t.ID), *t, 0) }},
		{func() (central.Record, error) { return byHash.Set(hex.EncodeToString(t.Hash), t.ID, 0) }},
	} {
		rec, err := r.set()
		if err != nil {
			return err
		}
		rec.Any = true
		w.changes = append(w.changes, rec)
	}
	return nil
}

// DeleteToken is access.Writer.
func (w *writer) DeleteToken(id appliance.ID) error {
	t, _, err := tokens.Find(w.ctx, w.s.Records, key(id))
	if err != nil {
		return err
	}
	w.remove(tokens.Family, key(id))
	w.remove(byHash.Family, hex.EncodeToString(t.Hash))
	return nil
}

// PutMeta is access.Writer.
func (w *writer) PutMeta(name string, value []byte) error {
	if len(value) == 0 {
		w.remove(meta.Family, name)
		return nil
	}
	r, err := meta.Set(name, value, 0)
	r.Any = true
	w.changes = append(w.changes, r)
	return err
}

// Append is access.Writer.
func (w *writer) Append(events []appliance.Event) error {
	for _, e := range events {
		if err := keep(w, audit, auditKey(e.At), e, 0); err != nil {
			return err
		}
	}
	return nil
}
