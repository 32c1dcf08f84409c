package store

import (
	"encoding/binary"
	"time"

	"siteward/appliance"
)

// windowRecord is how maintenance windows are kept.
var windowRecord = record[appliance.Window]{
	family: nounWindow, word: "maintenance window",
	id:      func(v *appliance.Window) *appliance.ID { return &v.ID },
	version: func(v *appliance.Window) *uint64 { return &v.Version },
}

// Windows lists all maintenance windows by number.
func (s *Store) Windows() ([]appliance.Window, error) {
	return view(s, func(tx *Tx) ([]appliance.Window, error) { return tx.Windows() })
}

// Windows lists all maintenance windows by number.
func (tx *Tx) Windows() ([]appliance.Window, error) { return windowRecord.list(tx) }

// Window finds one maintenance window, or fails with CodeNotFound.
func (tx *Tx) Window(id appliance.ID) (appliance.Window, error) { return windowRecord.get(tx, id) }

// PutWindow stores a maintenance window, as PutDevice does a device.
func (tx *Tx) PutWindow(v *appliance.Window) error { return windowRecord.put(tx, v) }

// DeleteWindow removes a maintenance window. Its runs stay: what took place is evidence.
func (tx *Tx) DeleteWindow(id appliance.ID) error { return windowRecord.remove(tx, id) }

func keyWindowRun(window appliance.ID, from time.Time) []byte {
	return binary.BigEndian.AppendUint64(keyNoun(nounWindowRun, window), ^uint64(from.Unix())) //nolint:gosec // after 1970
}

// PutWindowRun stores one time at which a window took place; a window begins once a second at most.
func (tx *Tx) PutWindowRun(r *appliance.WindowRun) error {
	return tx.setJSON(keyWindowRun(r.Window, r.From), r)
}

// WindowRuns lists the times at which a window took place, newest first. 0 is all windows, each newest first.
func (s *Store) WindowRuns(window appliance.ID, limit int) ([]appliance.WindowRun, error) {
	prefix := []byte(nounWindowRun)
	if window != 0 {
		prefix = keyNoun(nounWindowRun, window)
	}
	return view(s, func(tx *Tx) (out []appliance.WindowRun, err error) {
		err = tx.scan(prefix, func(key, value []byte) error {
			var r appliance.WindowRun
			if err := decodeJSON(value, &r); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			if out = append(out, r); len(out) >= limit {
				return errStop
			}
			return nil
		})
		return out, err
	})
}
