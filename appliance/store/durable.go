package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/s2"
)

// syncer lets many changes share one sync of the disk. Changes are numbered; a change is durable when a sync
// began after it was written.
type syncer struct {
	mu      sync.Mutex
	done    *sync.Cond
	written uint64
	synced  uint64
	running bool
	err     error // of the first sync that failed; nothing is acknowledged after it
}

func (y *syncer) wrote() uint64 {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.written++
	return y.written
}

func (y *syncer) dirty() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.written != y.synced
}

// durable returns once change n is on the disk. This is the one place that decides so: changes by people, the
// journal and the nouns wait for it, samples are synced by the keeper every syncEvery.
//
// After a failed sync the kernel may have dropped the pages it could not write, so that a second sync would
// succeed without them. Therefore the store acknowledges nothing more and asks to be restarted (Healthy).
func (s *Store) durable(n uint64) error {
	y := &s.sync
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.done == nil {
		y.done = sync.NewCond(&y.mu)
	}
	for y.synced < n && y.err == nil {
		if y.running {
			y.done.Wait()
			continue
		}
		target := y.written
		y.running = true
		y.mu.Unlock()
		err := s.syncDisk()
		y.mu.Lock()
		y.running = false
		switch {
		case errors.Is(err, errClosed):
			y.done.Broadcast()
			return err
		case err != nil:
			y.err = err
			s.failed(err)
		default:
			y.synced = target
		}
		y.done.Broadcast()
	}
	if y.err != nil {
		return s.modeError()
	}
	return nil
}

// Sync returns once everything written before is on the disk, samples included.
func (s *Store) Sync() error {
	s.sync.mu.Lock()
	n := s.sync.written
	s.sync.mu.Unlock()
	return s.durable(n)
}

// syncDisk syncs Badger's logs: the one in use, and those that are full and still being turned into tables, which
// Badger itself would not sync.
func (s *Store) syncDisk() error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	version, seq := s.version()
	if err := s.opt.sync(s.db); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	if err := s.syncFullLogs(); err != nil { // after the one in use: it may have become full in between
		return err
	}
	s.writeMark(mark{version: version, seq: seq})
	return nil
}

// apply writes a change: in one Badger transaction when it fits, else in parts.
func (s *Store) apply(writes map[string][]byte) error {
	keys := make([]string, 0, len(writes))
	for k := range writes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	s.room(keys, writes)
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	err := fill(txn, keys, writes)
	if err == nil {
		return txn.Commit()
	}
	if errors.Is(err, badger.ErrTxnTooBig) {
		return s.applyStaged(keys, writes)
	}
	return err
}

func fill(txn *badger.Txn, keys []string, writes map[string][]byte) error {
	for _, k := range keys {
		var err error
		if v := writes[k]; v == nil {
			err = txn.Delete([]byte(k))
		} else {
			err = txn.Set([]byte(k), v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A change too big for one Badger transaction is first written as staged parts that nobody reads, then a part with
// number 0 says that it is complete. From there on it happens in any case: after a kill, Open finishes it.
const partSize = 256 << 10

func (s *Store) applyStaged(keys []string, writes map[string][]byte) error {
	var parts uint32
	var part []byte
	flush := func() error {
		parts++
		txn := s.db.NewTransaction(true)
		defer txn.Discard()
		if err := txn.Set(keyStaged(parts), encodeBytes(packPart(part))); err != nil {
			return err
		}
		part = part[:0]
		return txn.Commit()
	}
	for _, k := range keys {
		part = appendWrite(part, k, writes[k])
		if len(part) >= partSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if err := s.syncDisk(); err != nil { // all parts before the word that they are complete
		return err
	}
	count := encodeBytes(binary.BigEndian.AppendUint32(nil, parts))
	if err := s.db.Update(func(txn *badger.Txn) error { return txn.Set(keyStaged(0), count) }); err != nil {
		return err
	}
	return s.finishStaged(context.Background())
}

func appendWrite(b []byte, key string, value []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	if value == nil {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(value))+1)
	return append(b, value...)
}

// readWrite takes one write off b.
func readWrite(b []byte) (key string, value, rest []byte, err error) {
	field := func(n uint64) []byte {
		f := b[:n]
		b = b[n:]
		return f
	}
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return "", nil, nil, errDamaged
	}
	b = b[w:]
	key = string(field(n))
	n, w = binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w)+1 {
		return "", nil, nil, errDamaged
	}
	b = b[w:]
	if n > 0 {
		value = append([]byte{}, field(n-1)...)
	}
	return key, value, b, nil
}

// finishStaged makes a complete staged change visible and removes the parts of an incomplete one.
func (s *Store) finishStaged(context.Context) error {
	if s.opt.ReadOnly {
		return nil
	}
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	tx := &Tx{s: s, txn: txn}
	staged, err := tx.keys([]byte{famStaged})
	if err != nil || len(staged) == 0 {
		return err
	}
	s.applying.Lock()
	defer s.applying.Unlock()
	batch := s.db.NewWriteBatch()
	defer batch.Cancel()
	if string(staged[0]) == string(keyStaged(0)) {
		for _, key := range staged[1:] {
			if err := tx.get(key, func(v []byte) error { return replay(batch, v) }); err != nil {
				return fmt.Errorf("finish a change that was interrupted: %w", err)
			}
		}
	}
	if err := batch.Flush(); err != nil {
		return err
	}
	if err := s.syncDisk(); err != nil {
		return err
	}
	return s.dropStaged(staged)
}

// dropStaged removes the parts, the word that they are complete last: until then all of it can be done again.
func (s *Store) dropStaged(staged [][]byte) error {
	for i := len(staged) - 1; i >= 0; i-- {
		if err := s.db.Update(func(txn *badger.Txn) error { return txn.Delete(staged[i]) }); err != nil {
			return err
		}
	}
	return nil
}

func replay(batch *badger.WriteBatch, value []byte) error {
	packed, err := decodeBytes(value)
	if err != nil {
		return err
	}
	if n, err := s2.DecodedLen(packed); err != nil || n > maxDecoded {
		return errDamaged
	}
	b, err := s2.Decode(nil, packed)
	if err != nil {
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	for len(b) > 0 {
		key, value, rest, err := readWrite(b)
		if err != nil {
			return err
		}
		b = rest
		if value == nil {
			err = batch.Delete([]byte(key))
		} else {
			err = batch.Set([]byte(key), value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func packPart(part []byte) []byte { return s2.Encode(nil, part) }
