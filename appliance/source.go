package appliance

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// Source is where logs are read from: files, a server, a mailbox, an address that scripts push to.
type Source struct {
	ID   ID         `json:"id"`
	Name string     `json:"name"` // unique; the job of a push that names none
	Kind SourceKind `json:"kind"`

	Device   ID     `json:"device,omitempty"`    // the machine that the logs tell of; 0 when several or none
	Product  string `json:"product,omitempty"`   // "" = recognised from the text
	TimeZone string `json:"time_zone,omitempty"` // of times without an offset; "" = the site's

	// Interval is how often a source is read that does not come by itself; 0 = 15 minutes. Of one that comes by itself it is how long
	// it may be silent; 0 = a day for what agents send, and else no matter: its jobs are expected.
	Interval   Duration `json:"interval,omitempty"`
	Credential ID       `json:"credential,omitempty"` // of an SFTP or SSH server

	Files   *FilesSettings   `json:"files,omitempty"`
	SFTP    *SFTPSettings    `json:"sftp,omitempty"`
	Push    *PushSettings    `json:"push,omitempty"`
	Mail    *MailSettings    `json:"mail,omitempty"`
	Syslog  *SyslogSettings  `json:"syslog,omitempty"`
	Command *CommandSettings `json:"command,omitempty"`

	Paused  *Pause    `json:"paused,omitempty"`
	Owner   string    `json:"owner,omitempty"`
	Created time.Time `json:"created"`
	Version uint64    `json:"version"`
}

// SourceKind names how a source is read.
type SourceKind string

// The kinds of sources. A Windows share is read as files, from where systemd mounts it.
const (
	SourceFiles   SourceKind = "files"
	SourceSFTP    SourceKind = "sftp"
	SourcePush    SourceKind = "push"
	SourceMail    SourceKind = "mail"
	SourceSyslog  SourceKind = "syslog"
	SourceCommand SourceKind = "command"
	SourceEvents  SourceKind = "events" // messages that agents send as JSON: no backups, but the event log
)

// SourceKinds lists all kinds in display order.
var SourceKinds = []SourceKind{SourceFiles, SourceMail, SourcePush, SourceSFTP, SourceCommand, SourceSyslog, SourceEvents}

// Comes says that a source brings its logs by itself: nothing is asked for at intervals.
func (k SourceKind) Comes() bool { return k.Tokened() || k == SourceMail || k == SourceSyslog }

// Tokened says that a source is pushed to at an address with a secret.
func (k SourceKind) Tokened() bool { return k == SourcePush || k == SourceEvents }

// DefaultSilence is how long an agent may send nothing: a computer that is on has something to tell each day.
const DefaultSilence = 24 * time.Hour

// Silence is how long a source that comes by itself may be silent, 0 when nothing is expected of it.
func (s Source) Silence() time.Duration {
	switch {
	case !s.Kind.Comes():
		return 0
	case s.Interval == 0 && s.Kind == SourceEvents:
		return DefaultSilence
	}
	return time.Duration(s.Interval)
}

// DefaultSourceInterval is how often a source is read whose Interval is 0.
const DefaultSourceInterval = 15 * time.Minute

// Every is how often a source is read, 0 when it comes by itself.
func (s Source) Every() time.Duration {
	switch {
	case s.Kind.Comes():
		return 0
	case s.Interval == 0:
		return DefaultSourceInterval
	}
	return time.Duration(s.Interval)
}

// Location is the time zone of the writer: its own, or site's.
func (s Source) Location(site *time.Location) *time.Location {
	if s.TimeZone == "" {
		return site
	}
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return site
	}
	return loc
}

// FilesSettings name files on this machine. A name may be a pattern with * ? and [a-z]; rotated and compressed
// followers of a file (backup.log.1, backup.log-20261128.gz) go with it.
type FilesSettings struct {
	Paths []string `json:"paths"` // absolute, below the folders that the configuration allows
}

// SFTPSettings of a server whose files are read.
type SFTPSettings struct {
	Server
	Paths []string `json:"paths"` // absolute on the server, with patterns as FilesSettings
}

