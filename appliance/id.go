package appliance

import "strconv"

// ID names a record for good: given by the store, counted up from 1, never used again. 0 is "not stored yet" or "none".
type ID uint64

// String is the decimal form, as it stands in URLs and site files.
func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// ParseID reads the decimal form. It fails with CodeInvalid for anything that is not a positive number.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 {
		return 0, Errorf(CodeInvalid, "%q is not a record number", s)
	}
	return ID(n), nil
}
