package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

// maxRunTexts is how many bytes of pushes and mails are kept, as they lie on the disk; the oldest go first.
const maxRunTexts = 128 << 20

// RunTextSum is the name under which a text is kept.
func RunTextSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func keyRunTextAt(at time.Time, sum []byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte(nounRunTextAt), uint64(at.UnixNano())), sum...) //nolint:gosec // after 1970
}

// KeepRunText keeps what a push or a mail said; nil keeps nothing. The same text is kept once.
func (tx *Tx) KeepRunText(t *appliance.RunText) error {
	if t == nil {
		return nil
	}
	sum := sha256.Sum256(t.Text)
	key := append([]byte(nounRunText), sum[:]...)
	var old appliance.RunText
	if err := tx.getJSON(key, &old); err == nil || !isMissing(err) {
		return err
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer func() { _ = enc.Close() }()
	packed := *t
	packed.Text = enc.EncodeAll(t.Text, nil)
	if err := tx.setJSON(key, packed); err != nil {
		return err
	}
	return tx.setJSON(keyRunTextAt(t.At, sum[:]), len(packed.Text))
}

// RunText finds what a push or a mail said by its sum, or fails with CodeNotFound.
func (s *Store) RunText(sum string) (t appliance.RunText, err error) {
	b, err := hex.DecodeString(sum)
	if err != nil || len(b) != sha256.Size {
		return t, appliance.ErrNotFound
	}
	t, err = view(s, func(tx *Tx) (t appliance.RunText, err error) {
		return t, tx.getJSON(append([]byte(nounRunText), b...), &t)
	})
	if isMissing(err) {
		return t, appliance.ErrNotFound
	}
	if err != nil {
		return t, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(appliance.MaxRunText+1<<10))
	if err != nil {
		return t, err
	}
	defer dec.Close()
	t.Text, err = dec.DecodeAll(t.Text, nil)
	return t, err
}

// dropRunTexts removes the texts that are older than the journal is kept, and the oldest beyond what may be kept.
func (s *Store) dropRunTexts(ctx context.Context, now time.Time, _ *Retained) error {
	limit := uint64(now.AddDate(0, 0, -s.opt.EventDays).UnixNano()) //nolint:gosec // after 1970
	var keys [][]byte
	var sizes []int
	total := 0
	if _, err := view(s, func(tx *Tx) (struct{}, error) {
		return struct{}{}, tx.scan([]byte(nounRunTextAt), func(key, value []byte) error {
			n := 0
			if err := decodeJSON(value, &n); err != nil {
				tx.s.damaged(key, err)
			}
			keys, sizes, total = append(keys, append([]byte{}, key...)), append(sizes, n), total+n
			return ctx.Err()
		})
	}); err != nil {
		return err
	}
	for i, key := range keys {
		at, sum := key[len(nounRunTextAt):len(nounRunTextAt)+8], key[len(nounRunTextAt)+8:]
		if total <= maxRunTexts && binary.BigEndian.Uint64(at) >= limit {
			return nil
		}
		if _, err := s.commit(func(tx *Tx) error {
			return tx.deleteAll([][]byte{key, append([]byte(nounRunText), sum...)})
		}); err != nil {
			return err
		}
		total -= sizes[i]
	}
	return nil
}
