package ticket

import (
	"slices"
	"time"

	"siteward/appliance"
)

// maxWork bounds work that is booked at once: a day.
const maxWork = 24 * 60

// verbs say who may do what, in which statuses, and what it does. A key user may answer, and say that it works or does not.
var verbs = map[appliance.TicketVerb]struct {
	customer bool
	closed   bool // for tickets that are solved; the others are for open ones
	do       func(*edit) error
}{
	appliance.TicketReply:   {customer: true, closed: true, do: (*edit).reply},
	appliance.TicketConfirm: {do: (*edit).confirm},
	appliance.TicketTake:    {do: (*edit).take},
	appliance.TicketWait:    {do: (*edit).wait},
	appliance.TicketResume:  {do: (*edit).resume},
	appliance.TicketReorder: {do: (*edit).reorder},
	appliance.TicketSolve:   {customer: true, do: (*edit).solve},
	appliance.TicketReopen:  {customer: true, closed: true, do: (*edit).reopen},
	appliance.TicketMerge:   {do: (*edit).merge},
	appliance.TicketCheck:   {do: (*edit).check},
	appliance.TicketAddItem: {do: (*edit).item},
	appliance.TicketAddLink: {closed: true, do: (*edit).link},
}

// edit is one change of a ticket under way.
type edit struct {
	appliance.TicketEdit
	t     *appliance.Ticket
	into  *appliance.Ticket // of merge
	c     appliance.Contract
	by    appliance.Actor
	now   time.Time
	post  appliance.TicketPost
	staff bool
}

// Edit does something with a ticket and gives the post that tells of it. into is the ticket that merge leads to.
func Edit(t, into *appliance.Ticket, e appliance.TicketEdit, c appliance.Contract, by appliance.Actor, now time.Time) (appliance.TicketPost, error) {
	e.Text = Text(e.Text)
	x := &edit{TicketEdit: e, t: t, into: into, c: c, by: by, now: now, staff: Staff(by.Role)}
	x.post = appliance.TicketPost{Ticket: t.ID, At: now, By: by.Name, Role: by.Role, Internal: e.Internal, Text: e.Text}
	verb, known := verbs[e.Do]
	switch {
	case !known:
		return x.post, appliance.Invalid("do", "ticket.error.verb", "this cannot be done with a ticket", nil)
	case !x.staff && (!verb.customer || e.Internal || e.Minutes != 0):
		return x.post, appliance.Errorf(appliance.CodeForbidden, "this is for technicians")
	case t.Status == appliance.TicketMerged || !t.Open() && !verb.closed:
		return x.post, closed(*t)
	case e.Minutes < 0 || e.Minutes > maxWork:
		return x.post, appliance.Invalid("minutes", "logbook.error.minutes", "enter the minutes of one day, 0 to 1440", nil)
	}
	if err := tooLong("text", e.Text, maxText); err != nil {
		return x.post, err
	}
	if err := verb.do(x); err != nil {
		return x.post, err
	}
	if e.Minutes > 0 {
		if len(t.Work) >= 1000 {
			return x.post, appliance.Invalid("minutes", "ticket.error.many", "this ticket is about too many things", nil)
		}
		t.Work = append(t.Work, appliance.TicketWork{At: now, By: by.Name, Minutes: e.Minutes, Text: cut(e.Text, maxWord), Free: e.Free})
		x.stop(appliance.ClockConfirm, appliance.ClockRespond)
	}
	t.Touched = now
	return x.post, nil
}

// Staff says whether a role is the provider's.
func Staff(r appliance.Role) bool {
	return r == appliance.RoleTechnician || r == appliance.RoleAdministrator
}

func closed(t appliance.Ticket) error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "ticket.error.closed", Args: map[string]any{"number": Number(t.ID)},
		English: Number(t.ID) + " is solved or was merged meanwhile; open it again first"}}
}

// note makes the post say what happened, before what the person wrote.
func (x *edit) note(key, english string, args map[string]any) {
	x.post.Message = &appliance.Message{Key: "ticket.said." + key, Args: args, English: english}
}

func (x *edit) need(key, english string) error {
	if x.Text == "" {
		return appliance.Invalid("text", key, english, nil)
	}
	return nil
}

