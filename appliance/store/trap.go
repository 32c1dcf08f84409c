package store

import (
	"encoding/binary"
	"slices"
	"time"

	"siteward/appliance"
)

// TrapEngine is what an SNMPv3 engine told of itself with its last trap, by its id.
type TrapEngine struct {
	Boots   uint32    `json:"boots"`
	Seconds uint32    `json:"seconds"`
	At      time.Time `json:"at"`
}

// Traps lists traps, newest first.
func (s *Store) Traps(f appliance.TrapFilter) ([]appliance.Trap, error) {
	return view(s, func(tx *Tx) ([]appliance.Trap, error) { return tx.Traps(f) })
}

// Traps lists traps, newest first.
func (tx *Tx) Traps(f appliance.TrapFilter) ([]appliance.Trap, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	from := []byte(nounTrap)
	if f.Before > 0 {
		from = binary.BigEndian.AppendUint64(from, ^f.Before+1)
	}
	var out []appliance.Trap
	err := tx.scanFrom([]byte(nounTrap), from, func(key, value []byte) error {
		var t appliance.Trap
		if err := decodeJSON(value, &t); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		if (len(f.Fates) == 0 || slices.Contains(f.Fates, t.Fate)) && (f.Device == 0 || t.Device == f.Device) {
			out = append(out, t)
		}
		if len(out) >= f.Limit {
			return errStop
		}
		return nil
	})
	return out, err
}

// PutTraps keeps traps: those without a Seq are new and get one, others replace what is stored. keep is how many are kept at most;
// the oldest go.
func (tx *Tx) PutTraps(traps []appliance.Trap, keep uint64) error {
	last := tx.lastTrap()
	for i := range traps {
		if traps[i].Seq == 0 {
			last++
			traps[i].Seq = last
			if last > keep {
				if err := tx.delete(keyTrap(last - keep)); err != nil {
					return err
				}
			}
		}
		if err := tx.setJSON(keyTrap(traps[i].Seq), traps[i]); err != nil {
			return err
		}
	}
	return nil
}

// DropTraps removes traps that came before a time.
func (s *Store) DropTraps(before time.Time) (n int, err error) {
	err = s.Update(func(tx *Tx) error {
		return tx.scanBack([]byte(nounTrap), func(key, value []byte) error {
			var t appliance.Trap
			if err := decodeJSON(value, &t); err == nil && !t.Last.Before(before) || n >= 10_000 {
				return errStop
			}
			n++
			return tx.delete(slices.Clone(key))
		})
	})
	return n, err
}

func (tx *Tx) lastTrap() (seq uint64) {
	_ = tx.scan([]byte(nounTrap), func(key, _ []byte) error {
		seq = seqOfKey(key)
		return errStop
	})
	return seq
}

// PutTrapEngine keeps what an engine (its id in hexadecimal) told of itself.
func (tx *Tx) PutTrapEngine(id string, e TrapEngine) error { return tx.setJSON(keyTrapEngine(id), e) }

// DeleteTrapEngine forgets an engine.
func (tx *Tx) DeleteTrapEngine(id string) error { return tx.delete(keyTrapEngine(id)) }

// TrapEngines gives all engines that have sent authentic traps, by their id in hexadecimal.
func (s *Store) TrapEngines() (map[string]TrapEngine, error) {
	out := map[string]TrapEngine{}
	err := s.View(func(tx *Tx) error {
		return tx.scan([]byte(nounTrapEngine), func(key, value []byte) error {
			var e TrapEngine
			if err := decodeJSON(value, &e); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			out[string(key[len(nounTrapEngine):])] = e
			return nil
		})
	})
	return out, err
}

func keyTrap(seq uint64) []byte { return binary.BigEndian.AppendUint64([]byte(nounTrap), ^seq) }

func keyTrapEngine(id string) []byte { return append([]byte(nounTrapEngine), id...) }
