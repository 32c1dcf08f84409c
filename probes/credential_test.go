package probes

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"siteward/appliance"
)

func write(tb testing.TB, path, content string, mode os.FileMode) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		tb.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		tb.Fatal(err)
	}
}

func TestResolve(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "good"), "s3cret\r\n", 0o600)
	write(t, filepath.Join(root, "empty"), "\n", 0o600)
	write(t, filepath.Join(root, "lines"), "one\ntwo\n", 0o600)
	write(t, filepath.Join(root, "long"), strings.Repeat("x", maxSecret+1), 0o600)
	write(t, filepath.Join(elsewhere, "shadow"), "root:x", 0o600)
	if err := os.Symlink(filepath.Join(elsewhere, "shadow"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SITEWARD_SECRET_TEST", "from the environment")
	for _, c := range []struct {
		name, root string
		secret     appliance.Secret
		want, err  string
	}{
		{"entered", root, appliance.Secret{Value: "typed"}, "typed", ""},
		{"none", root, appliance.Secret{}, "", ""},
		{"relative", root, appliance.Secret{File: "good"}, "s3cret", ""},
		{"absolute below the root", root, appliance.Secret{File: filepath.Join(root, "good")}, "s3cret", ""},
		{"absolute without a root", "", appliance.Secret{File: filepath.Join(elsewhere, "shadow")}, "root:x", ""},
		{"environment", root, appliance.Secret{Env: "SITEWARD_SECRET_TEST"}, "from the environment", ""},
		{"absolute elsewhere", root, appliance.Secret{File: filepath.Join(elsewhere, "shadow")}, "", "lies outside"},
		{"up and away", root, appliance.Secret{File: "../x"}, "", "lies outside"},
		{"link to elsewhere", root, appliance.Secret{File: "link"}, "", "lies outside"},
		{"missing", root, appliance.Secret{File: "nothing"}, "", "does not exist"},
		{"missing root", filepath.Join(root, "none"), appliance.Secret{File: "good"}, "", "does not exist"},
		{"folder", root, appliance.Secret{File: "."}, "", "not a plain file"},
		{"pipe", root, appliance.Secret{File: "pipe"}, "", "not a plain file"},
		{"empty", root, appliance.Secret{File: "empty"}, "", "is empty"},
		{"two lines", root, appliance.Secret{File: "lines"}, "", "more than one line"},
		{"too long", root, appliance.Secret{File: "long"}, "", "longer than 4 KiB"},
		{"variable not set", root, appliance.Secret{Env: "SITEWARD_SECRET_NONE"}, "", "is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Resolve(appliance.Credential{Name: "office", Auth: c.secret}, c.root)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || appliance.CodeOf(err) != appliance.CodeInvalid {
					t.Errorf("err = %v, want one with %q", err, c.err)
				}
				return
			}
			if err != nil || got.Auth.Value != c.want || got.Auth.File != "" {
				t.Errorf("got %#v, %v", got.Auth.Value, err)
			}
		})
	}
}

func TestOpenSecrets(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "open"), "x", 0o644)
	write(t, filepath.Join(root, "closed"), "x", 0o640)
	messages := OpenSecrets(appliance.Credential{Auth: appliance.Secret{File: "open"}, Priv: appliance.Secret{File: "closed"}}, root)
	if len(messages) != 1 || !strings.Contains(messages[0].English, "open") {
		t.Errorf("messages = %+v", messages)
	}
}
