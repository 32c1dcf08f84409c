package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/embed"
	"siteward/probes/backuplog"
)

func readCommand() *cobra.Command {
	var product, zone string
	var formats []string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "read FILE…", Short: "Read backup and UPS logs: runs, events and the lines that decide",
		Long: "Reads logs of backup programs and UPS daemons and prints the runs and events they tell of, each with the line that decides.\n" +
			"- is standard input. Nothing is kept.",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				return usageError{fmt.Errorf("--zone %q: write it like Europe/Berlin", zone)}
			}
			set, err := loadFormats(formats)
			if err != nil {
				return err
			}
			for _, name := range given {
				o := backuplog.Options{Formats: set, Product: product, Name: name, Location: loc, Now: time.Now(), Final: true}
				if err := printFile(cmd, name, o, asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&product, "product", "", "what wrote the log (default: recognised from the text)")
	f.StringVar(&zone, "zone", "Local", "time zone of times that name none")
	f.StringArrayVar(&formats, "formats", nil, "folder with further formats (docs/formats.md), may be repeated")
	f.BoolVar(&asJSON, "json", false, "print one JSON object a file")
	return cmd
}

func printFile(cmd *cobra.Command, name string, o backuplog.Options, asJSON bool) error {
	res, err := readFile(cmd, name, o)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), newReadReport(name, res, o.Location))
	}
	printRead(cmd.OutOrStdout(), name, res, o.Location)
	return nil
}

func loadFormats(folders []string) (*backuplog.Set, error) {
	all := []fs.FS{embed.Formats}
	for _, dir := range folders {
		all = append(all, os.DirFS(dir))
	}
	return backuplog.Load(all...)
}

func readFile(cmd *cobra.Command, name string, o backuplog.Options) (backuplog.Result, error) {
	r := cmd.InOrStdin()
	if name != "-" {
		file, err := os.Open(filepath.Clean(name))
		if err != nil {
			return backuplog.Result{}, fmt.Errorf("read: %w", err)
		}
		defer file.Close()
		r = file
	}
	res, err := backuplog.Read(cmd.Context(), r, o)
	if err != nil {
		return res, fmt.Errorf("read %s: %w", name, err)
	}
	return res, nil
}

// readReport is what --json prints: the schema of the expectations that a corpus of logs has beside it.
type readReport struct {
	File     string              `json:"file"`
	Product  *string             `json:"product"`
	Encoding string              `json:"encoding,omitempty"`
	Runs     []readRun           `json:"runs"`
	Events   []readEvent         `json:"events"`
	State    *backuplog.UPSState `json:"state"`
}

type readRun struct {
	Job        *string               `json:"job"`
	Kind       string                `json:"kind,omitempty"`
	Status     appliance.RunStatus   `json:"status"`
	Started    *string               `json:"started"`
	Finished   *string               `json:"finished"`
	Seconds    *float64              `json:"duration_seconds"`
	Bytes      *int64                `json:"bytes"`
	BytesKind  string                `json:"bytes_kind,omitempty"`
	Files      *int64                `json:"files"`
	ErrorCount *int64                `json:"error_count"`
	Message    string                `json:"message"`
	Product    string                `json:"product"`
	Evidence   appliance.RunEvidence `json:"evidence"`
}

type readEvent struct {
	Time    *string                `json:"time"`
	Kind    appliance.UPSEventKind `json:"kind"`
	Message string                 `json:"message"`
	UPS     string                 `json:"ups,omitempty"`
}

func newReadReport(name string, res backuplog.Result, loc *time.Location) readReport {
	r := readReport{File: name, Product: textOrNil(res.Product), Encoding: res.Encoding, State: res.State, Runs: []readRun{}, Events: []readEvent{}}
	for _, run := range res.Runs {
		j := readRun{
			Job: textOrNil(run.Job), Kind: string(run.Kind), Status: run.Status, Started: timeOrNil(run.Started, loc), Finished: timeOrNil(run.Finished, loc),
			Bytes: run.Bytes, BytesKind: run.BytesKind, Files: run.Files, ErrorCount: run.Errors, Message: run.Message, Product: run.Product, Evidence: run.Evidence,
		}
		if run.Took > 0 || !run.Started.IsZero() && run.Started.Equal(run.Finished) {
			s := time.Duration(run.Took).Seconds()
			j.Seconds = &s
		}
		r.Runs = append(r.Runs, j)
	}
	for _, ev := range res.Events {
		r.Events = append(r.Events, readEvent{timeOrNil(ev.At, loc), ev.Kind, ev.Text, ev.UPS})
	}
	return r
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNil(t time.Time, loc *time.Location) *string {
	if t.IsZero() {
		return nil
	}
	s := t.In(loc).Format(time.RFC3339)
	return &s
}

func printRead(w io.Writer, name string, res backuplog.Result, loc *time.Location) {
	if res.Product == "" {
		fmt.Fprintf(w, "%s: not recognised\n", plain(name))
		return
	}
	fmt.Fprintf(w, "%s: %s\n", plain(name), plain(res.Product))
	for _, r := range res.Runs {
		fmt.Fprintf(w, "  %-10s %-16s %-16s %s\n", r.Status, clock(r.Started, loc), clock(r.Finished, loc), plain(r.Job))
		if r.Message != "" {
			fmt.Fprintf(w, "             %d: %s\n", r.Evidence.LineAt, plain(r.Message))
		}
	}
	for _, ev := range res.Events {
		fmt.Fprintf(w, "  %-26s %-16s %s\n", ev.Kind, clock(ev.At, loc), plain(ev.Text))
	}
	if s := res.State; s != nil {
		fmt.Fprintf(w, "  %s (%s) %s\n", s.Kind, plain(s.Status), plain(s.Model))
	}
}

func clock(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(loc).Format("2006-01-02 15:04")
}
