package central

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"siteward/appliance"
)

// Record is a small thing that is kept under a name, as bytes that the store does not look into: accounts, sessions, codes, offers,
// alarms. Its version says who was first when two processes change it.
type Record struct {
	Family  string // "account"; one family a noun
	Key     string // within the family, in the order of bytes
	Value   []byte
	Version uint64    // as it was read; 0: there is none yet
	Expires time.Time // then it is gone by itself; zero: never
	Remove  bool      // in Write: it goes
	Any     bool      // in Write: whatever version there is, the last writer wins
}

// RecordRange chooses the records of a family by key, in the order of bytes.
type RecordRange struct {
	Family  string
	Prefix  string
	From    string // first key, "" = the first there is
	To      string // keys before it, "" = to the end
	Reverse bool   // the last first
	Limit   int    // 100 when 0, at most 10,000
}

// Most gives the limit that is meant.
func (r *RecordRange) Most() int { return most(r.Limit) }

// Records keeps records.
type Records interface {
	// Record finds one, or fails with CodeNotFound.
	Record(ctx context.Context, family, key string) (Record, error)
	// Records lists some, without those that have expired.
	Records(ctx context.Context, r RecordRange) ([]Record, error)
	// Write changes all of them or none. It fails with CodeConflict when one of them has another version than was read.
	Write(ctx context.Context, changes ...Record) error
}

// Noun keeps values of one type as records of a family.
type Noun[T any] struct{ Family string }

// Find gives a value and its version, or fails with CodeNotFound.
func (n Noun[T]) Find(ctx context.Context, s Records, key string) (v T, version uint64, err error) {
	r, err := s.Record(ctx, n.Family, key)
	if err == nil {
		err = n.Decode(r, &v)
	}
	return v, r.Version, err
}

// List gives the values whose keys begin with a prefix.
func (n Noun[T]) List(ctx context.Context, s Records, r RecordRange) ([]T, error) {
	r.Family = n.Family
	records, err := s.Records(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(records))
	for i := range records {
		if err := n.Decode(records[i], &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Set makes the change that keeps a value in place of the version that was read, 0 when it is new.
func (n Noun[T]) Set(key string, v T, version uint64) (Record, error) {
	b, err := json.Marshal(v)
	return Record{Family: n.Family, Key: key, Value: b, Version: version}, err
}

// Put keeps a value in place of the version that was read.
func (n Noun[T]) Put(ctx context.Context, s Records, key string, v T, version uint64) error {
	r, err := n.Set(key, v, version)
	if err != nil {
		return err
	}
	return s.Write(ctx, r)
}

// Delete removes a value, whatever its version.
func (n Noun[T]) Delete(ctx context.Context, s Records, key string) error {
	return s.Write(ctx, Record{Family: n.Family, Key: key, Remove: true, Any: true})
}

// Decode reads the value of a record.
func (n Noun[T]) Decode(r Record, v *T) error {
	if err := json.Unmarshal(r.Value, v); err != nil {
		return fmt.Errorf("record %s %s: %w", n.Family, r.Key, err)
	}
	return nil
}

// NumberKey is a number as a key: as many digits as any, so that their order is that of numbers.
func NumberKey(n uint64) string { return fmt.Sprintf("%020d", n) }

// TimeKey is a time as a key, to the microsecond.
func TimeKey(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Key joins parts of a key.
func Key(parts ...string) string { return strings.Join(parts, "/") }

// ErrChanged is what Write fails with when somebody else was first.
func ErrChanged(r Record) error {
	return appliance.Errorf(appliance.CodeConflict, "somebody else changed this %s in the meantime; load it again and repeat your change", r.Family)
}

// NoRecord is what Record fails with. It is appliance.ErrNotFound to errors.Is.
func NoRecord(family, key string) error {
	return &appliance.Error{Code: appliance.CodeNotFound, Err: appliance.ErrNotFound,
		Message: appliance.Message{Key: "error.not_found", English: fmt.Sprintf("there is no %s %s", family, key)}}
}
