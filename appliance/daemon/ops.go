package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/appliance/control"
	"siteward/appliance/store"
)

// ops is control.Ops over this process's store: for the socket of a running appliance, and for commands that have opened the
// store themselves.
type ops struct{ d *Daemon }

var _ control.Ops = ops{}

// Ops is what the command line may ask.
func (d *Daemon) Ops() control.Ops { return ops{d} }

// byCommand is the actor of everything that comes through the socket: whoever may open it owns the machine.
var byCommand = appliance.Actor{Name: "cli", Role: appliance.RoleAdministrator, Via: "cli"}

// errNothing undoes the transaction of a dry run after it has shown that it would work, and one that changes nothing.
var errNothing = errors.New("nothing is to be changed")

// actor is the person whose request this is, for the settings pages ask through ops too; without one it is the command line.
func actor(ctx context.Context) appliance.Actor {
	if id := access.Who(ctx); id.SignedIn() {
		return id.Actor
	}
	return byCommand
}

func (o ops) Apply(ctx context.Context, file []byte, a control.ApplyOptions) (control.Applied, error) {
	return o.d.apply(actor(ctx), file, a)
}

func (d *Daemon) apply(by appliance.Actor, file []byte, a control.ApplyOptions) (control.Applied, error) {
	f, err := config.Parse(bytes.NewReader(file), a.Name)
	if err != nil {
		return control.Applied{}, err
	}
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	contacts, err := d.store.Contacts()
	if err != nil {
		return control.Applied{}, err
	}
	var changes config.Changes
	var follow []config.Follow
	err = d.edit(func(tx *store.Tx) error {
		if changes, follow, err = config.Apply(tx, f, a.TakeOver, d.now()); err != nil {
			return err
		}
		if err := d.followFile(tx, f.Name, follow); err != nil {
			return err
		}
		if a.DryRun || len(changes) == 0 {
			return errNothing
		}
		return tx.Append([]appliance.Event{access.Audit(d.now(), by, "site file "+a.Name,
			appliance.Message{Key: "audit.site_applied", Args: map[string]any{"object": a.Name}, English: changes.String()})})
	})
	if err != nil && !errors.Is(err, errNothing) {
		return control.Applied{}, err
	}
	if err == nil { // what ends stands beside the devices
		if err := errors.Join(d.stock.recall(d.store.EachInventory), d.expectCoverage()); err != nil {
			return control.Applied{}, err
		}
		d.backupsChanged()
		if err := d.actsChanged(changes, contacts); err != nil {
			return control.Applied{}, err
		}
		for _, s := range f.Sources {
			if i := slices.IndexFunc(changes, func(c config.Change) bool { return c.Noun == "source" && c.Name == s.Name }); i >= 0 {
				d.wakeNamed(s.Name)
			}
		}
	}
	return control.Applied{Diff: changes.String(), Changes: len(changes)}, nil
}

func (o ops) Export(context.Context) ([]byte, error) {
	var out []byte
	err := o.d.store.View(func(tx *store.Tx) error {
		inv, err := config.ReadInventory(tx)
		if err == nil {
			out = config.Format(inv.Export())
		}
		return err
	})
	return out, err
}

// Backup stands in the journal: whoever has the copy has the credentials in it. A store that takes no writes may still be saved.
func (o ops) Backup(ctx context.Context, w io.Writer) error {
	event := access.Audit(o.d.now(), actor(ctx), "store", appliance.Message{Key: "audit.backup_taken", English: "a backup was downloaded"})
	if err := o.d.store.Append([]appliance.Event{event}); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return err
	}
	return o.d.store.Backup(ctx, w)
}

func (o ops) Verify(ctx context.Context) (control.Verified, error) {
	r, err := o.d.store.Verify(ctx)
	if err != nil {
		return control.Verified{}, err
	}
	out := control.Verified{Records: int64(r.Records)}
	for _, x := range r.Damage {
		out.Damage = append(out.Damage, x.Where+": "+x.What)
	}
	book, err := o.d.store.VerifyLogbook(ctx)
	if !book.Fits() {
		out.Damage = append(out.Damage, fmt.Sprintf("logbook entry %d: %s", book.Bad, book.Fault))
	}
	return out, err
}

func (o ops) Health(ctx context.Context) (appliance.Health, error) { return o.d.Health(ctx), nil }

func (o ops) Users(ctx context.Context) ([]appliance.User, error) { return o.d.Users(ctx) }

func (o ops) AddUser(ctx context.Context, u appliance.User, password string) error {
	if !slices.Contains(appliance.Roles, u.Role) {
		return appliance.Invalid("role", "error.role", "the role is one of viewer, keyuser, technician, administrator", nil)
	}
	return o.d.gate.Users.Create(ctx, actor(ctx), &u, password)
}

func (o ops) SetPassword(ctx context.Context, name, password string) error {
	u, err := o.d.gate.Users.Find(name)
	if err != nil {
		return noUser(name, err)
	}
	return o.d.gate.Users.SetPassword(ctx, actor(ctx), u.ID, password)
}

func (o ops) DisableUser(ctx context.Context, name string, disabled bool) error {
	u, err := o.d.gate.Users.Find(name)
	if err != nil {
		return noUser(name, err)
	}
	return o.d.gate.Users.Disable(actor(ctx), u.ID, disabled)
}

func noUser(name string, err error) error {
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return appliance.Errorf(appliance.CodeNotFound, "there is no user %q; siteward user list shows them", name)
	}
	return err
}

func (o ops) SetupLink(context.Context) (string, error) { return o.d.setupLink() }

func (o ops) Discover(ctx context.Context, r appliance.DiscoveryRequest) error {
	return o.d.Discover(ctx, actor(ctx), r)
}

func (o ops) LastDiscovery(ctx context.Context) (appliance.DiscoveryRun, error) {
	return o.d.LastDiscovery(ctx)
}

func (o ops) StopDiscovery(ctx context.Context) error { return o.d.StopDiscovery(ctx, actor(ctx)) }

func (o ops) ProposedRanges(ctx context.Context) ([]string, error) {
	return o.d.ProposedRanges(ctx), nil
}

func (o ops) Proposals(ctx context.Context) ([]appliance.Proposal, error) { return o.d.Proposals(ctx) }

// setupLink makes a new one-time link to the set-up page.
func (d *Daemon) setupLink() (string, error) {
	token, err := d.gate.Setup.Issue()
	if err != nil {
		return "", err
	}
	return d.baseURL() + "/setup?token=" + token, nil
}
