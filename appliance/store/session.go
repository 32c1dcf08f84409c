package store

import (
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// session is one signed-in browser. Sessions are not typed by anybody and cost a sign-in when lost, so they are
// written like samples: a killed process keeps them, a power cut loses five seconds.
type session struct {
	Data    []byte    `json:"data"`
	Expires time.Time `json:"expires"`
}

// Find gives the data of a session. It is not found when it has expired. With Commit, Delete and All this is the
// store scs asks for (scs.Store, scs.IterableStore).
func (s *Store) Find(token string) (data []byte, found bool, err error) {
	err = s.View(func(tx *Tx) error {
		var v session
		err := tx.getJSON(keyText(famSession, token), &v)
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err == nil && s.opt.Now().Before(v.Expires) {
			data, found = v.Data, true
		}
		return err
	})
	return data, found, err
}

// Commit keeps a session until it expires.
func (s *Store) Commit(token string, data []byte, expires time.Time) error {
	_, err := s.commit(func(tx *Tx) error {
		return tx.setJSON(keyText(famSession, token), session{Data: data, Expires: expires})
	})
	return err
}

// Delete ends a session. It is on the disk when it returns: who signed out stays signed out.
func (s *Store) Delete(token string) error {
	return s.Update(func(tx *Tx) error { return tx.delete(keyText(famSession, token)) })
}

// All gives the sessions that have not expired, by token.
func (s *Store) All() (map[string][]byte, error) {
	out := map[string][]byte{}
	err := s.eachSession(func(token string, v session) {
		if s.opt.Now().Before(v.Expires) {
			out[token] = v.Data
		}
	})
	return out, err
}

// DropExpired removes the sessions that expired before now and says how many they were.
func (s *Store) DropExpired(now time.Time) (n int, err error) {
	var old []string
	err = s.eachSession(func(token string, v session) {
		if !now.Before(v.Expires) {
			old = append(old, token)
		}
	})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	_, err = s.commit(func(tx *Tx) error {
		for _, token := range old {
			if err := tx.delete(keyText(famSession, token)); err != nil {
				return err
			}
		}
		return nil
	})
	return len(old), err
}

func (s *Store) eachSession(visit func(token string, v session)) error {
	return s.View(func(tx *Tx) error {
		return tx.scan([]byte{famSession}, func(key, value []byte) error {
			var v session
			if err := decodeJSON(value, &v); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			visit(string(key[1:]), v)
			return nil
		})
	})
}
