package agent

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Suffix is the ending of a recording's file name.
const Suffix = ".snmprec"

// Open reads recordings: files, and all *.snmprec of folders and the folders in them, in the order of names. As with
// snmpsimd one in a folder of a folder is named with its way there, "variants/ups". Two with one name are an error,
// because the name is the community.
func Open(paths ...string) ([]*Recording, error) {
	var out []*Recording
	seen := map[string]string{}
	for _, path := range paths {
		files, err := recordingFiles(path)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			r, err := openFile(f.path)
			if err != nil {
				return nil, err
			}
			r.Name = f.name
			if first, twice := seen[r.Name]; twice {
				return nil, fmt.Errorf("%s and %s have one name, and the name is the community: rename one", first, f.path)
			}
			seen[r.Name] = f.path
			out = append(out, r)
		}
	}
	return out, nil
}

type recordingFile struct{ path, name string }

func recordingFiles(path string) ([]recordingFile, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	if !st.IsDir() {
		return []recordingFile{{path, baseName(path)}}, nil
	}
	var out []recordingFile
	err = fs.WalkDir(os.DirFS(path), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(name, Suffix) {
			out = append(out, recordingFile{filepath.Join(path, name), strings.TrimSuffix(name, Suffix)})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open recordings: %w", err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no file that ends in %s", path, Suffix)
	}
	return out, nil
}

func openFile(path string) (*Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	defer f.Close()
	return Parse(path, f)
}

func baseName(path string) string { return strings.TrimSuffix(filepath.Base(path), Suffix) }

// Format writes the recording as .snmprec text, text outside 0x20-0x7e and with spaces at an end in hexadecimal.
func (r *Recording) Format(w io.Writer) error {
	b := bufio.NewWriter(w)
	for o, v := range r.All() {
		suffix, text := "", v.Text()
		if (v.Tag == TagOctets || v.Tag == TagOpaque) && !plain(text) {
			suffix, text = "x", hex.EncodeToString([]byte(text))
		}
		fmt.Fprintf(b, "%s|%d%s|%s\n", o, v.Tag, suffix, text)
	}
	return b.Flush()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return strings.TrimSpace(s) == s
}
