package update

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"aead.dev/minisign"

	"siteward/appliance"
)

// Manifest says what a release is. It is signed as the bytes it came in; the files are known by their SHA-256.
type Manifest struct {
	Form    int       `json:"form"`    // 1
	Product string    `json:"product"` // "siteward"
	Version string    `json:"version"`
	From    string    `json:"from,omitempty"` // the least version that may be updated to it
	Date    time.Time `json:"date"`
	Notes   string    `json:"notes,omitempty"`
	Base    string    `json:"base,omitempty"` // https address of the files, when the manifest comes without them
	Files   []File    `json:"files"`
}

// File is the program for one kind of machine.
type File struct {
	OS     string `json:"os"`   // as Go calls it
	Arch   string `json:"arch"` // as Go calls it
	Name   string `json:"name"` // beside the manifest
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Names of what a release consists of beside its files.
const (
	ManifestName  = "release.json"
	SignatureName = "release.json.minisig"
)

// Bounds of a release.
const (
	maxManifest  = 64 << 10
	maxSignature = 4 << 10
	maxProgram   = 256 << 20
)

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,100}$`)

// Keys are the public keys that releases are signed with.
type Keys []minisign.PublicKey

// builtIn are keys that the build brings along, separated by commas; -ldflags "-X siteward/appliance/update.builtIn=RW…".
var builtIn string

// KeysFolder is where the administrator of the machine puts keys, as files of minisign. The service cannot write there.
const KeysFolder = "/etc/siteward/release-keys"

// LoadKeys gives the keys of the build and of a folder, which may be missing.
func LoadKeys(folder string) (Keys, error) {
	var keys Keys
	for _, text := range strings.FieldsFunc(builtIn, func(r rune) bool { return r == ',' }) {
		var k minisign.PublicKey
		if err := k.UnmarshalText([]byte(text)); err != nil {
			return nil, fmt.Errorf("a release key of this build: %w", err)
		}
		keys = append(keys, k)
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("release keys: %w", err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".pub" {
			continue
		}
		k, err := minisign.PublicKeyFromFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("release key %s: %w", e.Name(), err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// Open checks the signature of a manifest and reads it strictly.
func (keys Keys) Open(manifest, signature []byte) (m Manifest, err error) {
	if len(keys) == 0 {
		return m, appliance.Errorf(appliance.CodeUnavailable, "no key is known that releases are signed with; put the provider's minisign key into %s", KeysFolder)
	}
	good := false
	for _, k := range keys {
		good = good || minisign.Verify(k, manifest, signature)
	}
	if !good {
		return m, appliance.Errorf(appliance.CodeForbidden, "the release is not signed with a key that is known here; nothing was changed")
	}
	if len(manifest) > maxManifest {
		return m, badRelease("its manifest is too large")
	}
	d := json.NewDecoder(bytes.NewReader(manifest))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, badRelease("its manifest cannot be read (%v)", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Manifest{}, badRelease("something follows its manifest")
	}
	return m, m.check()
}

func badRelease(format string, args ...any) error {
	return appliance.Errorf(appliance.CodeInvalid, "the release cannot be used: "+format, args...)
}

func (m Manifest) check() error {
	if m.Form != 1 || m.Product != "siteward" {
		return badRelease("it is no release of Siteward that this version understands")
	}
	if !ValidVersion(m.Version) || m.From != "" && !ValidVersion(m.From) {
		return badRelease("%.60q is no version", m.Version)
	}
	if m.Base != "" && !strings.HasPrefix(m.Base, "https://") {
		return badRelease("its files must come over https")
	}
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		if err != nil || len(sum) != 32 || f.Bytes <= 0 || f.Bytes > maxProgram || !fileName.MatchString(f.Name) {
			return badRelease("its file %.60q is described wrongly", f.Name)
		}
	}
	return nil
}

// For gives the file for a kind of machine.
func (m Manifest) For(goos, goarch string) (File, error) {
	for _, f := range m.Files {
		if f.OS == goos && f.Arch == goarch {
			return f, nil
		}
	}
	return File{}, badRelease("it has no program for this machine (%s/%s)", goos, goarch)
}

// Fits says whether a release may follow the version that runs.
func (m Manifest) Fits(running string, downgrade bool) error {
	switch c := Compare(m.Version, running); {
	case c == 0:
		return appliance.Errorf(appliance.CodeConflict, "version %s runs already", running)
	case c < 0 && !downgrade:
		return appliance.Errorf(appliance.CodeConflict, "version %s is older than %s, which runs; an older one is only installed with --downgrade", m.Version, running)
	}
	if m.From != "" && ValidVersion(running) && Compare(running, m.From) < 0 {
		return appliance.Errorf(appliance.CodeConflict, "version %s can follow %s or later; install a version in between first", m.Version, m.From)
	}
	return nil
}
