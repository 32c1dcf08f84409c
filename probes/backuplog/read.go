package backuplog

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"siteward/appliance"
)

// Options of Read. Formats is needed; the zero value of everything else is fine.
type Options struct {
	Formats  *Set           // what can be recognised: Load(embed.Formats)
	Product  string         // what the source is known to be; "" = recognised from the text
	Name     string         // of the source, for people and for the evidence: a path, the subject of a mail
	Location *time.Location // zone of times that name none; nil = UTC
	Now      time.Time      // gives missing years and tells what is young; zero = the newest year that fits is unknown, 1 is written
	Grown    time.Time      // when something was last written to the source; zero = unknown
	Offset   int64          // where the reader stands in its source: a Resume of an earlier reading
	Final    bool           // nothing will be appended (a mail, a push, a rotated file): the last run is settled too
	Limit    int64          // bytes that are read at most, after decompression; 0 = 8 GiB
}

// Result is what a log tells.
type Result struct {
	Product  string               // of the runs or events, "" when nothing was recognised
	Encoding string               // "", "utf-16le", "windows-1252", "ibm850", and "gzip" and the like before a comma
	Runs     []appliance.Run      // in the order of time; at most the last one of a job is Open
	Events   []appliance.UPSEvent // in the order of the log
	State    *UPSState            // of the output of upsc and apcaccess

	// Resume is where the next reading of a grown source must start, in bytes of the source as it lies there (of a compressed
	// one: as it unpacks). It is the start of the first run that may still change, else the end of the last whole line.
	Resume int64
	// More says that Limit or a bound on the number of runs ended this reading; go on at Resume.
	More bool
}

// UPSState is what upsc and apcaccess print: the UPS at one moment.
type UPSState struct {
	UPS      string                 `json:"ups,omitempty"`
	At       time.Time              `json:"time,omitzero"`
	Status   string                 `json:"ups_status"` // verbatim: "OB DISCHRG"
	Kind     appliance.UPSEventKind `json:"kind"`       // the worst of the flags
	Charge   *float64               `json:"battery_charge_percent"`
	Runtime  *float64               `json:"runtime_minutes"`
	Load     *float64               `json:"load_percent"`
	Voltage  *float64               `json:"input_voltage"`
	Vendor   string                 `json:"manufacturer,omitempty"`
	Model    string                 `json:"model,omitempty"`
	TestSaid string                 `json:"test_result,omitempty"`
}

// Read reads a log to its end. The log is hostile: lines, depth, parts and what unpacks from it have bounds; what is beyond
// them is passed over. An error is one of r or of ctx, never one of the text.
func Read(ctx context.Context, r io.Reader, o Options) (Result, error) {
	return read(ctx, r, o)
}

func read(ctx context.Context, r io.Reader, o Options) (Result, error) {
	if o.Formats == nil {
		o.Formats = &Set{}
	}
	if o.Offset > 0 { // the middle of a log that was looked at before
		return readText(ctx, r, o)
	}
	b := bufio.NewReaderSize(r, 2*sniffSize)
	head, _ := b.Peek(2 * sniffSize)
	switch {
	case isMail(head):
		return readMail(ctx, b, o)
	case isPage(head):
		return readText(ctx, strings.NewReader(pageText(b)), o)
	}
	return readText(ctx, b, o)
}

// isPage says whether a text begins as a page of HTML.
func isPage(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	start := strings.ToLower(string(head[:min(len(head), 15)]))
	return strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<!doctype html")
}

func readText(ctx context.Context, r io.Reader, o Options) (Result, error) {
	res, _, err := readCounted(ctx, r, o)
	return res, err
}

// readCounted also gives how much there was, as it unpacks.
func readCounted(ctx context.Context, r io.Reader, o Options) (Result, int64, error) {
	s, err := open(ctx, r, o.Limit)
	if err != nil {
		return Result{Resume: o.Offset}, 0, err
	}
	defer func() { s.close() }()
	room := s.left
	e := newEngine(ctx, o)
	end := e.run(s)
	return e.result(s, end), room - s.left, s.fail
}
