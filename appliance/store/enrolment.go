package store

import "siteward/appliance"

// enrolmentRecord is how enrolments are kept.
var enrolmentRecord = record[appliance.Enrolment]{
	family: nounEnrolment, word: "enrolment",
	id:      func(v *appliance.Enrolment) *appliance.ID { return &v.ID },
	version: func(v *appliance.Enrolment) *uint64 { return &v.Version },
}

// Enrolments lists all enrolments by number.
func (s *Store) Enrolments() ([]appliance.Enrolment, error) { return view(s, enrolmentRecord.list) }

// Enrolments lists all enrolments by number.
func (tx *Tx) Enrolments() ([]appliance.Enrolment, error) { return enrolmentRecord.list(tx) }

// PutEnrolment stores an enrolment, as PutDevice does a device. From then on what changes is noted for who is told.
func (tx *Tx) PutEnrolment(v *appliance.Enrolment) error {
	if v.State == appliance.EnrolmentActive {
		tx.reportFromNow()
	}
	return enrolmentRecord.put(tx, v)
}

// reportFromNow notes what changes after this step: whoever puts it together wakes up later, and nothing in between is missed.
func (tx *Tx) reportFromNow() {
	tx.after = append(tx.after, func() { tx.s.Reporting(true) }, tx.s.rouseUplink)
}
