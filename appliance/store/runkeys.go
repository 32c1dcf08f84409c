package store

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	"siteward/appliance"
)

func keyRunPrint(r appliance.Run) []byte { return keyRunHash(runByPrint, r.Fingerprint()) }

func keyRunPlace(r appliance.Run) []byte { return keyRunHash(runByPlace, r.Place()) }

func keyRunStart(r appliance.Run) []byte {
	return keyRunHash(runByStart, string(keyRunsOf(r.Origin()))+string(r.Kind)+"\x00"+strconv.FormatInt(r.Started.UnixNano(), 10))
}

func keyRunHash(how byte, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return append([]byte(nounRunIndex+string(rune(how))), sum[:16]...)
}

// keyRunsOf is the prefix of the runs of one origin. Text is hashed so that no name can reach into another's range.
func keyRunsOf(o appliance.RunOrigin) []byte {
	sum := sha256.Sum256([]byte(o.Source.String() + " " + strconv.Quote(o.Product) + " " + strconv.Quote(o.Job)))
	return append([]byte(nounRunIndex+string(rune(runByOrigin))), sum[:8]...)
}

// runKeys are all keys under which a run is found.
func runKeys(r appliance.Run) [][]byte {
	tail := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, unixKey(r.At())), uint64(r.ID))
	keys := [][]byte{
		append(keyRunsOf(r.Origin()), tail...),
		append([]byte(nounRunIndex+string(rune(runByTime))), tail...),
	}
	if r.Open {
		keys = append(keys, keyRunPlace(r))
	} else {
		keys = append(keys, keyRunPrint(r))
	}
	if !r.Started.IsZero() {
		keys = append(keys, keyRunStart(r))
	}
	return keys
}

// unixKey is a time as keys hold it; what lies before 1970 comes from a clock that was not set and stands first.
func unixKey(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) } //nolint:gosec // G115: not negative
