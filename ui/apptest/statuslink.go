package apptest

import (
	"context"
	"slices"

	"siteward/appliance"
)

// StatusLinks are those that were made.
func (a *App) StatusLinks(context.Context) ([]appliance.StatusLink, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.statusLinks), nil
}

// NewStatusLink makes one; its secret is its name.
func (a *App) NewStatusLink(_ context.Context, by appliance.Actor, l *appliance.StatusLink) (string, error) {
	return l.Name, a.change("new status link "+l.Name, appliance.Change{Config: true}, func() error {
		if l.Name == "" {
			return appliance.Invalid("name", "statuslink.error.name", "say for whom the link is", nil)
		}
		if !l.Expires.After(a.now) {
			return appliance.Invalid("expires", "statuslink.error.expires", "the link ends on a day to come", nil)
		}
		l.ID, l.Created, l.By = appliance.ID(len(a.statusLinks)+1), a.now, by.Name
		a.statusLinks = append(a.statusLinks, *l)
		return nil
	})
}

// DeleteStatusLink revokes one.
func (a *App) DeleteStatusLink(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete status link "+id.String(), appliance.Change{Config: true}, func() error {
		a.statusLinks = slices.DeleteFunc(a.statusLinks, func(l appliance.StatusLink) bool { return l.ID == id })
		return nil
	})
}

// OpenStatusLink finds one by its name.
func (a *App) OpenStatusLink(_ context.Context, secret string) (appliance.StatusLink, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range a.statusLinks {
		if l.Name == secret && a.now.Before(l.Expires) {
			return l, nil
		}
	}
	return appliance.StatusLink{}, appliance.ErrNotFound
}
