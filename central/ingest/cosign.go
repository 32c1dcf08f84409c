package ingest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/central"
)

// cosigner is the key that countersigns checkpoints.
type cosigner struct {
	Private string `json:"private"`
	Public  string `json:"public"`
}

var cosigners = central.Noun[cosigner]{Family: "cosigner"}

// Cosigner gives what countersigns checkpoints, with a key that all processes share, and the public key.
func Cosigner(ctx context.Context, s central.Records) (sign func(string) (string, error), public string, err error) {
	k, _, err := cosigners.Find(ctx, s, "key")
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		name := "siteward/central/" + strings.ToLower(rand.Text()[:12])
		if k.Private, k.Public, err = logbook.NewKey(rand.Reader, name); err != nil {
			return nil, "", err
		}
		if err = cosigners.Put(ctx, s, "key", k, 0); appliance.CodeOf(err) == appliance.CodeConflict {
			k, _, err = cosigners.Find(ctx, s, "key") // another process was first
		}
	}
	if err != nil {
		return nil, "", err
	}
	signer, err := note.NewSigner(k.Private)
	if err != nil {
		return nil, "", fmt.Errorf("key that countersigns: %w", err)
	}
	return func(signed string) (string, error) {
		text, sigs, ok := cutNote(signed)
		if !ok {
			return "", fmt.Errorf("a checkpoint without a signature")
		}
		ours, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return "", err
		}
		return text + "\n" + sigs + strings.TrimPrefix(string(ours), text+"\n"), nil
	}, k.Public, nil
}

// cutNote takes a signed note apart into its text and the lines of signatures.
func cutNote(signed string) (text, signatures string, ok bool) {
	text, signatures, ok = strings.Cut(signed, "\n\n")
	return text + "\n", signatures, ok
}
