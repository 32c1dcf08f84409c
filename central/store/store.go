// Package store holds what both stores of central share: what entering a site means for its status, which records go with a site,
// and the form of a backup, which either store reads.
package store

import (
	"math/rand/v2"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// OfSite are the families of records that belong to a site: their key is its id, or begins with it and a slash.
var OfSite = []string{central.Reports.Family, central.DayReports.Family, central.Current.Family, central.Logbooks.Family,
	central.LogbookLines.Family}

// Entered puts what people have entered about a site into its row: when it is new, changed or paused, the wait for it begins anew.
func Entered(r *central.Row, s central.Site, now time.Time) {
	fresh, paused := r.Site.Version == 0, r.Site.Paused
	patience := r.Site.Patience()
	r.Site = s
	st := &r.Status
	switch {
	case s.Paused != "":
		st.Due = time.Time{}
		if st.Silent != central.Never && st.Seen.IsZero() {
			st.Silent, st.Since = central.Never, now
		}
	case fresh:
		st.Silent, st.Since, st.Facts.State = central.Never, now, appliance.StateNoData
	case paused != "" && !st.Seen.IsZero():
		st.Due = now.Add(s.Patience())
	case !st.Due.IsZero() && patience != s.Patience():
		st.Due = st.Due.Add(s.Patience() - patience)
	}
}

// NewVersion gives a version that no record ever had: numbers that count up would come again after a record was removed.
func NewVersion() uint64 { return rand.Uint64()>>1 | 1 } //nolint:gosec // it is compared, not kept secret

// NameTaken is what PutSite fails with when another site has the name.
func NameTaken(name string) error {
	return &appliance.Error{Code: appliance.CodeConflict, Field: "name", Message: appliance.Message{Key: "error.name_taken",
		Args: map[string]any{"Noun": "site", "Name": name}, English: "another site is called \"" + name + "\" already; choose another name"}}
}

// Bounds of a record.
const (
	maxKey   = 300
	maxValue = 2 << 20
)

// CheckRecord refuses what a store could not keep or find again.
func CheckRecord(r *central.Record) error {
	if r.Family == "" || r.Key == "" || len(r.Family)+len(r.Key) > maxKey || strings.ContainsRune(r.Family, 0) || strings.ContainsRune(r.Key, 0) {
		return appliance.Errorf(appliance.CodeInvalid, "%.40q is no key of a record", r.Key)
	}
	if len(r.Value) > maxValue {
		return appliance.Errorf(appliance.CodeTooLarge, "a record of %d bytes is too large", len(r.Value))
	}
	return nil
}