// stop ends clocks that still run.
func (x *edit) stop(kinds ...appliance.ClockKind) {
	for _, k := range kinds {
		if c := x.t.Clock(k); c != nil && c.Stop.IsZero() {
			c.Stop = x.now
		}
	}
	if x.t.Status == appliance.TicketNew {
		x.t.Status = appliance.TicketOpen
	}
}

// unwait ends a time of waiting.
func (x *edit) unwait() {
	for i := range x.t.Waits {
		if x.t.Waits[i].Until.IsZero() {
			x.t.Waits[i].Until = x.now
		}
	}
	if x.t.Status == appliance.TicketWaiting {
		x.t.Status = appliance.TicketOpen
		if x.t.Owner != "" {
			x.t.Status = appliance.TicketWorking
		}
	}
}

func (x *edit) waitsFor(f appliance.WaitFor) bool {
	return slices.ContainsFunc(x.t.Waits, func(w appliance.Wait) bool { return w.Until.IsZero() && w.For == f })
}

func (x *edit) reply() error {
	if x.Text == "" && len(x.Files) == 0 {
		return appliance.Invalid("text", "ticket.error.reply", "write something, or attach a file", nil)
	}
	switch {
	case !x.staff && x.waitsFor(appliance.WaitCustomer):
		x.unwait()
	case x.staff && !x.Internal:
		x.stop(appliance.ClockConfirm)
	}
	return nil
}

func (x *edit) confirm() error {
	x.note("confirmed", "confirmed: we have read this", nil)
	x.stop(appliance.ClockConfirm)
	return nil
}

func (x *edit) take() error {
	x.unwait()
	x.t.Owner, x.t.Status = x.by.Name, appliance.TicketWorking
	x.stop(appliance.ClockConfirm, appliance.ClockRespond)
	x.note("taken", "somebody works on it now", nil)
	return nil
}

func (x *edit) wait() error {
	if x.For != appliance.WaitCustomer && x.For != appliance.WaitThird {
		return appliance.Invalid("for", "ticket.error.wait", "choose who is waited for", nil)
	}
	if err := x.need("ticket.error.wait_why", "say what is waited for"); err != nil {
		return err
	}
	x.unwait()
	x.stop(appliance.ClockConfirm)
	x.t.Waits = append(x.t.Waits, appliance.Wait{From: x.now, For: x.For, By: x.by.Name})
	x.t.Status = appliance.TicketWaiting
	x.note("waits_"+string(x.For), "waits for: "+string(x.For), nil)
	return nil
}

func (x *edit) resume() error {
	if x.t.Status != appliance.TicketWaiting {
		return appliance.Invalid("", "ticket.error.not_waiting", "this ticket does not wait for anybody", nil)
	}
	x.unwait()
	x.note("resumed", "goes on", nil)
	return nil
}

func (x *edit) reorder() error {
	if !slices.Contains(appliance.TicketPriorities, x.Priority) || x.Priority == x.t.Priority {
		return appliance.Invalid("priority", "ticket.error.priority", "choose another priority", nil)
	}
	if err := x.need("ticket.error.priority_why", "say why the priority is another one"); err != nil {
		return err
	}
	x.t.Changes = append(x.t.Changes, appliance.PriorityChange{At: x.now, By: x.by.Name, From: x.t.Priority, To: x.Priority, Reason: cut(x.Text, maxWord)})
	x.note("priority", "priority changed", map[string]any{"from": int(x.t.Priority), "to": int(x.Priority)})
	x.t.Priority = x.Priority
	if x.t.Hours.Preset != "" {
		retarget(x.t, x.c)
	}
	return nil
}

func (x *edit) solve() error {
	if err := x.need("ticket.error.solution", "say what was done"); err != nil {
		return err
	}
	if open := Undone(*x.t); open > 0 {
		return appliance.Invalid("list", "ticket.error.undone", "not everything on the list is done", map[string]any{"n": open})
	}
	x.unwait()
	x.stop(appliance.ClockKinds...)
	x.t.Status, x.t.Closed, x.t.Solution = appliance.TicketSolved, x.now, x.Text
	x.post.Internal = false
	x.note("solved", "solved", nil)
	return nil
}

// Undone counts what is left on the list.
func Undone(t appliance.Ticket) (n int) {
	for _, i := range t.List {
		if i.Done.IsZero() {
			n++
		}
	}
	return n
}

