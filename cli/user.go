package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

func userCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "user", Short: "Users: list, add, password, disable, enable, setup-link"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(userList(&data), userAdd(&data), userPassword(&data),
		userSwitch(&data, "disable", "Keep a user from signing in", true),
		userSwitch(&data, "enable", "Let a disabled user sign in again", false), setupLink(&data))
	return cmd
}

func userList(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the users", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				users, err := ops.Users(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), listed(users))
				}
				return printUsers(cmd.OutOrStdout(), users)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// listedUser is a user as --json prints it: nothing of the password, not even its place.
type listedUser struct {
	Name     string         `json:"name"`
	FullName string         `json:"full_name,omitempty"`
	Role     appliance.Role `json:"role"`
	Language string         `json:"language,omitempty"`
	Disabled bool           `json:"disabled"`
	Created  time.Time      `json:"created"`
	SignedIn *time.Time     `json:"signed_in"` // null: never
}

func listed(users []appliance.User) []listedUser {
	out := make([]listedUser, 0, len(users))
	for _, u := range users {
		l := listedUser{Name: u.Name, FullName: u.FullName, Role: u.Role, Language: u.Language, Disabled: u.Disabled, Created: u.Created}
		if !u.SignedIn.IsZero() {
			l.SignedIn = &u.SignedIn
		}
		out = append(out, l)
	}
	return out
}

func printUsers(w io.Writer, users []appliance.User) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "NAME\tROLE\tFULL NAME\tLAST SIGN-IN\tDISABLED")
	for _, u := range users {
		last := "never"
		if !u.SignedIn.IsZero() {
			last = u.SignedIn.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%t\n", plain(u.Name), u.Role, plain(u.FullName), last, u.Disabled)
	}
	return tw.Flush()
}

func userAdd(data *string) *cobra.Command {
	var u appliance.User
	var role string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a user; the password is the first line of standard input", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			u.Name, u.Role = given[0], appliance.Role(role)
			password, err := readPassword(cmd.InOrStdin())
			if err != nil {
				return err
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				return ops.AddUser(cmd.Context(), u, password)
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", string(appliance.RoleKeyUser), "viewer, keyuser, technician or administrator")
	cmd.Flags().StringVar(&u.FullName, "full-name", "", "as shown to others")
	cmd.Flags().StringVar(&u.Language, "language", "", "de, nl or en; the site's when empty")
	return cmd
}

func userPassword(data *string) *cobra.Command {
	return &cobra.Command{
		Use: "password NAME", Short: "Set a user's password; it is the first line of standard input", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			password, err := readPassword(cmd.InOrStdin())
			if err != nil {
				return err
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				return ops.SetPassword(cmd.Context(), given[0], password)
			})
		},
	}
}

func userSwitch(data *string, verb, short string, disabled bool) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				return ops.DisableUser(cmd.Context(), given[0], disabled)
			})
		},
	}
}

func setupLink(data *string) *cobra.Command {
	return &cobra.Command{
		Use: "setup-link", Short: "Print a new one-time set-up link, while there is no administrator yet", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				link, err := ops.SetupLink(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), link)
				return err
			})
		},
	}
}

// readPassword takes the first line, so that a password never stands on the command line or in the shell's history.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", errors.New("no password on standard input; type it, or pipe it in: printf '%s\\n' \"$PASSWORD\" | siteward user …")
	}
	return password, nil
}
