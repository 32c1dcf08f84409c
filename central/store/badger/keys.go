package badger

import (
	"encoding/binary"

	"siteward/central"
)

// The key families. Ids of sites and names of families hold no zero byte, so that one cannot be the beginning of another.
const (
	famEvent   = 'E' // E <site> 0 <^n:8>              = Event, newest first
	famRecord  = 'R' // R <family> 0 <key>             = <version:8> <expires, unix ns:8> value
	famSite    = 'S' // S <site>                       = Site
	famStatus  = 'T' // T <site>                       = Status
	famSubject = 'U' // U <site> 0 <subject> 0 <^n:8>  = "", events by what they are about
	famType    = 'X' // X <site> 0 <type> 0 <^n:8>     = "", events by type
)

func keySite(family byte, id central.SiteID) []byte { return append([]byte{family}, id...) }

func prefixOf(family byte, parts ...string) []byte {
	k := []byte{family}
	for _, p := range parts {
		k = append(append(k, p...), 0)
	}
	return k
}

func keyN(prefix []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(prefix, ^n) }

// nOfKey reads the number at the end of an event's key.
func nOfKey(k []byte) uint64 { return ^binary.BigEndian.Uint64(k[len(k)-8:]) }

func keyEvent(site central.SiteID, n uint64) []byte { return keyN(prefixOf(famEvent, string(site)), n) }

func keyRecord(family, key string) []byte { return append(prefixOf(famRecord, family), key...) }
