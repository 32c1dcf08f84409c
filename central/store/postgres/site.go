package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

func scanRow(row pgx.Row) (r central.Row, err error) {
	var site, status []byte
	if err := row.Scan(&site, &status); err != nil {
		return r, err
	}
	return r, errors.Join(json.Unmarshal(site, &r.Site), json.Unmarshal(status, &r.Status))
}

// Site finds one site.
func (s *Store) Site(ctx context.Context, id central.SiteID) (central.Row, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	r, err := scanRow(s.pool.QueryRow(ctx, "SELECT site, status FROM sites WHERE id = $1", string(id)))
	if errors.Is(err, pgx.ErrNoRows) {
		return r, central.NoRecord("site", string(id))
	}
	return r, err
}

// PutSite adds or changes a site.
func (s *Store) PutSite(ctx context.Context, site *central.Site) error {
	v := *site
	err := s.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		row, err := scanRow(tx.QueryRow(ctx, "SELECT site, status FROM sites WHERE id = $1 FOR UPDATE", string(v.ID)))
		found := !errors.Is(err, pgx.ErrNoRows)
		if err != nil && found {
			return err
		}
		if found != (site.Version > 0) || found && row.Site.Version != site.Version {
			return central.ErrChanged(central.Record{Family: "site"})
		}
		v.Version = site.Version + 1
		store.Entered(&row, v, s.now())
		if found {
			return exec(ctx, tx, `UPDATE sites SET name=$2, lower_name=$3, grp=$4, ring=$5, version=$6, site=$7, status=$8, rank=$9, state=$10, silent=$11, due=$12 WHERE id=$1`, &row)
		}
		return exec(ctx, tx, insertSite, &row)
	})
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == uniqueViolation {
		return store.NameTaken(v.Name)
	}
	if err == nil {
		*site = v
	}
	return err
}

const insertSite = `INSERT INTO sites (id, name, lower_name, grp, ring, version, site, status, rank, state, silent, due) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`

// exec writes all columns of a row.
func exec(ctx context.Context, tx pgx.Tx, sql string, r *central.Row) error {
	site, err := json.Marshal(r.Site)
	if err != nil {
		return err
	}
	status, err := json.Marshal(r.Status)
	if err != nil {
		return err
	}
	name := text(r.Site.Name)
	_, err = tx.Exec(ctx, sql, string(r.Site.ID), name, strings.ToLower(name), int64(r.Site.Group), text(r.Site.Ring), int64(r.Site.Version),
		site, status, r.Status.Rank(), int64(r.Status.Facts.State), string(r.Status.Silent), moment(r.Status.Due))
	return err
}

// text makes a name one that the database takes.
func text(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "") }

// moment is a time of the database, none for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// DeleteSite removes a site with everything it told.
func (s *Store) DeleteSite(ctx context.Context, id central.SiteID) error {
	return s.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "DELETE FROM sites WHERE id = $1", string(id))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return central.NoRecord("site", string(id))
		}
		if _, err := tx.Exec(ctx, "DELETE FROM events WHERE site = $1", string(id)); err != nil {
			return err
		}
		for _, family := range store.OfSite {
			if _, err := tx.Exec(ctx, "DELETE FROM records WHERE family = $1 AND (key = $2 OR key >= $3 AND key < $4)",
				family, []byte(id), []byte(id+"/"), []byte(id+"0")); err != nil { // 0 is what follows / in the order of bytes
				return err
			}
		}
		return nil
	})
}

// where is the condition of a filter.
func where(f *central.FleetFilter) (string, []any) {
	sql, args := "WHERE true", []any(nil)
	add := func(condition string, v any) {
		args = append(args, v)
		sql += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Groups != nil {
		groups := make([]int64, len(f.Groups))
		for i, g := range f.Groups {
			groups[i] = int64(g)
		}
		add("grp = ANY($%d)", groups)
	}
	if len(f.Silent) > 0 {
		silent := make([]string, len(f.Silent))
		for i, v := range f.Silent {
			silent[i] = string(v)
		}
		add("silent = ANY($%d)", silent)
	}
	if len(f.States) > 0 {
		states := make([]int64, len(f.States))
		for i, v := range f.States {
			states[i] = int64(v)
		}
		add("state = ANY($%d)", states)
	}
	if f.Ring != "" {
		add("ring = $%d", f.Ring)
	}
	if f.Text != "" {
		add("position($%d in lower_name) > 0", strings.ToLower(text(f.Text)))
	}
	return sql, args
}

// Fleet lists sites, the worst first.
func (s *Store) Fleet(ctx context.Context, f central.FleetFilter) (central.Fleet, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	out := central.Fleet{States: map[appliance.State]int{}, Silent: map[central.Silence]int{}}
	condition, args := where(&f)
	n := len(args)
	rows, err := s.pool.Query(ctx, fmt.Sprintf("SELECT site, status FROM sites %s ORDER BY rank DESC, lower_name, id LIMIT $%d OFFSET $%d", condition, n+1, n+2),
		append(args, f.Most(), f.Offset)...)
	if err != nil {
		return out, err
	}
	if out.Rows, err = collect(rows); err != nil || !f.Total {
		return out, err
	}
	counts, err := s.pool.Query(ctx, "SELECT state, silent, count(*) FROM sites "+condition+" GROUP BY state, silent", args...)
	if err != nil {
		return out, err
	}
	var state int64
	var silent string
	var sites int
	_, err = pgx.ForEachRow(counts, []any{&state, &silent, &sites}, func() error {
		out.Total += sites
		out.States[appliance.State(state)] += sites //nolint:gosec // one of a handful
		out.Silent[central.Silence(silent)] += sites
		return nil
	})
	return out, err
}

func collect(rows pgx.Rows) ([]central.Row, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (central.Row, error) { return scanRow(row) })
}

// Due lists sites that are silent and are not known to be.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]central.Row, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	rows, err := s.pool.Query(ctx, "SELECT site, status FROM sites WHERE due <= $1 ORDER BY due, id LIMIT $2", now, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows)
}