// CommandSettings of a server where a fixed command prints a log. Nothing is put into the command by the appliance.
type CommandSettings struct {
	Server
	Command string `json:"command"`
}

// Server is a machine reached over SSH. Its key is the one a person accepted: another one is refused.
type Server struct {
	Host    string `json:"host"`
	Port    int    `json:"port,omitempty"`     // 22
	HostKey string `json:"host_key,omitempty"` // as in known_hosts: "ssh-ed25519 AAAA…"
}

// Fingerprint is the accepted key as people compare it and as ssh-keygen -l prints it: "SHA256:…", "" when there is none.
func (s Server) Fingerprint() string {
	parts := strings.Fields(s.HostKey)
	if len(parts) < 2 {
		return ""
	}
	blob, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(blob)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// PushSettings of an address that scripts push to. Its secret is shown once; only the hash is kept.
type PushSettings struct {
	Hash []byte    `json:"hash,omitempty"` // SHA-256 of the token
	Hint string    `json:"hint,omitempty"` // its first characters, to tell one from another
	Made time.Time `json:"made,omitzero"`
}

// MailSettings of a mailbox of the built-in receiver.
type MailSettings struct {
	Mailbox string   `json:"mailbox"`           // the part before @; what stands behind it does not matter
	Senders []string `json:"senders,omitempty"` // addresses or "@domain" that may write to it; empty = all
}

// SyslogSettings choose messages that the syslog receiver hands over. Empty lists choose all.
type SyslogSettings struct {
	Hosts    []string `json:"hosts,omitempty"`    // address or name of the sender
	Programs []string `json:"programs,omitempty"` // "borg", "hyperbackup"
}

// SourceStatus is how reading a source went the last time, and what has come of it so far.
type SourceStatus struct {
	Source ID        `json:"source"`
	Read   time.Time `json:"read,omitzero"`  // last reading that went well
	Heard  time.Time `json:"heard,omitzero"` // last time that something new was in it
	Tried  time.Time `json:"tried,omitzero"` // last reading, whether it went well or not
	Took   Duration  `json:"took,omitempty"`
	Error  *Message  `json:"error,omitempty"` // of the last reading; nil when it went well
	Failed time.Time `json:"failed,omitzero"` // last reading that did not go well
	Next   time.Time `json:"next,omitzero"`

	Files   int      `json:"files,omitempty"`    // found in the last reading
	Bytes   int64    `json:"bytes,omitempty"`    // read, all in all
	Runs    int      `json:"runs,omitempty"`     // found, all in all
	Events  int      `json:"events,omitempty"`   // of a UPS
	Product string   `json:"product,omitempty"`  // last recognised
	LastRun *Run     `json:"last_run,omitempty"` // newest run in it
	Note    *Message `json:"note,omitempty"`     // what a technician should know, though nothing failed

	// Began is when a pushed job said /start and has not finished yet.
	Began time.Time `json:"began,omitzero"`
}

// SourceView is a source with how it went.
type SourceView struct {
	Source
	Status SourceStatus `json:"status"`

	// Listening is since when we could hear it: what was sent while we did not run is not missed by it.
	Listening time.Time `json:"-"`
}

// sourceLate is how many readings in a row may go wrong before it is somebody's turn, and how long that is at least.
const (
	sourceLate      = 4
	sourceLateLeast = time.Hour
)

// Deadline is until when a source should have been read or heard again, zero when nothing is expected.
func (v SourceView) Deadline() time.Time {
	if v.Kind.Comes() {
		if v.Silence() == 0 {
			return time.Time{}
		}
		since := v.Created
		for _, t := range []time.Time{v.Status.Heard, v.Listening} {
			if t.After(since) {
				since = t
			}
		}
		return since.Add(v.Silence())
	}
	since := v.Status.Read
	if since.IsZero() {
		since = v.Created
	}
	return since.Add(max(sourceLate*v.Every(), sourceLateLeast))
}

// Unreadable says that the last reading went wrong and that this is no pause.
func (v SourceView) Unreadable(now time.Time) bool {
	return v.Status.Error != nil && !v.Paused.Active(now)
}

// Silent says that a source that comes by itself has not been heard for longer than it may be silent.
func (v SourceView) Silent(now time.Time) bool {
	return v.Silence() > 0 && now.After(v.Deadline()) && !v.Paused.Active(now)
}

// State says how reading a source goes: one that cannot be read tells nothing of its jobs, and after its deadline somebody must look.
// That nothing has come yet is no fault of a source.
func (v SourceView) State(now time.Time) State {
	switch deadline := v.Deadline(); {
	case v.Paused.Active(now):
		return StatePaused
	case v.Silent(now) && now.After(deadline.Add(v.Silence())):
		return StateWarning
	case v.Silent(now):
		return StateNoData
	case v.Status.Error != nil && !deadline.IsZero() && now.After(deadline):
		return StateWarning
	case v.Status.Error != nil, v.Status.Heard.IsZero() && (v.Kind.Comes() || v.Status.Tried.IsZero()):
		return StateNoData
	}
	return StateOK
}

// SourceTrial is what the test button found out: nothing of it is stored.
type SourceTrial struct {
	HostKey     string      `json:"host_key,omitempty"`    // that the server showed
	Fingerprint string      `json:"fingerprint,omitempty"` // of it, as ssh-keygen -l prints it
	KeyChanged  bool        `json:"key_changed,omitempty"` // it is not the one that was accepted
	Files       []TrialFile `json:"files,omitempty"`       // newest first, at most 20
	Found       int         `json:"found"`                 // files all in all
	Product     string      `json:"product,omitempty"`
	Runs        []Run       `json:"runs,omitempty"` // newest first, at most 20
	RunCount    int         `json:"run_count"`
	EventCount  int         `json:"event_count"`     // of a UPS
	Lines       []string    `json:"lines,omitempty"` // the last lines of the newest file, at most 12
	Error       *Message    `json:"error,omitempty"`
}

// TrialFile is one file that a source would read.
type TrialFile struct {
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified,omitzero"`
}

// Push is what a script told.
type Push struct {
	Verb string    // "", "start", "fail", "log", or an exit code "0" to "255"
	Body []byte    // at most MaxPushBody bytes, the end of what came
	Cut  bool      // more came than is kept
	From string    // address
	At   time.Time // when it came
}

// MaxPushBody is how much of the body of a push is kept.
const MaxPushBody = 1 << 20

// EventPush is what an agent sent: messages as JSON, or lines of syslog.
type EventPush struct {
	Body []byte // unpacked; more than MaxEventPush bytes are refused
	From string // address
}

// MaxEventPush is how much one request of an agent may hold.
const MaxEventPush = 4 << 20

// Sources is what the appliance does with sources of logs, for its front ends.
type Sources interface {
	Sources(ctx context.Context) ([]SourceView, error)
	Source(ctx context.Context, id ID) (SourceView, error)
	SaveSource(ctx context.Context, by Actor, s *Source) error // ID 0 creates
	DeleteSource(ctx context.Context, by Actor, id ID) error   // runs that were read stay
	PauseSource(ctx context.Context, by Actor, id ID, reason string, until time.Time) error
	ResumeSource(ctx context.Context, by Actor, id ID) error
	// ReadSource reads what is new now and gives how it went.
	ReadSource(ctx context.Context, by Actor, id ID) (SourceStatus, error)
	// TrySource looks at a source that need not be stored, and stores nothing: the test button.
	TrySource(ctx context.Context, by Actor, s Source) (SourceTrial, error)
	// NewPushToken makes the secret of a push source anew and gives it, to be shown once.
	NewPushToken(ctx context.Context, by Actor, id ID) (secret string, err error)
	// Push takes what a script told. It is on disk when Push returns. CodeNotFound: no such token.
	Push(ctx context.Context, token string, p Push) error
	// PushEvents takes messages that an agent sent, and says how many they were. They are on disk when it returns.
	PushEvents(ctx context.Context, token string, p EventPush) (int, error)
	// MailDomain is what stands behind the @ of mailboxes, "" while no mail is received.
	MailDomain() string
	// LogFolders are the folders on this machine that logs may be read from.
	LogFolders() []string
}
