package daemon

import (
	"context"
	"errors"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/config"
	"siteward/appliance/store"
	"siteward/appliance/window"
)

// followFile tells people of the windows that a site file announces or calls off, in the same step of the store as the file's changes.
func (d *Daemon) followFile(tx *store.Tx, file string, follow []config.Follow) error {
	if len(follow) == 0 {
		return nil
	}
	site, err := tx.Site()
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	cal, now := calendar.Of(site), d.now()
	for _, f := range follow {
		if err := d.followWindow(tx, f, file, cal, now); err != nil {
			if e, ok := errors.AsType[*appliance.Error](err); ok {
				return &config.FileError{File: file, Problems: []config.Problem{{At: f.At, Err: e}}}
			}
			return err
		}
	}
	return nil
}

func (d *Daemon) followWindow(tx *store.Tx, f config.Follow, file string, cal *calendar.Calendar, now time.Time) error {
	w, err := tx.Window(f.Window)
	if err != nil {
		return err
	}
	var next appliance.WindowSpan
	news := windowAnnounced
	var to []appliance.Recipient
	if f.State == appliance.WindowAnnounced {
		contacts, cerr := tx.Contacts()
		if cerr != nil {
			return cerr
		}
		to = d.invite(&w, contacts)
		next, err = announceWindow(&w, cal, file, now)
	} else {
		news, next = windowCancelled, nextOf(w, cal.Location(), now)
		err = window.Step(&w, f.State, file, "", now)
	}
	if err != nil {
		return err
	}
	if err := d.tellWindow(tx, w, news, next, "", to...); err != nil {
		return err
	}
	return tx.PutWindow(&w)
}

// actsChanged takes into account what a site file has changed of windows and of who is told. It is called while windows.busy is held.
func (d *Daemon) actsChanged(changes config.Changes, before []appliance.Contact) error {
	changed := func(nouns ...string) bool {
		return slices.ContainsFunc(changes, func(c config.Change) bool { return slices.Contains(nouns, c.Noun) })
	}
	for _, c := range before {
		if slices.ContainsFunc(changes, func(x config.Change) bool { return x.Verb == config.Delete && x.Noun == "contact" && x.Name == c.Name }) {
			if err := d.dropChannels(c); err != nil {
				return err
			}
		}
	}
	if changed("mail server", "contact", "window") {
		d.told()
		if _, err := d.RetryDeliveries(context.Background(), bySiteward); err != nil {
			return err
		}
	}
	if changed("window", "site") {
		return d.windowsChanged()
	}
	return nil
}
