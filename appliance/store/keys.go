package store

import (
	"encoding/binary"

	"siteward/appliance"
)

// The key families, one line each. Numbers are big-endian and of fixed width, so that byte order is their order and
// a prefix finds only its own; free text always comes last. The order of the families matters too: Badger rewrites
// the tables of the last level that lie between the least and the greatest key of a new table. Samples come first
// and begin with their time, so old ones lie before every new key; events come last with their number counted
// down, so old ones lie behind. Only the little in between is ever written again.
const (
	famSamples    = 'A' // A <window start, unix seconds:4> <chunkKind:1> <series:4>  = chunk (package series)
	famCheckOf    = 'B' // B <device:8> <check:8>                                     = "", checks by device
	famCredential = 'C' // C <credential:8>                                           = Credential
	famDevice     = 'D' // D <device:8>                                               = Device
	famSite       = 'G' // G                                                          = Site
	famIdentity   = 'I' // I <device:8>                                               = Identity
	famJob        = 'J' // J <name>                                                   = JobRun
	famCheck      = 'K' // K <check:8>                                                = Check
	famLog        = 'L' // L <lane:1> <n:4>                                           = record of samples not yet in a chunk
	famMeta       = 'M' // M <name>                                                   = bytes; "schema", "lanes", "clock", "stream/..." are the store's own
	famName       = 'N' // N <family> <scope:8> <lower-case name>                     = <id:8>, keeps names unique
	famSnapshot   = 'P' // P <check:8>                                                = Reading, the last one kept
	famCounter    = 'Q' // Q <family>                                                 = <last id given:8>
	famSeries     = 'R' // R <series:4>                                               = SeriesInfo
	famStaged     = 'S' // S <n:4>                                                    = part of a change too big for one Badger transaction
	famState      = 'T' // T <check:8> <item>                                         = StateRecord
	famUser       = 'U' // U <user:8>                                                 = User
	famSession    = 'V' // V <token>                                                  = session
	famToken      = 'W' // W <token:8>                                                = Token
	famEventOf    = 'X' // X <device:8> <^seq:8>                                      = "", events by device, newest first
	famMore       = 'Y' // Y <noun:1> ...                                             = a noun of the table below
	famEvent      = 'Z' // Z <^seq:8>                                                 = Event, newest first
)

// The kinds of chunks that share the family of samples.
const (
	chunkDay    = 'd' // one UTC day of one series
	chunkHourly = 'h' // one UTC month of one series as hourly mean, least and greatest
	chunkWindow = 'w' // two hours of one series, until the day is over
)

