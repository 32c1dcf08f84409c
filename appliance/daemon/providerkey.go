package daemon

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The key that reports are signed with lies in a file beside the store, as the logbook's does, and is in no backup: whoever restores
// one elsewhere is another machine and connects anew. The next key waits in a file of its own until central has taken it, so that a
// lost answer can be asked for again.
const (
	providerKeyFile  = "provider.key"
	providerNextFile = "provider.key.next"
)

// providerKey reads a key. It is fs.ErrNotExist when there is none.
func (d *Daemon) providerKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(filepath.Join(d.Data, file))
	if err != nil {
		return nil, err
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the key file %s is damaged; move it away and connect to the provider anew", file)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// nextProviderKey is the key that waits to be taken, a new one when there is none.
func (d *Daemon) nextProviderKey() (ed25519.PrivateKey, error) {
	key, err := d.providerKey(providerNextFile)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	_, key, err = ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return key, d.writeKey(providerNextFile, key)
}

func (d *Daemon) writeKey(file string, key ed25519.PrivateKey) error {
	f, err := os.CreateTemp(d.Data, "."+file+"-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key.Seed()) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(d.Data, file))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return d.syncData()
}

// takeNextKey puts the key that waited in the place of the present one.
func (d *Daemon) takeNextKey() error {
	if err := os.Rename(filepath.Join(d.Data, providerNextFile), filepath.Join(d.Data, providerKeyFile)); err != nil {
		return err
	}
	return d.syncData()
}

func (d *Daemon) syncData() error {
	f, err := os.Open(d.Data)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
