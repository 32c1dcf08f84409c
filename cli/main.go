// Package cli is the command line: one file a sub-command, flags and printing only. What a command does lies in the
// packages it calls.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"siteward/appliance"
	"siteward/probes"
)

// Main runs the command line and gives the exit code: 0 done, 1 failed, 2 wrong use. probe uses 0 to 3 as monitoring plugins
// do, where wrong use and what is wrong on our side are 3 (unknown), never a verdict about the device.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	ran, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if code, ok := errors.AsType[exit](err); ok {
		return int(code)
	}
	fmt.Fprintln(stderr, "siteward:", plainLines(err.Error()))
	if isProbe(ran) {
		return probes.ExitCode(appliance.StateNoData)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

func isProbe(cmd *cobra.Command) bool {
	for ; cmd != nil; cmd = cmd.Parent() {
		if cmd.Name() == "probe" && cmd.Parent() == cmd.Root() {
			return true
		}
	}
	return false
}

// exit ends the program with this code; what there was to say has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a wrong flag or argument.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func newRoot() *cobra.Command {
	root := group(&cobra.Command{
		Use:   "siteward",
		Short: "The caretaker of a small site's IT",
		Long: `Siteward watches servers, switches and UPSes, keeps their history and shows all of it in a web interface.

Flags may also be set in the environment: --listen is SITEWARD_LISTEN, --log-level is SITEWARD_LOG_LEVEL.`,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags()) },
	})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(serveCommand(), demoCommand(), probeCommand(), simulateCommand(), readCommand(), formatCommand(), sourceCommand(), receiverCommand(), consumerCommand(),
		walkCommand(), profileCommand(),
		discoverCommand(), applyCommand(), exportCommand(), userCommand(), backupCommand(), restoreCommand(), verifyCommand(), logbookCommand(), windowCommand(), mountUnitCommand(),
		connectCommand(), disconnectCommand(), offerCommand(), uplinkCommand(), updateCommand(), healthCommand(), versionCommand(), centralCommand())
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		group(completion)
	}
	return root
}

// group makes a command that only holds others: alone it prints its help, and a name that it does not hold is wrong use.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if len(given) == 0 {
			return nil
		}
		hint := ""
		if near := cmd.SuggestionsFor(given[0]); len(near) > 0 {
			hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
		}
		return usageError{fmt.Errorf("%s has no command %q%s; see %s --help", cmd.CommandPath(), given[0], hint, cmd.CommandPath())}
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// fromEnvironment sets flags that were not given from SITEWARD_<NAME>.
func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "SITEWARD_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, usageError{fmt.Errorf("environment variable %s: %w", name, err)})
		}
	})
	return errors.Join(errs...)
}

// args wraps cobra's argument checks so that they end with exit code 2.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := check(cmd, given); err != nil {
			return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
		}
		return nil
	}
}
