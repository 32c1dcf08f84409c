package api

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Event is one line of the journal.
type Event struct {
	Seq      uint64              `json:"seq"`
	At       time.Time           `json:"at"`
	Kind     string              `json:"kind" enum:"state,device,trap,monitor,audit"`
	Device   ID                  `json:"device,omitempty"`
	Check    ID                  `json:"check,omitempty"`
	Item     string              `json:"item,omitempty"`
	Label    string              `json:"label,omitempty"`
	From     string              `json:"from,omitempty" doc:"Of state events."`
	To       string              `json:"to,omitempty" doc:"Of state events."`
	Message  appliance.Message   `json:"message"`
	Evidence *appliance.Evidence `json:"evidence,omitempty"`
	By       string              `json:"by,omitempty" doc:"Of audit events: the person or the token."`
	Object   string              `json:"object,omitempty"`
}

// Events are part of the journal, newest first.
type Events struct {
	Items  []Event `json:"items" nullable:"false"`
	Before uint64  `json:"before,omitempty" doc:"For the next page; left out at the end."`
}

type eventFilter struct {
	Kind   []string  `query:"kind" doc:"state, device, trap, monitor, audit; left out: all that your role may see."`
	Device ID        `query:"device"`
	Check  ID        `query:"check"`
	Since  time.Time `query:"since"`
	Before uint64    `query:"before" doc:"Only lines with a lower number."`
	After  uint64    `query:"after" doc:"Only lines with a higher number."`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (a *API) eventRoutes() {
	register(a, operation("GET", "/events", "listEvents", "The journal, newest first"), a.listEvents)
}

func (a *API) listEvents(ctx context.Context, in *eventFilter) (*struct{ Body Events }, error) {
	kinds, err := visibleKinds(access.Who(ctx), in.Kind)
	if err != nil {
		return nil, a.fail("listEvents", err)
	}
	list, err := a.app.Events(ctx, appliance.EventFilter{Kinds: kinds, Device: in.Device, Check: in.Check, Since: in.Since,
		Before: in.Before, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, a.fail("listEvents", err)
	}
	out := Events{Items: mapped(list, eventOf)}
	if len(list) >= in.Limit && len(list) > 0 {
		out.Before = list[len(list)-1].Seq
	}
	return &struct{ Body Events }{out}, nil
}

var allKinds = []appliance.EventKind{appliance.EventState, appliance.EventDevice, appliance.EventTrap, appliance.EventMonitor, appliance.EventAudit}

// visibleKinds leaves the audit to those who may see it, and says so when it is asked for by name.
func visibleKinds(who access.Identity, asked []string) ([]appliance.EventKind, error) {
	audit := who.Can(access.ViewAudit)
	var kinds []appliance.EventKind
	for _, k := range asked {
		kind := appliance.EventKind(k)
		switch {
		case !slices.Contains(allKinds, kind):
			return nil, appliance.Errorf(appliance.CodeInvalid, "%q is no kind of event; use state, device, trap, monitor or audit", k)
		case kind == appliance.EventAudit && !audit:
			return nil, appliance.Errorf(appliance.CodeForbidden, "your role does not show the audit; an administrator can change the role")
		}
		kinds = append(kinds, kind)
	}
	if len(kinds) == 0 && !audit {
		kinds = allKinds[:len(allKinds)-1]
	}
	return kinds, nil
}

func eventOf(e appliance.Event) Event {
	out := Event{Seq: e.Seq, At: e.At, Kind: string(e.Kind), Device: e.Device, Check: e.Check, Item: e.Item, Label: e.Label,
		Message: e.Message, Evidence: e.Evidence, By: e.By, Object: e.Object}
	if e.Kind == appliance.EventState {
		out.From, out.To = e.From.String(), e.To.String()
	}
	return out
}
