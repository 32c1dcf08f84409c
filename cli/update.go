package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
	"siteward/appliance/update"
)

func updateCommand() *cobra.Command {
	var data string
	var asJSON bool
	var r appliance.UpdateRequest
	cmd := &cobra.Command{
		Use: "update [FOLDER|URL]", Short: "Install a newer, signed release, or show how updates stand", Args: args(cobra.MaximumNArgs(1)),
		Long: `Checks the signature and the version of a release, saves the store, puts the release in place and lets the service manager
start it. The new version has to prove itself; one that does not stay or is not healthy is taken back by itself, with the store
when its form was changed. Every step stands in the logbook. See docs/update.md.`,
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				if len(given) == 1 {
					return install(cmd, ops, given[0], r)
				}
				s, err := ops.UpdateState(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), s)
				}
				return printUpdate(cmd.OutOrStdout(), s)
			})
		},
	}
	dataFlag(cmd, &data)
	f := cmd.Flags()
	f.BoolVar(&r.Try, "dry-run", false, "only look whether it could be installed")
	f.BoolVar(&r.Downgrade, "downgrade", false, "also an older version")
	f.BoolVar(&r.Again, "again", false, "also a version that was taken back before")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(settleCommand())
	return cmd
}

func install(cmd *cobra.Command, ops control.Ops, from string, r appliance.UpdateRequest) error {
	r.Source = from
	if !strings.Contains(from, "://") { // the appliance has another working folder
		path, err := filepath.Abs(from)
		if err != nil {
			return err
		}
		r.Source = path
	}
	version, err := ops.Update(cmd.Context(), r)
	if err != nil {
		return err
	}
	what := "version %s is checked and in place; it starts now and has to prove itself\n"
	if r.Try {
		what = "version %s is signed and can be installed\n"
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), what, version)
	return err
}

func printUpdate(w io.Writer, s appliance.UpdateState) error {
	fmt.Fprintf(w, "running      %s\n", s.Running)
	if !s.Able {
		fmt.Fprintln(w, "updates      by the package manager: this Siteward was not started by the packaged service")
	}
	if s.Release != "" {
		fmt.Fprintf(w, "release      %s\n", s.Release)
	}
	if s.Trial != "" {
		fmt.Fprintf(w, "on trial     %s, started %d times\n", s.Trial, s.Starts)
	}
	for _, f := range s.Failed {
		fmt.Fprintf(w, "taken back   %s on %s: %s\n", f.Version, f.At.Local().Format("2006-01-02 15:04"), plain(f.Why))
	}
	return nil
}

// settleCommand is what the unit runs before each start. It never fails: a service that does not start helps nobody.
func settleCommand() *cobra.Command {
	var releases, keys string
	cmd := &cobra.Command{
		Use: "settle", Short: "Decide which release the service manager starts next (run by the unit)", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			own, err := os.Executable()
			if err != nil {
				return err
			}
			known, err := update.LoadKeys(keys)
			if err != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "siteward:", plain(err.Error()))
			}
			f := update.Folder{Dir: releases, Keys: known, OS: runtime.GOOS, Arch: runtime.GOARCH}
			if _, err := f.Settle(own, version, time.Now().UTC().Truncate(time.Second)); err != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "siteward:", plain(err.Error()))
			}
			return nil
		},
	}
	releasesFlags(cmd, &releases, &keys)
	return cmd
}

// defaultReleases is where the packaged service keeps releases.
const defaultReleases = "/var/lib/siteward-releases"

func releasesFlags(cmd *cobra.Command, releases, keys *string) {
	cmd.Flags().StringVar(releases, "releases", defaultReleases, "folder of releases")
	cmd.Flags().StringVar(keys, "release-keys", update.KeysFolder, "folder of the minisign keys that releases are signed with")
}

// openAppliance opens an appliance. When a newer version that was taken back has changed the form of the store, the store goes back
// to how it was before that version was tried.
func openAppliance(ctx context.Context, o daemon.Options) (*daemon.Daemon, error) {
	if o.Releases == "" {
		return daemon.Open(ctx, o)
	}
	f, now := update.Folder{Dir: o.Releases}, time.Now().UTC().Truncate(time.Second)
	if err := f.Finish(o.Data, now); err != nil {
		return nil, err
	}
	d, err := daemon.Open(ctx, o)
	if e, ok := errors.AsType[*appliance.Error](err); !ok || e.Message.Key != "store.error.newer" {
		return d, err
	}
	if did, bad := f.GoBack(ctx, o.Data, now, store.Restore); !did {
		return nil, errors.Join(err, bad)
	}
	return daemon.Open(ctx, o)
}
