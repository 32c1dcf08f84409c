package ingest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"time"

	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/silence"
)

// batch is one request whose signature fits.
type batch struct {
	h      *Handler
	events []message.Event
	outbox string // of the numbered ones
	signed message.Signed
	key    ed25519.PublicKey
	known  uint64 // what the site thinks is acknowledged
	now    time.Time
}

// check looks at what can be said without the store: whose events they are, and that they follow each other.
func (b *batch) check(site central.SiteID) error {
	var last uint64
	for i := range b.events {
		e := &b.events[i]
		if e.Source != message.SourceOf(string(site)) {
			return message.Refuse(message.CodeInvalid, "event %d is of %.60q, the request is of %s", i+1, e.Source, site)
		}
		if e.Live {
			if e.Type != message.TypeSummary {
				return message.Refuse(message.CodeInvalid, "event %d: only a summary can be live", i+1)
			}
			continue
		}
		if last > 0 && (e.Sequence != last+1 && !covers(e, last+1) || e.Outbox != b.outbox) {
			return message.Refuse(message.CodeInvalid, "event %d has number %d behind %d", i+1, e.Sequence, last)
		}
		last, b.outbox = e.Sequence, e.Outbox
	}
	return nil
}

// covers says whether an event is the report of a gap that begins at a number or before.
func covers(e *message.Event, from uint64) bool {
	var g message.Gap
	return e.Type == message.TypeGap && message.Read(*e, &g) == nil && g.From <= from && g.To == e.Sequence
}

// into takes the batch into what is known of its site. It may be called again, so it changes nothing of its own.
func (b *batch) into(t *central.Taking) (cosigned string, err error) {
	if !slices.ContainsFunc(t.Site.GoodKeys(b.now), func(k ed25519.PublicKey) bool { return bytes.Equal(k, b.key) }) {
		return "", message.Refuse(message.CodeKeyRevoked, "this key of the site was revoked; the site has to be enrolled again")
	}
	fresh, err := b.fresh(&t.Status)
	if err != nil {
		return "", err
	}
	in := &intake{batch: b, t: t, before: t.Status.Facts}
	if len(fresh) > 0 || b.live() != nil {
		if err := silence.Heard(t, b.now); err != nil {
			return "", err
		}
	}
	for i := range fresh {
		if err := in.event(&fresh[i]); err != nil {
			return "", err
		}
		t.Status.Acknowledged, t.Status.LastID = fresh[i].Sequence, fresh[i].ID
	}
	if e := b.live(); e != nil {
		if err := in.live(e); err != nil {
			return "", err
		}
	}
	return in.finish()
}

// live is the newest live summary of the batch, nil when there is none.
func (b *batch) live() *message.Event {
	for i := len(b.events) - 1; i >= 0; i-- {
		if b.events[i].Live {
			return &b.events[i]
		}
	}
	return nil
}

// fresh gives the numbered events that are not there yet, and refuses them when something is missing before.
func (b *batch) fresh(st *central.Status) ([]message.Event, error) {
	numbered := slices.DeleteFunc(slices.Clone(b.events), func(e message.Event) bool { return e.Live })
	if len(numbered) == 0 {
		return nil, nil
	}
	if b.outbox != st.Outbox {
		if slices.Contains(st.Past, b.outbox) {
			return nil, nil // an old request that somebody sends again
		}
		if first := &numbered[0]; first.Sequence != 1 && !covers(first, 1) {
			return nil, b.missing(message.CodeGap, 1)
		}
		if st.Outbox != "" {
			st.Past = append(st.Past, st.Outbox)
			st.Past = slices.Clone(st.Past[max(0, len(st.Past)-20):])
		}
		st.Outbox, st.Acknowledged, st.LastID = b.outbox, 0, ""
	}
	numbered = slices.DeleteFunc(numbered, func(e message.Event) bool { return e.Sequence <= st.Acknowledged })
	if len(numbered) == 0 {
		return nil, nil
	}
	if first := &numbered[0]; first.Sequence != st.Acknowledged+1 && !covers(first, st.Acknowledged+1) {
		if b.known > st.Acknowledged {
			return nil, b.missing(message.CodeBehind, st.Acknowledged+1)
		}
		return nil, b.missing(message.CodeGap, st.Acknowledged+1)
	}
	return numbered, nil
}

func (b *batch) missing(code message.Code, expected uint64) error {
	p := message.Refuse(code, "send from number %d on, or a report of the gap", expected)
	p.Expected, p.Outbox = expected, b.outbox
	return p
}

// raw is an event as other systems get it.
func raw(e *message.Event) json.RawMessage {
	b, err := json.Marshal(e)
	if err != nil {
		return nil
	}
	return b
}
