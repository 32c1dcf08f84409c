package appliance

import (
	"context"
	"time"
)

// Window is planned work: its announcement, its effect and its record in one object. While it runs, what it is about is in
// maintenance: nobody is called, and the time does not count against availability.
type Window struct {
	ID      ID         `json:"id"`
	Kind    WindowKind `json:"kind"`
	Title   string     `json:"title"`            // what is done: "New firmware for the firewall"
	Effect  string     `json:"effect,omitempty"` // what does not work meanwhile, in the customer's words
	Comment string     `json:"comment"`          // why, and what else one should know
	Reason  string     `json:"reason,omitempty"` // why an emergency could not wait for the notice

	All     bool `json:"all,omitempty"`     // everything at the site
	Devices []ID `json:"devices,omitempty"` // devices and services
	Jobs    []ID `json:"jobs,omitempty"`    // backup jobs

	From  time.Time   `json:"from"`            // of the first time
	Until time.Time   `json:"until"`           // of the first time, exclusive
	Rule  string      `json:"rule,omitempty"`  // "" once; else an RRULE of RFC 5545 by the clock on the wall of the site
	Skips []time.Time `json:"skips,omitempty"` // beginnings that were called off

	Mails    []string `json:"mails,omitempty"`    // who is told, without an account
	Contacts []ID     `json:"contacts,omitempty"` // who is told
	Remind   int      `json:"remind,omitempty"`   // minutes before each beginning at which everybody is told again, 0 = not

	State   WindowState  `json:"state"`
	Notice  int          `json:"notice,omitempty"` // business days between the announcement and the first beginning
	Short   bool         `json:"short,omitempty"`  // announced with less than the notice that was promised
	Wish    string       `json:"wish,omitempty"`   // the slot that was asked for instead
	History []WindowStep `json:"history,omitempty"`
	// Invites are the links by which people without an account answer the last announcement.
	Invites []WindowInvite `json:"invites,omitempty"`

	Reminded time.Time `json:"reminded,omitzero"` // the beginning for which everybody was reminded
	Last     time.Time `json:"last,omitzero"`     // the beginning of the occurrence that ran, or is running
	Owner    string    `json:"owner,omitempty"`   // "" a person; else the site file that declares it
	Created  time.Time `json:"created"`
	By       string    `json:"by"`
	Version  uint64    `json:"version"`
}

// WindowKind says how a window came about.
type WindowKind string

// The kinds. What is not planned is counted.
const (
	WindowPlanned   WindowKind = "planned"   // announced in time
	WindowEmergency WindowKind = "emergency" // announced, but later than promised: it has a reason
	WindowAdHoc     WindowKind = "adhoc"     // begun at once, without an announcement
)

// WindowKinds lists all kinds.
var WindowKinds = []WindowKind{WindowPlanned, WindowEmergency, WindowAdHoc}

// WindowState is how far a window is.
type WindowState string

// The states. A window that was announced and not answered takes place; one that was refused, or for which another slot was
// asked, does not begin by itself.
const (
	WindowDraft     WindowState = "draft"
	WindowAnnounced WindowState = "announced"
	WindowConfirmed WindowState = "confirmed"
	WindowMoved     WindowState = "moved" // another slot is asked for
	WindowRefused   WindowState = "refused"
	WindowRunning   WindowState = "running"
	WindowDone      WindowState = "done"
	WindowCancelled WindowState = "cancelled"
)

// WindowStates lists all states in the order in which a window goes through them.
var WindowStates = []WindowState{WindowDraft, WindowAnnounced, WindowConfirmed, WindowMoved, WindowRefused, WindowRunning, WindowDone, WindowCancelled}

// WindowNotice is how many business days before it begins a planned window is announced at least.
const WindowNotice = 3

// Over says that nothing follows any more.
func (s WindowState) Over() bool { return s == WindowDone || s == WindowCancelled }

// Due says that the window begins by itself when its time comes.
func (s WindowState) Due() bool {
	return s == WindowAnnounced || s == WindowConfirmed || s == WindowRunning
}

// Affects says whether a device is among what the window is about.
func (w Window) Affects(device ID) bool {
	if w.All {
		return true
	}
	for _, id := range w.Devices {
		if id == device {
			return true
		}
	}
	return false
}

// AffectsJob says whether a backup job, which secures device, is among what the window is about.
func (w Window) AffectsJob(job, device ID) bool {
	for _, id := range w.Jobs {
		if id == job {
			return true
		}
	}
	return w.All || device != 0 && w.Affects(device)
}

// WindowInvite is the link of one mail. Only the SHA-256 of its secret is kept.
type WindowInvite struct {
	Name string    `json:"name"` // who answers by it: a contact or a mail address
	Hash []byte    `json:"hash"`
	At   time.Time `json:"at"`
}

