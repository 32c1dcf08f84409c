package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"siteward/appliance"
)

// TestADayIsReadSignedAndMissed lets three business days pass: one is signed, one is not, and the last looks at both.
func TestADayIsReadSignedAndMissed(t *testing.T) {
	clock := still(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)) // a Wednesday
	d, err := Open(t.Context(), Options{Data: t.TempDir(), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	defer func() { must(d.Close()) }()
	by := appliance.Actor{Name: "m.muster", Role: appliance.RoleTechnician}
	state := func() appliance.State {
		t.Helper()
		must(d.watchRound(t.Context()))
		for _, r := range d.live.statesOf(0) {
			if r.Item == roundItem {
				return r.State
			}
		}
		return appliance.StatePaused
	}
	must(d.SaveSite(t.Context(), by, appliance.Site{Name: "Office", Language: "en", TimeZone: "Europe/Berlin"}))
	if s := state(); s != appliance.StatePaused {
		t.Fatalf("before the first round: %v", s)
	}
	clock.set(time.Date(2026, 11, 19, 6, 31, 0, 0, time.UTC)) // 07:31 in Berlin
	if s := state(); s != appliance.StateOK {
		t.Fatalf("it is due: %v", s)
	}
	r, err := d.CurrentRound(t.Context())
	must(err)
	if _, err := d.SignRound(t.Context(), by, r.ID, r.Made, ""); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Fatalf("signed unread: %v", err)
	}
	clock.advance(3 * time.Hour)
	if s := state(); s != appliance.StateWarning {
		t.Fatalf("nobody signed by 10:00: %v", s)
	}
	answers := make([]appliance.RoundAnswer, 0, len(r.Points))
	for _, p := range r.Points {
		answers = append(answers, appliance.RoundAnswer{Key: p.Key, Judgement: appliance.RoundNothing})
	}
	_, _, err = d.JudgeRound(t.Context(), by, r.ID, answers)
	must(err)
	signed, err := d.SignRound(t.Context(), by, r.ID, r.Made, "All read.")
	must(err)
	if s := state(); s != appliance.StateOK {
		t.Fatalf("signed: %v", s)
	}
	if _, err := d.SignRound(t.Context(), by, r.ID, r.Made, ""); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("signed twice: %v", err)
	}
	seen, err := d.RoundSeen(t.Context(), r.ID)
	must(err)
	sum := sha256.Sum256(seen)
	proof, err := d.LogbookProof(t.Context(), signed.Entry)
	must(err)
	if e := proof.Entry; proof.Fault != "" || e.Round != r.ID || e.Text != "All read." || len(e.Files) != 1 || e.Files[0].SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("the entry: %+v, seen %x", e, sum)
	}
	clock.set(time.Date(2026, 11, 20, 6, 31, 0, 0, time.UTC))
	state()
	clock.set(time.Date(2026, 11, 23, 6, 31, 0, 0, time.UTC)) // Monday; the weekend has none
	state()
	list, err := d.Rounds(t.Context(), 0, 10)
	must(err)
	if len(list) != 3 || !list[1].Missed || list[0].Day != "2026-11-23" || !list[0].Since.Equal(list[1].Since) || !list[1].Since.Equal(r.Made) {
		t.Errorf("%+v", list)
	}
	if book, err := d.VerifyLogbook(t.Context()); err != nil || !book.Fits() {
		t.Errorf("%+v %v", book, err)
	}
}