func (x *edit) reopen() error {
	if x.t.Status != appliance.TicketSolved {
		return appliance.Invalid("", "ticket.error.not_solved", "this ticket is open", nil)
	}
	if err := x.need("ticket.error.reopen", "say what does not work"); err != nil {
		return err
	}
	if c := x.t.Clock(appliance.ClockRestore); c != nil && x.t.Closed.Equal(c.Stop) {
		c.Stop = time.Time{}
		x.t.Waits = append(x.t.Waits, appliance.Wait{From: x.t.Closed, Until: x.now, For: appliance.WaitSolved, By: x.by.Name})
	}
	x.t.Status, x.t.Closed = appliance.TicketOpen, time.Time{}
	if x.t.Owner != "" {
		x.t.Status = appliance.TicketWorking
	}
	x.note("reopened", "opened again", nil)
	return nil
}

// merge goes into the older ticket only, or the time that the customer has waited already would be lost.
func (x *edit) merge() error {
	if x.into == nil || x.into.ID == x.t.ID || x.into.Status == appliance.TicketMerged {
		return appliance.Invalid("into", "ticket.error.into", "enter the number of another ticket", nil)
	}
	if x.into.Opened.After(x.t.Opened) {
		return appliance.Invalid("into", "ticket.error.into_younger", "merge the younger ticket into the older one: its clocks have run for longer", nil)
	}
	if !x.into.Open() {
		return closed(*x.into)
	}
	x.unwait()
	x.stop(appliance.ClockKinds...)
	x.t.Status, x.t.Merged, x.t.Closed = appliance.TicketMerged, x.into.ID, x.now
	x.into.Touched = x.now
	for _, id := range x.t.Devices {
		if !slices.Contains(x.into.Devices, id) {
			x.into.Devices = append(x.into.Devices, id)
		}
	}
	for _, l := range x.t.Links {
		if !slices.Contains(x.into.Links, l) {
			x.into.Links = append(x.into.Links, l)
		}
	}
	x.note("merged", "goes on in "+Number(x.into.ID), map[string]any{"number": Number(x.into.ID)})
	return nil
}

func (x *edit) check() error {
	if x.Item < 0 || x.Item >= len(x.t.List) {
		return appliance.Invalid("item", "ticket.error.item", "this is not on the list", nil)
	}
	i := &x.t.List[x.Item]
	note := cut(x.Text, maxWord*5)
	if x.Done && i.Evidence && note == "" {
		return appliance.Invalid("item", "ticket.error.evidence", "say what you saw: this needs evidence", nil)
	}
	i.Note, i.Done, i.By = note, time.Time{}, ""
	if x.Done {
		i.Done, i.By = x.now, x.by.Name
	}
	x.stop(appliance.ClockConfirm, appliance.ClockRespond)
	x.post = appliance.TicketPost{} // the list shows it
	return nil
}

// maxItems bounds what is to be done in one ticket.
const maxItems = 50

func (x *edit) item() error {
	text := Line(x.Text, maxWord)
	switch {
	case text == "":
		return appliance.Invalid("text", "ticket.error.task", "say what is to be done", nil)
	case len(x.t.List) >= maxItems:
		return appliance.Invalid("text", "ticket.error.many", "this ticket is about too many things", nil)
	}
	x.t.List = append(slices.Clip(x.t.List), appliance.CheckItem{Text: text})
	x.post = appliance.TicketPost{} // the list shows it
	return nil
}

func (x *edit) link() error {
	if len(x.t.Links) >= 20 || len(x.t.Devices) >= 50 {
		return appliance.Invalid("link", "ticket.error.many", "this ticket is about too many things", nil)
	}
	switch {
	case x.Device != 0 && !slices.Contains(x.t.Devices, x.Device):
		x.t.Devices = append(x.t.Devices, x.Device)
	case x.Device == 0 && slices.Contains(appliance.TicketLinkKinds, x.Link.Kind) && x.Link.ID != 0 && !slices.Contains(x.t.Links, x.Link):
		x.t.Links = append(x.t.Links, x.Link)
	default:
		return appliance.Invalid("link", "ticket.error.link", "this is nothing that a ticket can be about", nil)
	}
	x.note("linked", "linked", nil)
	return nil
}
