package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

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

// Load writes what a backup holds.
func (s *Store) Load(ctx context.Context, rows []central.Row, events []central.Event, records []central.Record) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
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
			b.Queue(`INSERT INTO records (family, key, version, expires, value) VALUES ($1,$2,$3,$4,$5)
				ON CONFLICT (family, key) DO UPDATE SET version = excluded.version, expires = excluded.expires, value = excluded.value`,
				r.Family, []byte(r.Key), int64(r.Version), moment(r.Expires), r.Value) //nolint:gosec // 63 bits
		}
		return tx.SendBatch(ctx, b).Close()
	})
}
