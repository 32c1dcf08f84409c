package probes

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"siteward/appliance"
)

// maxSecret bytes of a secret's file are read.
const maxSecret = 4 << 10

// maxKey bytes of a private key's file are read.
const maxKey = 16 << 10

// Resolve gives the credential with its secrets' values in place, read anew each time so that they can be changed
// where they stand. Files are looked for below root and nowhere else, because whoever may edit credentials must not
// read the machine by sending its files to a device; with root "" (the command line of an operator) any path is good.
// One line end is taken off. Its errors are *appliance.Error, name the field and never hold a secret.
func Resolve(c appliance.Credential, root string) (appliance.Credential, error) {
	for _, s := range []struct {
		field  string
		secret *appliance.Secret
	}{{"community", &c.Community}, {"auth", &c.Auth}, {"priv", &c.Priv}, {"password", &c.Password}, {"key", &c.Key}, {"passphrase", &c.Passphrase}} {
		value, err := secretValue(*s.secret, root, s.field == "key")
		if err != nil {
			return appliance.Credential{}, noSecret(c.Name, s.field, err)
		}
		if !s.secret.IsZero() {
			*s.secret = appliance.Secret{Value: value}
		}
	}
	return c, nil
}

// Secret reads one secret that is no credential's: the password of a mail relay, the key of a web hook.
func Secret(s appliance.Secret, root string) (string, error) { return secretValue(s, root, false) }

func noSecret(credential, field string, err error) error {
	english := fmt.Sprintf("the secret of credential %s cannot be had: %v", credential, err)
	e := appliance.Invalid(field, "probes.secret", english, map[string]any{"name": credential, "why": err.Error()})
	e.Err = err
	return e
}

// secretValue reads one secret; lines says that it may have many, as a private key has.
func secretValue(s appliance.Secret, root string, lines bool) (string, error) {
	switch {
	case s.File != "":
		return secretFile(s.File, root, lines)
	case s.Env != "":
		if v, ok := os.LookupEnv(s.Env); ok && v != "" {
			return v, nil
		}
		return "", fmt.Errorf("the environment variable %s is not set for the appliance", s.Env)
	}
	return s.Value, nil
}

func secretFile(path, root string, lines bool) (string, error) {
	f, err := openSecret(path, root)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a plain file", path)
	}
	limit := maxSecret
	if lines {
		limit = maxKey
	}
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, cause(err))
	}
	if len(b) > limit {
		return "", fmt.Errorf("%s is longer than %d KiB; a secret is one line, a key a few", path, limit>>10)
	}
	if lines && len(b) > 0 {
		return string(b), nil
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if value == "" || strings.ContainsAny(value, "\n\x00") {
		return "", fmt.Errorf("%s is empty or holds more than one line", path)
	}
	return value, nil
}

// openSecret does not wait for a pipe's other end and does not leave root, by links neither.
func openSecret(path, root string) (*os.File, error) {
	if root == "" {
		f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		return f, said(path, err)
	}
	rel := path
	if filepath.IsAbs(path) {
		var err error
		if rel, err = filepath.Rel(root, path); err != nil {
			return nil, outside(path, root)
		}
	}
	if !filepath.IsLocal(rel) {
		return nil, outside(path, root)
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, said(root, err)
	}
	defer dir.Close()
	f, err := dir.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil && cause(err).Error() == "path escapes from parent" {
		return nil, outside(path, root)
	}
	return f, said(path, err)
}

func outside(path, root string) error {
	return fmt.Errorf("%s lies outside of %s; put the file there", path, root)
}

func said(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by the appliance; give its user the right to", path)
	}
	return fmt.Errorf("%s: %w", path, cause(err))
}

func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// OpenSecrets names the files of a credential that everybody on the machine may read, a sentence each: for the
// settings page and for `siteward apply`.
func OpenSecrets(c appliance.Credential, root string) []appliance.Message {
	var messages []appliance.Message
	for _, s := range []appliance.Secret{c.Community, c.Auth, c.Priv, c.Password, c.Key, c.Passphrase} {
		if s.File == "" {
			continue
		}
		f, err := openSecret(s.File, root)
		if err != nil {
			continue // Resolve says it
		}
		if st, err := f.Stat(); err == nil && st.Mode().Perm()&0o004 != 0 {
			messages = append(messages, appliance.Message{Key: "probes.secret_open", Args: map[string]any{"file": s.File},
				English: fmt.Sprintf("Everybody on this machine may read %s; take that right away (chmod o-r).", s.File)})
		}
		_ = f.Close()
	}
	return messages
}
