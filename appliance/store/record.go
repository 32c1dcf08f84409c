package store

import (
	"encoding/binary"
	"fmt"
	"strings"

	"siteward/appliance"
)

// record says how one noun is kept: its family, its number, its version and the name that must be unique.
type record[T any] struct {
	family  string // the first bytes of its keys
	word    string // in messages: "device"
	id      func(*T) *appliance.ID
	version func(*T) *uint64      // nil: the noun has none, the last writer wins
	name    func(*T) string       // unique within its scope; nil: the noun has none
	scope   func(*T) appliance.ID // nil: the site
	stored  func(*Tx, *T) error   // what else is written with it; may be nil
	removed func(*Tx, *T) error   // what else goes with it; may be nil
}

func (r *record[T]) get(tx *Tx, id appliance.ID) (T, error) {
	var v T
	err := tx.getJSON(keyNoun(r.family, id), &v)
	if isMissing(err) {
		err = notFound(r.word, id.String())
	}
	return v, err
}

// list gives all of a noun by number. A damaged one is left out and reported; the rest stays usable. The numbers begin with a
// zero byte, and so a family of three bytes that begins with the same two is not read along.
func (r *record[T]) list(tx *Tx) ([]T, error) {
	var out []T
	err := tx.scan(append([]byte(r.family), 0), func(key, value []byte) error {
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

func (r *record[T]) put(tx *Tx, v *T) error {
	before, err := r.before(tx, v)
	if err != nil {
		return err
	}
	if err := r.rename(tx, before, v); err != nil {
		return err
	}
	if r.version != nil {
		*r.version(v)++
	}
	if r.stored != nil {
		if err := r.stored(tx, v); err != nil {
			return err
		}
	}
	return tx.setJSON(keyNoun(r.family, *r.id(v)), v)
}

// before gives the stored record that v replaces when its name counts, nil for a new one, which gets its number here.
func (r *record[T]) before(tx *Tx, v *T) (*T, error) {
	if *r.id(v) == 0 {
		id, err := tx.nextID(r.family)
		*r.id(v) = id
		return nil, err
	}
	if r.name == nil && r.version != nil {
		return nil, r.unchanged(tx, v)
	}
	old, err := r.get(tx, *r.id(v))
	if err != nil {
		return nil, err
	}
	if r.version != nil && *r.version(&old) != *r.version(v) {
		return nil, changedMeanwhile(r.word)
	}
	return &old, nil
}

// unchanged fails when the stored record is not the one that v was read from. Only its version is decoded: an incident may have thousands
// of causes, and is stored often while they come. So its version stands before them.
func (r *record[T]) unchanged(tx *Tx, v *T) error {
	var old uint64
	err := tx.decode(keyNoun(r.family, *r.id(v)), func(value []byte) (err error) {
		old, err = decodeVersion(value)
		return err
	})
	if isMissing(err) {
		return notFound(r.word, r.id(v).String())
	}
	if err == nil && old != *r.version(v) {
		err = changedMeanwhile(r.word)
	}
	return err
}

func changedMeanwhile(word string) error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
		Key:     "error.changed_meanwhile",
		Args:    map[string]any{"Noun": word},
		English: fmt.Sprintf("somebody else changed this %s in the meantime; load it again and repeat your change", word),
	}}
}

// rename keeps the index of names right and refuses a name that another record has.
func (r *record[T]) rename(tx *Tx, before, v *T) error {
	if r.name == nil {
		return nil
	}
	key := r.nameKey(v)
	holder, err := tx.getID(key)
	if err != nil {
		return err
	}
	if holder != 0 && holder != *r.id(v) {
		return &appliance.Error{Code: appliance.CodeConflict, Field: "name", Message: appliance.Message{
			Key:     "error.name_taken",
			Args:    map[string]any{"Noun": r.word, "Name": r.name(v)},
			English: fmt.Sprintf("another %s is called %q already; choose another name", r.word, r.name(v)),
		}}
	}
	if before != nil {
		if old := r.nameKey(before); string(old) != string(key) {
			if err := tx.delete(old); err != nil {
				return err
			}
		}
	}
	return tx.set(key, encodeBytes(binary.BigEndian.AppendUint64(nil, uint64(*r.id(v)))))
}

func (r *record[T]) nameKey(v *T) []byte {
	var scope appliance.ID
	if r.scope != nil {
		scope = r.scope(v)
	}
	return keyName(r.family, scope, strings.ToLower(r.name(v)))
}

// byName finds the record that has a name within a scope.
func (r *record[T]) byName(tx *Tx, scope appliance.ID, name string) (T, error) {
	id, err := tx.getID(keyName(r.family, scope, strings.ToLower(name)))
	if err == nil && id == 0 {
		err = notFound(r.word, name)
	}
	if err != nil {
		var none T
		return none, err
	}
	return r.get(tx, id)
}

func (r *record[T]) remove(tx *Tx, id appliance.ID) error {
	v, err := r.get(tx, id)
	if err != nil {
		return err
	}
	if r.name != nil {
		if err := tx.delete(r.nameKey(&v)); err != nil {
			return err
		}
	}
	if r.removed != nil {
		if err := r.removed(tx, &v); err != nil {
			return err
		}
	}
	return tx.delete(keyNoun(r.family, id))
}

// notFound says which record there is not. It is appliance.ErrNotFound to errors.Is.
func notFound(word, name string) error {
	return &appliance.Error{Code: appliance.CodeNotFound, Err: appliance.ErrNotFound, Message: appliance.Message{
		Key:     "error.not_found_named",
		Args:    map[string]any{"Noun": word, "Name": name},
		English: fmt.Sprintf("there is no %s %s", word, name),
	}}
}
