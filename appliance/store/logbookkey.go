package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"siteward/appliance"
	"siteward/appliance/logbook"
)

// logbookKeyFile holds the key that signs the logbook, in the form of golang.org/x/mod/sumdb/note. It is not in backups: who
// restores one elsewhere goes on with a key of that place, and the change of keys is an entry.
const logbookKeyFile = "logbook.key"

// logbookSigner gives the key to sign with. The first time it makes one, and it notes in the store from which entry on it signs.
func (tx *Tx) logbookSigner() (note.Signer, error) {
	if tx.s.signer != nil {
		return tx.s.signer, nil
	}
	known, err := tx.logbookKeys()
	if err != nil {
		return nil, err
	}
	private, public, err := tx.s.logbookKey(originOf(known))
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("the key of the logbook, %s: %w; move the file away, a new one is made then", logbookKeyFile, err)
	}
	if n := len(known); n == 0 || known[n-1].Key != public {
		known = append(known, appliance.LogbookKey{Key: public, From: tx.entries + 1})
		if err := tx.setJSON([]byte(nounLogKeys), known); err != nil {
			return nil, err
		}
	}
	tx.after = append(tx.after, func() { tx.s.signer = signer })
	if tx.entries == 0 || known[len(known)-1].From != tx.entries+1 {
		return signer, nil
	}
	return tx.announceKey(signer, public)
}

// announceKey writes the entry about a key that goes on where another one signed.
func (tx *Tx) announceKey(signer note.Signer, public string) (note.Signer, error) {
	was := tx.s.signer
	tx.s.signer = signer
	tx.failed = append(tx.failed, func() { tx.s.signer = was })
	return signer, tx.AppendLogbook(&appliance.LogbookEntry{Party: appliance.PartySiteward, By: appliance.PartySiteward, Kind: appliance.LogbookSystem,
		Message: &appliance.Message{Key: "logbook.new_key", Args: map[string]any{"key": public},
			English: "from here on the logbook is signed with another key, " + public + ": it was restored from a backup, or its key file was lost"}})
}

func originOf(keys []appliance.LogbookKey) string {
	if len(keys) == 0 {
		return ""
	}
	origin, _, _ := strings.Cut(keys[0].Key, "+")
	return origin
}

func (tx *Tx) logbookKeys() (keys []appliance.LogbookKey, err error) {
	if err = tx.getJSON([]byte(nounLogKeys), &keys); isMissing(err) {
		err = nil
	}
	return keys, err
}

// logbookKey reads the key file, or makes one. origin is the log's name, when it has one already.
func (s *Store) logbookKey(origin string) (private, public string, err error) {
	path := filepath.Join(s.dir, logbookKeyFile)
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		private, public, _ = strings.Cut(strings.TrimSpace(string(b)), "\n")
		if origin == "" || strings.HasPrefix(public, origin+"+") {
			return private, public, nil
		}
		return "", "", fmt.Errorf("%s belongs to another logbook, %.60q; move it away, a new one is made then", path, originOf([]appliance.LogbookKey{{Key: public}}))
	case !errors.Is(err, os.ErrNotExist):
		return "", "", folderError(s.dir, err)
	}
	if private, public, err = logbook.NewKey(rand.Reader, origin); err != nil {
		return "", "", err
	}
	return private, public, s.writeKey(path, private+"\n"+public+"\n")
}

// writeKey puts the key on the disk before anything is signed with it.
func (s *Store) writeKey(path, text string) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return folderError(s.dir, err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return folderError(s.dir, err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return folderError(s.dir, err)
	}
	return syncFolder(s.dir)
}
