package logbook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how many entries a log has and what the root of their tree is. Its text has the form of C2SP tlog-checkpoint.
type Checkpoint struct {
	Origin string // names the log; the same as the name of its keys
	Size   int64
	Root   tlog.Hash
}

// Text is what is signed: three lines.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// ParseCheckpoint reads the text of a checkpoint. Further lines are extensions and are passed over.
func ParseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return c, errors.New("a checkpoint has three lines: the log's name, its size, its root")
	}
	c.Origin = lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return c, fmt.Errorf("the size in the checkpoint is no number: %.40q", lines[1])
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return c, fmt.Errorf("the root in the checkpoint is no hash: %.80q", lines[2])
	}
	return c, nil
}

// NewKey makes a key to sign with. Origin is the log's name, "" makes a new one. The first result is secret.
func NewKey(random io.Reader, origin string) (private, public string, err error) {
	if origin == "" {
		var b [8]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", "", err
		}
		origin = fmt.Sprintf("siteward/logbook/%x", b)
	}
	return note.GenerateKey(random, origin)
}

// Sign gives the signature of a checkpoint: four bytes that name the key and 64 of Ed25519.
func Sign(c Checkpoint, s note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	line := strings.TrimSpace(string(signed[len(c.Text()):]))
	_, encoded, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
	return base64.StdEncoding.DecodeString(encoded)
}

// Note puts a checkpoint and its signature together as a signed note.
func (c Checkpoint) Note(signature []byte) string {
	return c.Text() + "\n— " + c.Origin + " " + base64.StdEncoding.EncodeToString(signature) + "\n"
}

// OpenNote checks the signature of a note and reads its checkpoint.
func OpenNote(signed string, keys note.Verifiers) (Checkpoint, error) {
	n, err := note.Open([]byte(signed), keys)
	if err != nil {
		return Checkpoint{}, err
	}
	return ParseCheckpoint(n.Text)
}

// Verifiers makes a set of public keys.
func Verifiers(public ...string) (note.Verifiers, error) {
	list := make([]note.Verifier, 0, len(public))
	seen := map[string]bool{}
	for _, key := range public {
		if seen[key] {
			continue // one key twice would be ambiguous
		}
		seen[key] = true
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("public key %.100q: %w", key, err)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}
