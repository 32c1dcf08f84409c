package profile

import (
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// StatusFact is a state object of the vendor: a scalar (OID, Raw, Text, OK) or a column of a table (Column, Rows,
// Values, NotOK). A column with one row has both.
type StatusFact struct {
	Name   string         `json:"name"`
	OID    string         `json:"oid,omitempty"`
	Raw    string         `json:"raw,omitempty"`
	Text   string         `json:"text,omitempty"`
	OK     *bool          `json:"ok,omitempty"` // left out = a word without judgement
	Column string         `json:"column,omitempty"`
	Rows   int            `json:"rows,omitempty"`
	Values map[string]int `json:"values,omitempty"` // word -> rows that say it
	NotOK  *[]StatusFact  `json:"not_ok,omitempty"`
}

// enterprises is where vendors have their own objects.
const enterprises mib.OID = "1.3.6.1.4.1"

func (f *facts) vendor() {
	columns := map[mib.OID]int{}
	for _, s := range f.p.statuses {
		if !s.column.Under(enterprises) || !f.p.status(s) {
			continue
		}
		one := f.statusFact(s)
		if s.scalar {
			f.out.VendorStatus = append(f.out.VendorStatus, one)
			continue
		}
		at, ok := columns[s.column]
		if !ok {
			at = len(f.out.VendorStatus)
			columns[s.column] = at
			f.out.VendorStatus = append(f.out.VendorStatus, StatusFact{Name: one.Name, Column: string(s.column), Values: map[string]int{}, NotOK: &[]StatusFact{}})
		}
		col := &f.out.VendorStatus[at]
		col.Rows++
		col.Values[one.Text]++
		if one.OK != nil && !*one.OK {
			*col.NotOK = append(*col.NotOK, one)
		}
		if col.OID, col.Raw, col.Text, col.OK = "", "", "", nil; col.Rows == 1 {
			col.OID, col.Raw, col.Text, col.OK = one.OID, one.Raw, one.Text, one.OK
		}
	}
	for _, n := range f.numbers {
		if n.known && n.unit == "%" && n.row.label == "" && mib.OID(n.made.Source).Under(enterprises) && len(n.expr.ops) == 1 {
			name := f.vendorName(f.p.slots[n.slots[0]].spec.name)
			f.out.VendorStatus = append(f.out.VendorStatus, StatusFact{Name: name, OID: n.made.Source, Raw: strconv.FormatFloat(n.value, 'g', -1, 64)})
		}
	}
}

func (f *facts) statusFact(s *statusRead) StatusFact {
	one := StatusFact{Name: f.vendorName(s.object), OID: s.made.Source, Raw: s.made.Raw, Text: s.made.Word}
	switch s.made.Severity {
	case appliance.SeverityOK:
		one.OK = truth(true)
	case appliance.SeverityWarning, appliance.SeverityCritical:
		one.OK = truth(false)
	}
	return one
}

// vendorName is how an object is called among those of all vendors.
func (f *facts) vendorName(object string) string {
	vendor, _, _ := strings.Cut(strings.ToLower(f.out.Vendor), " ")
	return strings.TrimSpace(vendor + " " + object)
}

func truth(b bool) *bool { return &b }
