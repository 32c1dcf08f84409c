//go:build central

package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance/offer"
	"siteward/central"
)

func centralOfferCommand(at *centralAt) *cobra.Command {
	cmd := group(&cobra.Command{Use: "offer", Short: "What sites are offered, and what they did with it"})
	cmd.AddCommand(centralOfferAdd(at), centralOfferList(at), centralOfferReach(at), centralOfferAnswers(at))
	return cmd
}

func centralOfferAdd(at *centralAt) *cobra.Command {
	var notes string
	cmd := &cobra.Command{Use: "add KIND NAME FILE", Short: "Put up a profile, log_format, settings or release; it reaches nobody yet", Args: args(cobra.ExactArgs(3)),
		Long: "KIND is profile, log_format, settings or release. FILE is the YAML file; of a release it is the folder with release.json and\nrelease.json.minisig. Every site shows its people what would change and asks them.",
		RunE: func(cmd *cobra.Command, given []string) error {
			body, err := offerFile(offer.Kind(given[0]), given[2])
			if err != nil {
				return err
			}
			var made struct{ N uint64 }
			if err := ask(cmd.Context(), at, http.MethodPost, "/offers", map[string]any{"kind": given[0], "name": given[1], "notes": notes, "file": body}, &made); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d\n", made.N)
			return err
		}}
	cmd.Flags().StringVar(&notes, "notes", "", "for the people at the sites")
	return cmd
}

func offerFile(kind offer.Kind, path string) ([]byte, error) {
	if kind != offer.KindRelease {
		return os.ReadFile(path)
	}
	manifest, err := os.ReadFile(filepath.Join(path, "release.json"))
	if err != nil {
		return nil, err
	}
	signature, err := os.ReadFile(filepath.Join(path, "release.json.minisig"))
	if err != nil {
		return nil, err
	}
	return offer.ReleaseBody(manifest, signature)
}

func centralOfferList(at *centralAt) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "list", Short: "List offers, the newest first", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var l struct {
				Items []struct {
					N                uint64
					Kind, Name, Ring string
					Paused           bool
					Made             time.Time
				}
			}
			if err := ask(cmd.Context(), at, http.MethodGet, "/offers", nil, &l); err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), l.Items)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, o := range l.Items {
				reach := o.Ring
				switch {
				case o.Paused:
					reach = "paused"
				case reach == "":
					reach = "nobody yet"
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", o.N, o.Kind, plain(o.Name), reach, o.Made.Local().Format(time.DateTime))
			}
			return w.Flush()
		}}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func centralOfferReach(at *centralAt) *cobra.Command {
	var pause bool
	cmd := &cobra.Command{Use: "reach NUMBER [RING]", Short: "Say how far an offer goes: test, early or all; --pause gives it to nobody any more", Args: args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			in := map[string]any{"paused": pause}
			if len(given) == 2 {
				in["ring"] = given[1]
			}
			return ask(cmd.Context(), at, http.MethodPost, "/offers/"+given[0]+"/reach", in, nil)
		}}
	cmd.Flags().BoolVar(&pause, "pause", false, "give it to nobody any more; who has it keeps it")
	return cmd
}

func centralOfferAnswers(at *centralAt) *cobra.Command {
	return &cobra.Command{Use: "answers NUMBER", Short: "List what sites did with an offer", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var l struct{ Items []central.OfferAnswer }
			if err := ask(cmd.Context(), at, http.MethodGet, "/offers/"+given[0]+"/answers", nil, &l); err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, a := range l.Items {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Site, plain(a.Name), a.State, plain(a.By), plain(a.Reason))
			}
			return w.Flush()
		}}
}
