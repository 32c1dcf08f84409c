package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"siteward/appliance"
)

// Bounds of what a pattern may make us look at.
const (
	maxFolders = 500
	maxEntries = 20_000
	maxFiles   = 1_000 // newest first
)

// folder is what a list is made from. Names are as the place has them.
type folder interface {
	readDir(name string) ([]fs.FileInfo, error)
	stat(name string) (fs.FileInfo, error)
}

var errMany = errors.New("the pattern means too many files")

// expand gives the files that a pattern means, and what rotation has made of them. A pattern without a star means its
// file even when others share the folder, and it need not exist: nothing is found then.
func expand(ctx context.Context, f folder, pattern string) ([]string, map[string]fs.FileInfo, error) {
	dirs, err := expandDirs(ctx, f, path.Dir(pattern))
	if err != nil {
		return nil, nil, err
	}
	base := path.Base(pattern)
	infos := map[string]fs.FileInfo{}
	var names []string
	seen := 0
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		entries, err := f.readDir(dir)
		if err != nil {
			return nil, nil, err
		}
		if seen += len(entries); seen > maxEntries {
			return nil, nil, errMany
		}
		for _, e := range entries {
			if !means(base, e.Name()) {
				continue
			}
			name := path.Join(dir, e.Name())
			if e.Mode()&fs.ModeSymlink != 0 {
				if e, err = f.stat(name); err != nil {
					continue // a link that leads out of the folder, or nowhere
				}
			}
			if e.Mode().IsRegular() {
				names = append(names, name)
				infos[name] = e
			}
		}
	}
	return names, infos, nil
}

// means says whether a base name, or what it was called before rotation, fits the pattern.
func means(pattern, base string) bool {
	return slices.ContainsFunc(originals(base), func(n string) bool {
		ok, err := path.Match(pattern, n)
		return ok && err == nil || n == pattern
	})
}

func hasMeta(s string) bool { return strings.ContainsAny(s, "*?[") }

// expandDirs gives the folders that the folder part of a pattern means.
func expandDirs(ctx context.Context, f folder, pattern string) ([]string, error) {
	if !hasMeta(pattern) {
		return []string{pattern}, nil
	}
	parents, err := expandDirs(ctx, f, path.Dir(pattern))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, parent := range parents {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := f.readDir(parent)
		if err != nil {
			continue // one of many
		}
		for _, e := range entries {
			if ok, err := path.Match(path.Base(pattern), e.Name()); err != nil || !ok || !e.IsDir() {
				continue
			}
			if out = append(out, path.Join(parent, e.Name())); len(out) > maxFolders {
				return nil, errMany
			}
		}
	}
	return out, nil
}

// newest keeps the newest files, oldest first, each once.
func newest(files []Found) []Found {
	slices.SortStableFunc(files, func(a, b Found) int {
		if c := a.Modified.Compare(b.Modified); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(family(a.Name), family(b.Name)), strings.Compare(b.Name, a.Name)) // backup.log.2 is older than backup.log.1
	})
	seen := map[string]bool{}
	files = slices.DeleteFunc(files, func(f Found) bool {
		twice := seen[f.Name]
		seen[f.Name] = true
		return twice
	})
	return files[max(0, len(files)-maxFiles):]
}

// failure makes a sentence of what a file system or a server said.
func failure(name string, err error) error {
	var key, english string
	switch {
	case err == nil, appliance.CodeOf(err) != "":
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, errMany):
		key, english = "many", fmt.Sprintf("%s means too many files; name fewer", name)
	case errors.Is(err, fs.ErrNotExist):
		key, english = "missing", fmt.Sprintf("%s does not exist; is the name right, and is the share mounted?", name)
	case errors.Is(err, fs.ErrPermission):
		key, english = "permission", fmt.Sprintf("%s may not be read; give the user siteward the right to, for instance by the group adm", name)
	case strings.Contains(err.Error(), "path escapes from parent"):
		key, english = "escapes", fmt.Sprintf("%s is a link that leads out of the folders logs may be read from", name)
	default:
		key, english = "read", fmt.Sprintf("%s cannot be read: %v", name, cause(err))
		return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_" + key,
			Args: map[string]any{"name": name, "why": cause(err).Error()}, English: english}}
	}
	return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_" + key,
		Args: map[string]any{"name": name}, English: english}}
}

func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
