package source

import (
	"path"
	"slices"

	"siteward/internal/lazyregexp"
)

// stamp is a number, seconds since 1970, or a date with or without a time.
const stamp = `[.-]\d{1,4}|[._-]\d{10}|[._-]\d{4}-?\d{2}-?\d{2}(?:[T._-]?\d{2}(?:[:.-]?\d{2}){0,2}|-\d{10})?`

// What rotation makes of backup.log: backup.log.1, backup.log-20261128, backup.log.old, and with logrotate's "extension"
// backup-20261128.log or backup.1.log; any of them packed.
var (
	packing = lazyregexp.New(`(?i)\.(gz|zst|bz2)$`)
	behind  = lazyregexp.New(`(?i)^(.+?)(?:` + stamp + `|\.old|\.bak|~)$`)
	between = lazyregexp.New(`(?i)^(.+?)(?:` + stamp + `)(\.[a-z]{2,5})$`)
)

// originals are the base names that a file may have had before rotation, its own first.
func originals(base string) []string {
	names := []string{base}
	add := func(n string) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	base = packing.ReplaceAllString(base, "")
	add(base)
	if m := behind.FindStringSubmatch(base); m != nil {
		add(m[1])
	}
	if m := between.FindStringSubmatch(base); m != nil {
		add(m[1] + m[2])
	}
	return names
}

// related says whether one of two files can be what rotation made of the other.
func related(a, b string) bool {
	if path.Dir(a) != path.Dir(b) {
		return false
	}
	of := originals(path.Base(b))
	return slices.ContainsFunc(originals(path.Base(a)), func(n string) bool { return slices.Contains(of, n) })
}

// family is what a file and those that rotation made of it have in common.
func family(name string) string {
	of := originals(path.Base(name))
	return path.Join(path.Dir(name), of[len(of)-1])
}
