package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
)

var exampleSwitch = filepath.Join(peer.Root(), "probes", "probetest", "agent", "testdata", "switch.snmprec")

// simulate runs the command until stop is called, which gives the rest of its output.
func simulate(t *testing.T, given ...string) (first *bufio.Reader, stop func() error) {
	t.Helper()
	cmd := simulateCommand()
	read, write := io.Pipe()
	cmd.SetOut(write)
	cmd.SetArgs(given)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := cmd.ExecuteContext(ctx)
		write.Close()
		done <- err
	}()
	t.Cleanup(cancel)
	return bufio.NewReader(read), func() error {
		cancel()
		return <-done
	}
}

func TestSimulate(t *testing.T) {
	snmpget := peer.Need(t, "snmpget")
	out, stop := simulate(t, exampleSwitch, "--listen", "127.0.0.1:0", "--json", "--v3-user", "caretaker",
		"--v3-auth-proto", "SHA-256", "--v3-auth-key", "12345678", "--v3-priv-key", "87654321")
	var began simulated
	decoder := json.NewDecoder(out)
	if err := decoder.Decode(&began); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-v1", "-c", "switch"}, {"-v2c", "-c", "switch"},
		{"-v3", "-u", "caretaker", "-l", "authPriv", "-a", "SHA-256", "-A", "12345678", "-x", "AES", "-X", "87654321", "-n", "switch"},
	} {
		args = append(args, "-Ov", began.Endpoints[0].Address, "1.3.6.1.2.1.1.5.0")
		got, err := exec.Command(snmpget, args...).Output()
		if err != nil || strings.TrimSpace(string(got)) != `STRING: "switch-1"` && strings.TrimSpace(string(got)) != "STRING: switch-1" {
			t.Errorf("%v: %q, %v", args, got, err)
		}
	}
	go func() { _ = stop() }()
	var ended agent.Counters
	if err := decoder.Decode(&ended); err != nil {
		t.Fatal(err)
	}
	if ended.Get != 3 || ended.Answers != 3 || ended.Malformed != 0 {
		t.Errorf("%+v", ended)
	}
}

func TestSimulateSaysWhatIsWrong(t *testing.T) {
	for want, given := range map[string][]string{
		"requires at least 1 arg":     {},
		"no such file":                {filepath.Join(t.TempDir(), "x.snmprec")},
		`fault "rude" is unknown`:     {exampleSwitch, "--fault", "rude"},
		"want a share such as 5%":     {exampleSwitch, "--loss", "150%"},
		"SNMPv3 needs --v3-user":      {exampleSwitch, "--v3-auth-key", "12345678"},
		"8 characters or more":        {exampleSwitch, "--v3-user", "u", "--v3-auth-key", "1234"},
		`protocol "MD4" is unknown`:   {exampleSwitch, "--v3-user", "u", "--v3-auth-proto", "md4"},
		"--max-reply is 1 to 65507":   {exampleSwitch, "--max-reply", "70000"},
		"--repeat is 1 to 100000":     {exampleSwitch, "--repeat", "0"},
		"no address to listen on":     {exampleSwitch, "--listen", "here"},
		"either an address or a port": {exampleSwitch, "--per-address", "--port-range", "--listen", "127.0.0.1:0"},
	} {
		cmd := simulateCommand()
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetArgs(given)
		if given == nil {
			cmd.SetArgs([]string{})
		}
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", given, err, want)
		}
	}
	if _, ok := errors.AsType[usageError](args(cobra.MinimumNArgs(1))(simulateCommand(), nil)); !ok {
		t.Error("a missing argument is no wrong use")
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "5%": 0.05, "0.25": 0.25, "100%": 1} {
		if got, err := parseShare(text); err != nil || got != want {
			t.Errorf("%s = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "NaN", "-1", "101%", "much"} {
		if v, err := parseShare(text); err == nil {
			t.Errorf("%q became %v", text, v)
		}
	}
}