// The nouns of famMore: letters are few, so each has two bytes or three, and none is the beginning of another. Their keys lie before the events, for the reason above.
// A noun that comes is one line here and one in describe.go.
const (
	nounOutage     = "Yo"       // Yo <device:8> <start, unix ns:8> <name of the UPS in its log> = UPSOutage
	nounUPSEvent   = "Yu"       // Yu <device:8> <unix ns:8> <event:8>                           = UPSEvent, by time
	nounSource     = "Ys"       // Ys <source:8>           = Source
	nounCursor     = "Yc"       // Yc <source:8> [<file:4>] = SourceStatus, and how far each of its files was read: SourceFile
	nounSpool      = "Yw"       // Yw <source:8> <n:8>     = Spooled, what came by itself and is not read yet
	nounRound      = "Yd"       // Yd <round:8> = Round
	nounSpot       = "Yq"       // Yq <spot check:8> = SpotCheck
	nounLogHash    = "Yh"       // Yh <index:8>  = hash:32, of the logbook's tree, in the order of tlog.StoredHashIndex
	nounCheckpoint = "Yk"       // Yk            = signed note of the logbook's end
	nounLogKeys    = "Yk" + "k" // Ykk     = []LogbookKey, the public keys that sign the logbook
	nounLogEntry   = "Yl"       // Yl <seq:8>    = <length:4> record, signature of the checkpoint after it
	nounRun        = "Yr"       // Yr <run:8>       = Run of a backup job
	nounRunIndex   = "Yx"       // Yx <how:1> ...   = where runs are found, see run.go
	nounRunText    = "Ybx"      // Ybx <SHA-256:32>             = RunText, a push or a mail as it came
	nounRunTextAt  = "Yby"      // Yby <unixnano:8> <SHA-256:32> = its size
	nounJob        = "Yj"       // Yj <job:8>       = BackupJob
	nounInventory  = "Yi"       // Yi <device:8> = Inventory
	nounFormat     = "Yf"       // Yf <format:8>    = LogFormat of the site's own
	nounMarks      = "Ya"       // Ya <device:8> = Marks, by what a device is recognised
	nounTables     = "Yn"       // Yn <device:8> = NeighbourTables
	nounWindow     = "Yvw"      // Yvw <window:8> = Window
	nounWindowRun  = "Yvr"      // Yvr <window:8> <^begin, unix seconds:8> = WindowRun, newest first
	nounStatusLink = "Yvs"      // Yvs <link:8> = StatusLink
	nounProposal   = "Yp"       // Yp <proposal:8> = Proposal

	nounTrap       = "Yt" // Yt <^seq:8>                   = Trap, newest first
	nounTrapEngine = "Yg" // Yg <engine id in hexadecimal> = TrapEngine: boots and time of a sender of SNMPv3 traps

	nounTicket       = "Ybt" // Ybt <ticket:8>          = Ticket
	nounTicketPost   = "Ybp" // Ybp <ticket:8> <post:8> = TicketPost
	nounTicketFile   = "Ybf" // Ybf <file:8>            = TicketFile
	nounTicketData   = "Yba" // Yba <file:8> <n:4>      = bytes of the file, fileBlock each
	nounContract     = "Ybk" // Ybk                     = Contract
	nounIncident     = "Yei" // Yei <incident:8> = Incident
	nounIncidentOpen = "Yeo" // Yeo <incident:8> = "", those that are open

	nounContact   = "Ymc" // Ymc <contact:8>             = Contact
	nounRoute     = "Ymr" // Ymr <route:8>               = Route
	nounRelay     = "Yms" // Yms                         = MailRelay
	nounNotice    = "Yzn" // Yzn <notice:8>              = Notice
	nounNoticeOf  = "Yzi" // Yzi <incident:8> <notice:8> = "", notices by incident
	nounDelivery  = "Yzw" // Yzw <notice:8> <n:1>        = Delivery that is still to be told
	nounEnrolment = "Yze" // Yze <enrolment:8>           = Enrolment
	nounOffer     = "Yzo" // Yzo <offer:8>               = Offer of the provider
	nounPolicy    = "Yzp" // Yzp                         = OfferPolicy
	nounUplink    = "Yzu" // Yzu <enrolment:8>           = UplinkState
	nounOutbox    = "Yzl" // Yzl <enrolment:8> <n:8>     = event that is told the provider, as it is sent
	nounSent      = "Yzs" // Yzs <delivery:8>            = Sent, the exact bytes of a delivery
	nounSentLine  = "Yzt" // Yzt <delivery:8>            = Sent of measured values: a delivery without its bytes, or a line of an hour
	nounSentBody  = "Yzx" // Yzx <delivery:8>            = the exact bytes of it, for a day at most
	nounTouched   = "Yzq" // Yzq <key of a record>       = "", it has changed and is to be told the provider

	nounUplinkPolicy = "Yzv" // Yzv                      = UplinkPolicy
	nounConsumer     = "Yzr" // Yzr <consumer:8>         = Consumer

	nounDelivered = "Yzd" // Yzd <notice:8> <n:1>        = Delivery that was told, or never will be
)

// keyNoun is the key of a numbered record of any family, of one byte or two.
func keyNoun(family string, id appliance.ID) []byte {
	return binary.BigEndian.AppendUint64([]byte(family), uint64(id))
}

func keyID(family byte, id appliance.ID) []byte {
	return binary.BigEndian.AppendUint64([]byte{family}, uint64(id))
}

func keyCheckOf(device, check appliance.ID) []byte {
	return binary.BigEndian.AppendUint64(keyID(famCheckOf, device), uint64(check))
}

func keyText(family byte, text string) []byte { return append([]byte{family}, text...) }

func keyState(k appliance.StateKey) []byte { return append(keyID(famState, k.Check), k.Item...) }

func keyName(family string, scope appliance.ID, name string) []byte {
	k := binary.BigEndian.AppendUint64(append([]byte{famName}, family...), uint64(scope))
	return append(k, name...)
}

func keyCounter(family string) []byte { return append([]byte{famCounter}, family...) }

func keySeries(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{famSeries}, id) }

func keyStaged(n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{famStaged}, n) }

func keyEvent(seq uint64) []byte { return binary.BigEndian.AppendUint64([]byte{famEvent}, ^seq) }

func keyEventOf(device appliance.ID, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(keyID(famEventOf, device), ^seq)
}

// seqOfKey reads the number at the end of an event's key.
func seqOfKey(k []byte) uint64 { return ^binary.BigEndian.Uint64(k[len(k)-8:]) }

func keyLog(lane byte, n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{famLog, lane}, n)
}

func keyChunk(start int64, kind byte, series uint32) []byte {
	k := binary.BigEndian.AppendUint32(make([]byte, 0, 10), uint32(start))
	k = append([]byte{famSamples}, k...)
	k = append(k, kind)
	return binary.BigEndian.AppendUint32(k, series)
}

// parseChunkKey takes a key of famSamples apart; ok is false when its length is wrong.
func parseChunkKey(k []byte) (start int64, kind byte, series uint32, ok bool) {
	if len(k) != 10 || k[0] != famSamples {
		return 0, 0, 0, false
	}
	return int64(binary.BigEndian.Uint32(k[1:])), k[5], binary.BigEndian.Uint32(k[6:]), true
}

func idOfKey(k []byte) appliance.ID { return appliance.ID(binary.BigEndian.Uint64(k[1:])) }
