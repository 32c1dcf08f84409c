package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"siteward/central"
	"siteward/central/store"
)

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Record finds a record.
func (s *Store) Record(ctx context.Context, family, key string) (central.Record, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	return s.find(ctx, s.pool, family, key)
}

func (s *Store) find(ctx context.Context, q querier, family, key string) (central.Record, error) {
	r, err := scanRecord(q.QueryRow(ctx, "SELECT key, version, expires, value FROM records WHERE family = $1 AND key = $2 AND (expires IS NULL OR expires > $3)",
		family, []byte(key), s.now()), family)
	if errors.Is(err, pgx.ErrNoRows) {
		return central.Record{}, central.NoRecord(family, key)
	}
	return r, err
}

func scanRecord(row pgx.Row, family string) (central.Record, error) {
	r := central.Record{Family: family}
	var key []byte
	var version int64
	var expires *time.Time
	err := row.Scan(&key, &version, &expires, &r.Value)
	r.Key, r.Version = string(key), uint64(version) //nolint:gosec // 63 bits
	if expires != nil {
		r.Expires = expires.UTC()
	}
	return r, err
}

// Records lists records.
func (s *Store) Records(ctx context.Context, q central.RecordRange) ([]central.Record, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	from, to := max(q.From, q.Prefix), q.To
	sql, args := "SELECT key, version, expires, value FROM records WHERE family = $1 AND (expires IS NULL OR expires > $2) AND key >= $3", []any{q.Family, s.now(), []byte(from)}
	if end := after(q.Prefix); end != "" && (to == "" || end < to) {
		to = end
	}
	if to != "" {
		args = append(args, []byte(to))
		sql += " AND key < $4"
	}
	order := "ASC"
	if q.Reverse {
		order = "DESC"
	}
	args = append(args, q.Most())
	rows, err := s.pool.Query(ctx, fmt.Sprintf("%s ORDER BY key %s LIMIT $%d", sql, order, len(args)), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (central.Record, error) { return scanRecord(row, q.Family) })
}

// after is the first key behind all that begin with a prefix, "" when there is none.
func after(prefix string) string {
	b := []byte(prefix)
	for len(b) > 0 && b[len(b)-1] == 0xff {
		b = b[:len(b)-1]
	}
	if len(b) == 0 {
		return ""
	}
	b[len(b)-1]++
	return string(b)
}

// Write changes all records or none.
func (s *Store) Write(ctx context.Context, changes ...central.Record) error {
	return s.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		if err := s.queueRecords(b, changes); err != nil {
			return err
		}
		return tx.SendBatch(ctx, b).Close()
	})
}

func (s *Store) queueRecords(b *pgx.Batch, changes []central.Record) error {
	for _, r := range changes {
		if err := store.CheckRecord(&r); err != nil {
			return err
		}
		one := func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() != 1 {
				return central.ErrChanged(r)
			}
			return nil
		}
		key, version, fresh := []byte(r.Key), int64(r.Version), int64(store.NewVersion()) //nolint:gosec // 63 bits
		if r.Value == nil {
			r.Value = []byte{}
		}
		switch {
		case r.Remove && r.Any:
			b.Queue("DELETE FROM records WHERE family = $1 AND key = $2", r.Family, key)
		case r.Remove:
			b.Queue("DELETE FROM records WHERE family = $1 AND key = $2 AND version = $3 AND (expires IS NULL OR expires > $4)", r.Family, key, version, s.now()).Exec(one)
		case r.Any:
			b.Queue(`INSERT INTO records (family, key, version, expires, value) VALUES ($1,$2,$3,$4,$5)
				ON CONFLICT (family, key) DO UPDATE SET version = excluded.version, expires = excluded.expires, value = excluded.value`,
				r.Family, key, fresh, moment(r.Expires), r.Value)
		case r.Version == 0:
			b.Queue(`INSERT INTO records (family, key, version, expires, value) VALUES ($1,$2,$3,$4,$5)
				ON CONFLICT (family, key) DO UPDATE SET version = excluded.version, expires = excluded.expires, value = excluded.value WHERE records.expires <= $6`,
				r.Family, key, fresh, moment(r.Expires), r.Value, s.now()).Exec(one)
		default:
			b.Queue("UPDATE records SET version = $4, expires = $5, value = $6 WHERE family = $1 AND key = $2 AND version = $3 AND (expires IS NULL OR expires > $7)",
				r.Family, key, version, fresh, moment(r.Expires), r.Value, s.now()).Exec(one)
		}
	}
	return nil
}
