package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/control"
	"siteward/appliance/enrol"
	"siteward/appliance/offer"
	"siteward/appliance/store"
	"siteward/appliance/update"
	"siteward/embed"
	"siteward/probes/snmp/profile"
)

func readRelease(o appliance.ProviderOffer) (r offer.Release, err error) {
	err = enrol.Strict(strings.NewReader(string(o.Body)), offer.MaxBody, &r)
	return r, err
}

// readOffer says whether the readers of this program take the file of an offer.
func (d *Daemon) readOffer(o appliance.ProviderOffer) error {
	switch offer.Kind(o.Kind) {
	case offer.KindProfile:
		_, name, err := profile.LoadWith(embed.Profiles, o.Name+".yaml", o.Body)
		if err == nil && name != o.Name {
			err = appliance.Errorf(appliance.CodeInvalid, "the profile is called %q, its offer %q", name, o.Name)
		}
		return err
	case offer.KindFormat:
		f, err := compileFormat(string(o.Body))
		if err == nil && f.Name != o.Name {
			err = appliance.Errorf(appliance.CodeInvalid, "the format is called %q, its offer %q", f.Name, o.Name)
		}
		return err
	case offer.KindSettings:
		f, err := config.Parse(strings.NewReader(string(o.Body)), settingsName(o))
		if err == nil && len(f.Consumers) > 0 {
			err = appliance.Errorf(appliance.CodeInvalid, "who is told besides the provider is no setting that the provider offers; take the section consumers away")
		}
		return err
	case offer.KindRelease:
		r, err := readRelease(o)
		if err != nil {
			return err
		}
		f, err := d.releases()
		if err != nil {
			return err
		}
		_, err = f.Look(context.Background(), update.Told(r.Manifest, r.Signature))
		return err
	}
	return appliance.Errorf(appliance.CodeInvalid, "offers of this kind are not known here")
}

func settingsName(o appliance.ProviderOffer) string { return "offer-" + o.Name + ".yaml" }

