package api

import (
	"context"
	"net/http"
	"time"

	"siteward/appliance"
)

func (a *API) logbookRoutes() {
	register(a, operation("GET", "/logbook", "listLogbook", "Entries of the logbook, newest first", 422), a.listLogbook)
	add := operation("POST", "/logbook", "addLogbookEntry", "Write an entry; it cannot be changed afterwards, only corrected by another one", 422)
	add.DefaultStatus = http.StatusCreated
	register(a, add, a.addLogbookEntry)
	register(a, operation("GET", "/rounds", "listRounds", "Daily rounds, newest first"), a.listRounds)
	register(a, operation("GET", "/rounds/{id}", "getRound", "One daily round: what was read, judged and signed", 404), a.getRound)
}

// LogbookList is a page of the logbook.
type LogbookList struct {
	Items []appliance.LogbookEntry `json:"items" nullable:"false"`
}

func (a *API) listLogbook(ctx context.Context, in *struct {
	Kind   []string  `query:"kind" doc:"work, visit, note, round, spot, change, system, remote, window, restore …; left out: all."`
	Device ID        `query:"device"`
	Since  time.Time `query:"since"`
	Until  time.Time `query:"until"`
	Before uint64    `query:"before" doc:"Only entries with a lower number: the next page."`
	After  uint64    `query:"after" doc:"Only entries with a higher number."`
	Limit  int       `query:"limit" minimum:"1" maximum:"10000" default:"100"`
}) (*struct{ Body LogbookList }, error) {
	f := appliance.LogbookFilter{Device: in.Device, Since: in.Since, Until: in.Until, Before: in.Before, After: in.After, Limit: in.Limit}
	for _, k := range in.Kind {
		f.Kinds = append(f.Kinds, appliance.LogbookKind(k))
	}
	list, err := a.app.LogbookEntries(ctx, f)
	if err != nil {
		return nil, a.fail("listLogbook", err)
	}
	return &struct{ Body LogbookList }{LogbookList{Items: append([]appliance.LogbookEntry{}, list...)}}, nil
}

func (a *API) addLogbookEntry(ctx context.Context, in *struct {
	Body struct {
		At       time.Time `json:"at,omitempty" doc:"When it was done; left out: now."`
		Kind     string    `json:"kind" enum:"work,visit,note"`
		Devices  []ID      `json:"devices,omitempty"`
		Subject  string    `json:"subject,omitempty"`
		Text     string    `json:"text" minLength:"1" maxLength:"10000"`
		Reason   string    `json:"reason,omitempty"`
		Minutes  int       `json:"minutes,omitempty" minimum:"0"`
		Ticket   string    `json:"ticket,omitempty"`
		Corrects uint64    `json:"corrects,omitempty"`
		Files    []struct {
			Name   string `json:"name"`
			SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$"`
			Bytes  int64  `json:"bytes" minimum:"0"`
		} `json:"files,omitempty" maxItems:"20" doc:"Name, SHA-256 and size of files that belong to it; the files themselves are not kept."`
	}
}) (*struct{ Body appliance.LogbookEntry }, error) {
	b := in.Body
	e := appliance.LogbookEntry{At: b.At, Kind: appliance.LogbookKind(b.Kind), Devices: b.Devices, Subject: b.Subject, Text: b.Text, Reason: b.Reason,
		Minutes: b.Minutes, Ticket: b.Ticket, Corrects: b.Corrects}
	for _, f := range b.Files {
		e.Files = append(e.Files, appliance.LogbookFileRef{Name: f.Name, SHA256: f.SHA256, Bytes: f.Bytes})
	}
	kept, err := a.app.AppendLogbook(ctx, actor(ctx), e)
	if err != nil {
		return nil, a.fail("addLogbookEntry", err)
	}
	return &struct{ Body appliance.LogbookEntry }{kept}, nil
}

// RoundList are daily rounds.
type RoundList struct {
	Items []appliance.Round `json:"items" nullable:"false"`
}

func (a *API) listRounds(ctx context.Context, in *struct {
	Before ID  `query:"before" doc:"Only rounds with a lower number: the next page."`
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (*struct{ Body RoundList }, error) {
	list, err := a.app.Rounds(ctx, in.Before, in.Limit)
	if err != nil {
		return nil, a.fail("listRounds", err)
	}
	return &struct{ Body RoundList }{RoundList{Items: append([]appliance.Round{}, list...)}}, nil
}

func (a *API) getRound(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body appliance.Round }, error) {
	r, err := a.app.Round(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getRound", err)
	}
	return &struct{ Body appliance.Round }{r}, nil
}
