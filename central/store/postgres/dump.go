package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"siteward/central"
	"siteward/central/store"
)

// Dump visits everything as it is at one moment.
func (s *Store) Dump(ctx context.Context, visit central.Visit) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// A backup of a large database takes longer than any page.
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		each := func(show func(pgx.Rows) error, sql string, args ...any) error {
			rows, err := tx.Query(ctx, sql, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := show(rows); err != nil {
					return err
				}
			}
			return rows.Err()
		}
		if err := each(func(rows pgx.Rows) error {
			r, err := scanRow(rows)
			if err != nil {
				return err
			}
			return visit(&r, nil, nil)
		}, "SELECT site, status FROM sites ORDER BY id"); err != nil {
			return err
		}
		if err := each(func(rows pgx.Rows) error {
			var site string
			e, err := scanEvent(firstColumn{rows, &site}, "")
			if err != nil {
				return err
			}
			e.Site = central.SiteID(site)
			return visit(nil, &e, nil)
		}, "SELECT site, n, seq, id, type, subject, at, received, data FROM events ORDER BY site, n"); err != nil {
			return err
		}
		return each(func(rows pgx.Rows) error {
			var family string
			r, err := scanRecord(firstColumn{rows, &family}, "")
			if err != nil {
				return err
			}
			r.Family = family
			return visit(nil, nil, &r)
		}, "SELECT family, key, version, expires, value FROM records WHERE expires IS NULL OR expires > $1 ORDER BY family, key", s.now())
	})
}

// firstColumn scans one more column before the others.
type firstColumn struct {
	pgx.Rows
	into *string
}

// Scan reads the columns of a row.
func (f firstColumn) Scan(into ...any) error { return f.Rows.Scan(append([]any{f.into}, into...)...) }

// Load fills an empty store, in one transaction.
func (s *Store) Load(ctx context.Context, fill func(central.Put) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var some bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM sites) OR EXISTS (SELECT 1 FROM records) OR EXISTS (SELECT 1 FROM events)").Scan(&some); err != nil {
			return err
		}
		if some {
			return central.ErrNotEmpty
		}
		return fill(func(rows []central.Row, events []central.Event, records []central.Record) error {
			return load(ctx, tx, rows, events, records)
		})
	})
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == uniqueViolation {
		return central.ErrNotEmpty // a central was started on it meanwhile
	}
	return err
}

func load(ctx context.Context, tx pgx.Tx, rows []central.Row, events []central.Event, records []central.Record) error {
	for i := range rows {
		if err := exec(ctx, tx, insertSite, &rows[i]); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	for _, e := range events {
		queueEvent(b, e)
	}
	for _, r := range records {
		if err := store.CheckRecord(&r); err != nil {
			return err
		}
		if r.Value == nil {
			r.Value = []byte{}
		}
		b.Queue("INSERT INTO records (family, key, version, expires, value) VALUES ($1,$2,$3,$4,$5)",
			r.Family, []byte(r.Key), int64(r.Version), moment(r.Expires), r.Value) //nolint:gosec // 63 bits
	}
	return tx.SendBatch(ctx, b).Close()
}