// offerText is what is in use in the place of an offer, empty when nothing is.
func (d *Daemon) offerText(o appliance.ProviderOffer) ([]byte, error) {
	switch offer.Kind(o.Kind) {
	case offer.KindProfile:
		text, err := os.ReadFile(filepath.Join(d.profileFolder(), o.Name+".yaml"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return text, err
	case offer.KindFormat:
		f, err := d.ownFormat(o.Name)
		return []byte(f.Text), err
	case offer.KindSettings:
		all, err := d.store.Offers()
		i := slices.IndexFunc(all, func(x appliance.ProviderOffer) bool {
			return x.Kind == o.Kind && x.Name == o.Name && x.State == appliance.OfferAccepted && x.ID != o.ID
		})
		if i < 0 {
			return nil, err
		}
		return all[i].Body, err
	case offer.KindRelease:
	}
	return nil, nil
}

func (d *Daemon) offerChanges(o appliance.ProviderOffer) ([]string, error) {
	if err := d.readOffer(o); err != nil {
		return nil, err
	}
	switch offer.Kind(o.Kind) {
	case offer.KindSettings:
		out, err := d.apply(byCommand, o.Body, control.ApplyOptions{Name: settingsName(o), DryRun: true})
		return strings.Split(strings.TrimRight(out.Diff, "\n"), "\n"), err
	case offer.KindRelease:
		return []string{"- " + d.about.Version, "+ " + releaseVersion(o)}, nil
	case offer.KindProfile, offer.KindFormat:
	}
	now, err := d.offerText(o)
	if len(now) == 0 && err == nil && o.Kind == string(offer.KindProfile) {
		now, _ = fs.ReadFile(embed.Profiles, o.Name+".yaml") // none: all of it is new
	}
	return offer.Diff(string(now), string(o.Body)), err
}

// useOffer puts a text in the place of an offer and gives what was there before; an empty text takes away what is there. Only
// AcceptOffer and UndoOffer call it, and a test holds that.
func (d *Daemon) useOffer(ctx context.Context, by appliance.Actor, o appliance.ProviderOffer, text []byte) (before []byte, err error) {
	if before, err = d.offerText(o); err != nil {
		return nil, err
	}
	switch offer.Kind(o.Kind) {
	case offer.KindProfile:
		err = d.useProfile(o.Name, text)
	case offer.KindFormat:
		err = d.useFormat(ctx, by, o.Name, text)
	case offer.KindSettings:
		if len(text) == 0 {
			text = []byte("version: 1\n")
		}
		_, err = d.apply(by, text, control.ApplyOptions{Name: settingsName(o)})
	case offer.KindRelease:
		r, bad := readRelease(o)
		if bad != nil {
			return nil, bad
		}
		_, err = d.updateFrom(ctx, by, update.Told(r.Manifest, r.Signature), appliance.UpdateRequest{})
	}
	return before, err
}

// offerOutcome notes at the offer of a release what became of it once it was started: the provider hears of it as of each decision.
func offerOutcome(tx *store.Tx, s update.Step) error {
	to := map[string]appliance.OfferState{update.StepConfirmed: appliance.OfferInstalled, update.StepReverted: appliance.OfferReverted}[s.What]
	if to == "" {
		return nil
	}
	all, err := tx.Offers()
	if err != nil {
		return err
	}
	for _, o := range slices.Backward(all) {
		// A store that went back to before the update knows of no decision.
		if o.Kind != string(offer.KindRelease) || o.State != appliance.OfferAccepted && o.State != appliance.OfferHeld || releaseVersion(o) != s.Version {
			continue
		}
		o.State, o.Decided, o.Reason, o.Said = to, s.At, s.Why, nil
		if s.What == update.StepReverted {
			o.Said = &appliance.Message{Key: "update.log.reverted", Args: map[string]any{"version": s.Version, "from": s.From, "why": s.Why}, English: s.Why}
		}
		o.By = orElse(o.By, orElse(s.By, appliance.PartySiteward))
		return tx.PutOffer(&o)
	}
	return nil
}

// releaseVersion is the version that an offer is about; Look has read it when the offer came.
func releaseVersion(o appliance.ProviderOffer) string {
	r, err := readRelease(o)
	var m update.Manifest
	if err != nil || json.Unmarshal(r.Manifest, &m) != nil {
		return ""
	}
	return m.Version
}

func (d *Daemon) ownFormat(name string) (appliance.LogFormat, error) {
	own, err := d.store.LogFormats()
	if i := slices.IndexFunc(own, func(f appliance.LogFormat) bool { return f.Name == name }); i >= 0 {
		return own[i], err
	}
	return appliance.LogFormat{}, err
}

func (d *Daemon) useFormat(ctx context.Context, by appliance.Actor, name string, text []byte) error {
	f, err := d.ownFormat(name)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return d.DeleteLogFormat(ctx, by, f.ID)
	}
	f.Text = string(text)
	return d.SaveLogFormat(ctx, by, &f)
}

func (d *Daemon) profileFolder() string {
	return orElse(d.Options.Profiles, filepath.Join(d.Data, "profiles"))
}

// useProfile writes a profile of the site's own and lets the reader use it.
func (d *Daemon) useProfile(name string, text []byte) error {
	if err := os.MkdirAll(d.profileFolder(), 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(d.profileFolder())
	if err != nil {
		return err
	}
	defer root.Close()
	file, next := name+".yaml", "."+name+".new"
	if len(text) == 0 {
		err = root.Remove(file)
	} else if err = root.WriteFile(next, text, 0o600); err == nil {
		err = root.Rename(next, file)
	}
	if err != nil {
		return err
	}
	set, _, err := profile.LoadBeside(embed.Profiles, os.DirFS(d.profileFolder()))
	if err == nil {
		d.reader.SetProfiles(set)
	}
	return err
}

// fetchOffersByItself asks once an hour; a site without a provider asks nobody.
func (d *Daemon) fetchOffersByItself(ctx context.Context) error {
	if _, err := d.Provider(ctx); err != nil {
		if appliance.CodeOf(err) == appliance.CodeNotFound {
			return nil
		}
		return err
	}
	_, err := d.FetchOffers(ctx)
	return err
}
