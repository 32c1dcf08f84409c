package store

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"
)

// familyNames are what a key family is called in messages about damage.
var familyNames = map[byte]string{
	famSamples: "samples", famCheckOf: "check of device", famCredential: "credential", famDevice: "device", famSite: "site",
	famIdentity: "identity of device", famJob: "job", famCheck: "check", famLog: "log of samples", famMeta: "meta",
	famName: "name", famSnapshot: "last reading of check", famCounter: "counter", famSeries: "series", famStaged: "staged change",
	famState: "state of check", famUser: "user", famSession: "session", famToken: "token", famEventOf: "event of device", famEvent: "event",
}

// nounNames are what the nouns of famMore are called, by their second byte.
var nounNames = map[byte]string{
	nounOutage[1]:   "outage of UPS",
	nounUPSEvent[1]: "event of UPS",
	's':             "source of logs", 'c': "reading of source", 'w': "waiting log of source",
	'r': "run", 'x': "index of runs", 'j': "backup job", nounFormat[1]: "log format",
	nounSpot[1]: "spot check",
	'd':         "daily round", 'h': "hash of the logbook", 'k': "checkpoint of the logbook", 'l': "logbook entry",
	nounTicket[1]:   "ticket, contract or text of a run",
	nounIncident[1]: "incident", nounContact[1]: "contact or route", nounNotice[1]: "notice or delivery",
	nounTrap[1]: "trap", nounTrapEngine[1]: "SNMPv3 engine",
	nounWindow[1]:    "maintenance window or status link",
	nounInventory[1]: "inventory of device", nounMarks[1]: "marks of device", nounTables[1]: "neighbours of device", nounProposal[1]: "proposal",
}

// knownFamily says whether a key begins with one of our families.
func knownFamily(k []byte) bool {
	if k[0] == famMore {
		return len(k) > 1 && nounNames[k[1]] != ""
	}
	return familyNames[k[0]] != ""
}

// describeKey names a record for people: "device 7", "samples of series 12 from 2026-11-23 14:00".
func describeKey(k []byte) string {
	if len(k) == 0 {
		return "record without a key"
	}
	name, known := familyNames[k[0]]
	rest := k[1:]
	if k[0] == famMore && len(k) > 1 {
		name, known = nounNames[k[1]]
		rest = k[2:]
	}
	switch {
	case known && len(rest) == 0:
		return name
	case !known:
		return fmt.Sprintf("unknown record %x", k)
	case k[0] == famSamples:
		if start, _, series, ok := parseChunkKey(k); ok {
			return fmt.Sprintf("samples of series %d from %s", series, time.Unix(start, 0).UTC().Format("2006-01-02 15:04"))
		}
	case k[0] == famEvent && len(rest) == 8:
		return "event " + strconv.FormatUint(seqOfKey(k), 10)
	case k[0] == famSession:
		return name // the token is a secret
	case k[0] == famState && len(rest) > 8:
		return fmt.Sprintf("%s %d, item %q", name, binary.BigEndian.Uint64(rest), rest[8:])
	case k[0] == famMeta || k[0] == famJob:
		return fmt.Sprintf("%s %q", name, rest)
	case len(rest) == 8:
		return fmt.Sprintf("%s %d", name, binary.BigEndian.Uint64(rest))
	case len(rest) == 4:
		return fmt.Sprintf("%s %d", name, binary.BigEndian.Uint32(rest))
	}
	return fmt.Sprintf("%s %x", name, rest)
}
