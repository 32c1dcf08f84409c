package store

import "siteward/appliance"

var formatRecord = record[appliance.LogFormat]{
	family: nounFormat, word: "log format",
	id:      func(v *appliance.LogFormat) *appliance.ID { return &v.ID },
	version: func(v *appliance.LogFormat) *uint64 { return &v.Version },
	name:    func(v *appliance.LogFormat) string { return v.Name },
}

// PutLogFormat stores a format, as PutDevice does a device.
func (tx *Tx) PutLogFormat(v *appliance.LogFormat) error { return formatRecord.put(tx, v) }

// LogFormat finds one format of the site's own, or fails with CodeNotFound.
func (tx *Tx) LogFormat(id appliance.ID) (appliance.LogFormat, error) {
	return formatRecord.get(tx, id)
}

// DeleteLogFormat removes a format.
func (tx *Tx) DeleteLogFormat(id appliance.ID) error { return formatRecord.remove(tx, id) }

// LogFormats lists the site's own formats by number.
func (s *Store) LogFormats() ([]appliance.LogFormat, error) {
	return view(s, func(tx *Tx) ([]appliance.LogFormat, error) { return formatRecord.list(tx) })
}
