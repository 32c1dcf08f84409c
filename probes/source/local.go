package source

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"siteward/appliance"
)

// Local opens the files of this machine that patterns mean, below the folders given and nowhere else.
func Local(folders, patterns []string) (Place, error) {
	l := &local{roots: map[string]*os.Root{}}
	for _, p := range patterns {
		folder, ok := within(folders, p)
		if !ok {
			_ = l.Close()
			return nil, &appliance.Error{Code: appliance.CodeInvalid, Field: "files.paths", Message: appliance.Message{Key: "source.error_outside",
				Args:    map[string]any{"name": p, "folders": strings.Join(folders, ", ")},
				English: fmt.Sprintf("%s lies outside of the folders that logs may be read from (%s); allow its folder with --logs", p, strings.Join(folders, ", "))}}
		}
		l.patterns = append(l.patterns, located{folder, p})
	}
	return l, nil
}

// within finds the folder that holds a pattern, the deepest of several.
func within(folders []string, pattern string) (folder string, ok bool) {
	clean := path.Clean(pattern)
	if !path.IsAbs(pattern) || clean != pattern {
		return "", false
	}
	for _, f := range folders {
		f = path.Clean(f)
		if (f == "/" || strings.HasPrefix(clean, f+"/")) && len(f) > len(folder) {
			folder, ok = f, true
		}
	}
	return folder, ok
}

// Within says whether files of a pattern may be read.
func Within(folders []string, pattern string) bool {
	_, ok := within(folders, pattern)
	return ok
}

type located struct{ folder, pattern string }

type local struct {
	patterns []located
	roots    map[string]*os.Root
}

func (l *local) root(folder string) (*os.Root, error) {
	if r := l.roots[folder]; r != nil {
		return r, nil
	}
	r, err := os.OpenRoot(folder)
	if err == nil {
		l.roots[folder] = r
	}
	return r, err
}

func (l *local) Close() error {
	for _, r := range l.roots {
		_ = r.Close()
	}
	clear(l.roots)
	return nil
}

func (l *local) List(ctx context.Context) ([]Found, error) {
	var out []Found
	for _, p := range l.patterns {
		root, err := l.root(p.folder)
		if err != nil {
			return nil, failure(p.folder, err)
		}
		names, infos, err := expand(ctx, below{root, p.folder}, p.pattern)
		if err != nil {
			return nil, failure(p.pattern, err)
		}
		for _, name := range names {
			out = append(out, found(name, infos[name]))
		}
	}
	return newest(out), nil
}

func found(name string, info fs.FileInfo) Found {
	f := Found{Name: name, Size: info.Size(), Modified: info.ModTime()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		f.Volume, f.Inode = st.Dev, st.Ino
	}
	return f
}

func (l *local) Open(_ context.Context, f Found) (Content, error) {
	for _, p := range l.patterns {
		if !strings.HasPrefix(f.Name, strings.TrimSuffix(p.folder, "/")+"/") {
			continue
		}
		root, err := l.root(p.folder)
		if err != nil {
			return nil, failure(p.folder, err)
		}
		file, err := root.OpenFile(relative(p.folder, f.Name), os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe's other end is not waited for
		if err != nil {
			return nil, failure(f.Name, err)
		}
		if st, err := file.Stat(); err != nil || !st.Mode().IsRegular() {
			_ = file.Close()
			return nil, failure(f.Name, fs.ErrNotExist)
		}
		return file, nil
	}
	return nil, failure(f.Name, fs.ErrNotExist)
}

func relative(folder, name string) string {
	rel, err := filepath.Rel(folder, name)
	if err != nil {
		return name // os.Root refuses an absolute name
	}
	return rel
}

// below shows what lies in a root under its absolute names.
type below struct {
	root   *os.Root
	folder string
}

func (b below) readDir(name string) ([]fs.FileInfo, error) {
	dir, err := b.root.Open(relative(b.folder, name))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxEntries + 1)
	if err != nil && len(entries) == 0 && err.Error() != "EOF" {
		return nil, err
	}
	if len(entries) > maxEntries {
		return nil, errMany
	}
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		if info, err := b.root.Lstat(path.Join(relative(b.folder, name), e.Name())); err == nil { // gone meanwhile
			infos = append(infos, info)
		}
	}
	return infos, nil
}

func (b below) stat(name string) (fs.FileInfo, error) { return b.root.Stat(relative(b.folder, name)) }
