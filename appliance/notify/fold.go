package notify

import (
	"cmp"
	"slices"
	"time"

	"siteward/appliance"
)

// When news are told as one.
const (
	Old     = 10 * time.Minute // what has waited so long is old news
	flood   = 4                // and so many at once are a flood, however new
	perMail = 500              // at most
)

// Waiting is a delivery with its notice.
type Waiting struct {
	appliance.Delivery
	Notice appliance.Notice
}

// Message is what one contact is told at once through one channel: one notice, the story of one thread, or the news of several.
type Message struct {
	Parts [][]Waiting // by thread, the oldest first in each and among them
}

// All are the deliveries of a message, the newest last.
func (m Message) All() []Waiting {
	all := slices.Concat(m.Parts...)
	slices.SortStableFunc(all, func(a, b Waiting) int { return cmp.Or(cmp.Compare(a.Notice.ID, b.Notice.ID), cmp.Compare(a.N, b.N)) })
	return all
}

// Fold puts together what waits for one contact on one channel. News of one thread are one story. News of several threads are one
// message when they are old or many. What has a file with it, and a test, goes by itself, and so does the summary of a day until it is
// old.
func Fold(waiting []Waiting, now time.Time) []Message {
	waiting = slices.Clone(waiting)
	slices.SortStableFunc(waiting, func(a, b Waiting) int { return cmp.Compare(a.Notice.ID, b.Notice.ID) })
	var alone []Message
	var parts [][]Waiting
	at := map[string]int{}
	old := false
	for _, w := range waiting {
		late := now.Sub(w.Created) >= Old
		if len(w.Notice.Files) > 0 || w.Kind == appliance.NoticeTest || w.Kind == appliance.NoticeDaily && !late {
			alone = append(alone, Message{Parts: [][]Waiting{{w}}})
			continue
		}
		old = old || late
		if k, ok := at[w.Notice.Thread]; ok && w.Notice.Thread != "" {
			parts[k] = append(parts[k], w)
			continue
		}
		at[w.Notice.Thread] = len(parts)
		parts = append(parts, []Waiting{w})
	}
	if len(parts) >= flood || old && len(parts) > 1 {
		for part := range slices.Chunk(parts, perMail) {
			alone = append(alone, Message{Parts: part})
		}
		return alone
	}
	for _, p := range parts {
		alone = append(alone, Message{Parts: [][]Waiting{p}})
	}
	return alone
}
