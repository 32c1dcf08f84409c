package round

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance"
)

// maxNote bounds a note, in characters.
const maxNote = 2000

// Judge takes answers into a round and says whether that changed anything. What somebody else changed since the answer was asked for
// stays, and the answer is marked.
func Judge(r *appliance.Round, answers []appliance.RoundAnswer, by string, now time.Time) (changed bool) {
	for i := range answers {
		a := &answers[i]
		a.Note = tidy(a.Note)
		at := slices.IndexFunc(r.Points, func(p appliance.RoundPoint) bool { return p.Key == a.Key })
		if at < 0 || a.Judgement == a.WasJudgement && a.Note == tidy(a.WasNote) {
			continue
		}
		p := &r.Points[at]
		switch {
		case p.Judgement == a.Judgement && p.Note == a.Note:
		case p.Judgement != a.WasJudgement || p.Note != tidy(a.WasNote):
			a.ConflictsWith = p.By
		default:
			p.Judgement, p.Note, p.By, p.At = a.Judgement, a.Note, by, now
			changed = true
		}
	}
	return changed
}

func tidy(note string) string {
	note = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(note, "\uFFFD"), "\r\n", "\n"))
	if utf8.RuneCountInString(note) > maxNote {
		note = string([]rune(note)[:maxNote])
	}
	return note
}

// Complete says what is missing before a round can be signed. The error's field is the point.
func Complete(r appliance.Round) error {
	for _, p := range r.Points {
		if p.Judgement == appliance.RoundUnread {
			return appliance.Invalid("point-"+p.Key, "round.error.unread", "a point is not judged yet: "+p.Key, nil)
		}
		if p.Judgement == appliance.RoundConspicuous && p.Note == "" {
			return appliance.Invalid("note-"+p.Key, "round.error.note", "say what is conspicuous: "+p.Key, nil)
		}
	}
	return nil
}

// Seen gives the bytes that a signature is about: the round as it was shown, with judgements, notes, comment and name. They come out
// the same from the stored round.
func Seen(r appliance.Round) ([]byte, error) {
	r.Entry, r.SHA256, r.Version = 0, "", 0
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var again appliance.Round // arguments of messages get the form they have when they were read from the store
	if err := json.Unmarshal(b, &again); err != nil {
		return nil, err
	}
	return json.Marshal(again)
}
