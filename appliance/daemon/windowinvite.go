package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"

	"siteward/appliance"
)

// answerPath is where somebody without an account answers; the secret of his mail follows.
const answerPath = "/status/answer/"

// invite makes a link for each of those who may answer an announcement: the mail addresses named, and contacts that are key users. It gives
// who is told, and keeps only hashes. Links of an earlier announcement end: what they were about was something else.
func (d *Daemon) invite(w *appliance.Window, contacts []appliance.Contact) (to []appliance.Recipient) {
	w.Invites = nil
	return d.askAll(w, contacts)
}

// inviteAgain makes the links of a reminder while nobody has answered. Those of the announcement stay, those of an earlier reminder end.
func (d *Daemon) inviteAgain(w *appliance.Window, contacts []appliance.Contact) (to []appliance.Recipient) {
	if w.State != appliance.WindowAnnounced {
		return nil
	}
	var first []appliance.WindowInvite
	for _, i := range w.Invites {
		if i.At.Equal(w.Invites[0].At) {
			first = append(first, i)
		}
	}
	w.Invites = first
	return d.askAll(w, contacts)
}

// askAll makes a link for each of those who may answer, and gives who is told.
func (d *Daemon) askAll(w *appliance.Window, contacts []appliance.Contact) (to []appliance.Recipient) {
	at := clean(d.now())
	ask := func(r appliance.Recipient, name string) {
		secret := rand.Text()
		sum := sha256.Sum256([]byte(secret))
		w.Invites = append(w.Invites, appliance.WindowInvite{Name: name, Hash: sum[:], At: at})
		r.Link = answerPath + secret
		to = append(to, r)
	}
	for _, m := range w.Mails {
		ask(appliance.Recipient{Mail: m}, m)
	}
	nobody := len(w.Mails)+len(w.Contacts) == 0
	for _, c := range contacts {
		switch named := slices.Contains(w.Contacts, c.ID); {
		case c.Role == appliance.ContactKeyUser && (named || nobody):
			ask(appliance.Recipient{Contact: c.ID}, c.Name)
		case named:
			to = append(to, appliance.Recipient{Contact: c.ID})
		}
	}
	return to
}

// WindowInvite is Windows.WindowInvite.
func (d *Daemon) WindowInvite(_ context.Context, secret string) (v appliance.WindowView, who string, err error) {
	sum := sha256.Sum256([]byte(secret))
	d.windows.mu.RLock()
	defer d.windows.mu.RUnlock()
	for _, w := range d.windows.all {
		if w.State == appliance.WindowDraft || w.State.Over() {
			continue
		}
		for _, i := range w.Invites {
			if subtle.ConstantTimeCompare(i.Hash, sum[:]) == 1 {
				return d.windowView(w), i.Name, nil
			}
		}
	}
	return v, "", appliance.ErrNotFound
}

// AnswerInvite is Windows.AnswerInvite.
func (d *Daemon) AnswerInvite(ctx context.Context, secret string, a appliance.WindowAnswer) error {
	v, who, err := d.WindowInvite(ctx, secret)
	if err != nil {
		return err
	}
	return d.AnswerWindow(ctx, appliance.Actor{Name: who, Role: appliance.RoleKeyUser, Via: "mail"}, v.ID, a)
}