// WindowStep is one step of a window's way: who took it, when and with which words.
type WindowStep struct {
	At    time.Time   `json:"at"`
	By    string      `json:"by"`
	State WindowState `json:"state"` // after it
	Note  string      `json:"note,omitempty"`
}

// WindowSpan is one time of a window, until exclusive.
type WindowSpan struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// IsZero says that there is none.
func (s WindowSpan) IsZero() bool { return s.From.IsZero() }

// Covers says whether a moment lies in it.
func (s WindowSpan) Covers(at time.Time) bool {
	return !s.IsZero() && !at.Before(s.From) && at.Before(s.Until)
}

// WindowRun is one time at which a window took place: as it was planned, as it was, and what was not told because of it.
type WindowRun struct {
	Window  ID         `json:"window"`
	Plan    WindowSpan `json:"plan"`
	From    time.Time  `json:"from"`
	Until   time.Time  `json:"until,omitzero"` // zero while it runs
	By      string     `json:"by"`             // who began it, "siteward" by plan
	EndedBy string     `json:"ended_by,omitempty"`
	Note    string     `json:"note,omitempty"`  // of who ended it
	Entry   uint64     `json:"entry,omitempty"` // of the logbook

	Suppressed []Suppressed `json:"suppressed,omitempty"`
	More       int          `json:"more,omitempty"` // that are not among Suppressed
	Left       []StateKey   `json:"left,omitempty"` // what was not in order when it ended
}

// MaxSuppressed bounds what is kept of a run.
const MaxSuppressed = 500

// Suppressed is an item that would have called somebody while the window ran.
type Suppressed struct {
	StateKey
	Device ID        `json:"device,omitempty"`
	Label  string    `json:"label,omitempty"`
	Worst  State     `json:"worst"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Times  int       `json:"times"` // changes of its state
	Why    Message   `json:"why"`   // of the worst
}

// WindowView is a window with where it stands now.
type WindowView struct {
	Window
	Next WindowSpan `json:"next,omitzero"` // the one that runs, or the next; zero when none follows
	Run  *WindowRun `json:"run,omitempty"` // while it runs
}

// WindowAnswer is what a key user says to an announcement.
type WindowAnswer struct {
	State WindowState // WindowConfirmed, WindowMoved or WindowRefused
	Note  string      // required but for WindowConfirmed
}

// Windows is the part of App that keeps maintenance windows.
type Windows interface {
	// Windows gives all windows: first those that run, then those to come by their next time, then those that are over, newest first.
	Windows(ctx context.Context) ([]WindowView, error)
	Window(ctx context.Context, id ID) (WindowView, error)
	// SaveWindow stores a draft, or changes one that is not over; a change of what was announced is announced anew. ID 0 creates.
	SaveWindow(ctx context.Context, by Actor, w *Window) error
	// AnnounceWindow tells everybody named and puts the window into the calendar. It fails with CodeInvalid and the field "from" when the
	// notice is too short for a planned window.
	AnnounceWindow(ctx context.Context, by Actor, id ID) error
	AnswerWindow(ctx context.Context, by Actor, id ID, a WindowAnswer) error
	// WindowInvite finds the window that the link of a mail is about, and who was asked by it, or ErrNotFound when the window is over or was
	// announced anew.
	WindowInvite(ctx context.Context, secret string) (WindowView, string, error)
	// AnswerInvite is AnswerWindow of somebody without an account.
	AnswerInvite(ctx context.Context, secret string, a WindowAnswer) error
	// BeginWindow stores a window and lets it run at once, until its end: the window of whoever is at work already.
	BeginWindow(ctx context.Context, by Actor, w *Window) error
	StartWindow(ctx context.Context, by Actor, id ID) error
	// EndWindow ends the time that runs, before its end by plan.
	EndWindow(ctx context.Context, by Actor, id ID, note string) error
	// ExtendWindow moves the end of the time that runs.
	ExtendWindow(ctx context.Context, by Actor, id ID, until time.Time) error
	// CancelWindow calls off the whole window, or, when at is the beginning of one of its times, only that.
	CancelWindow(ctx context.Context, by Actor, id ID, at time.Time, note string) error
	DeleteWindow(ctx context.Context, by Actor, id ID) error // only drafts
	// WindowRuns gives the times at which a window took place, 0 = all windows, newest first.
	WindowRuns(ctx context.Context, id ID, limit int) ([]WindowRun, error)
	// WindowTimes gives the times of a window to come, the next first.
	WindowTimes(ctx context.Context, id ID, limit int) ([]WindowSpan, error)
}
