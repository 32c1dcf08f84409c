package config

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"siteward/appliance"
)

// FormatVersion stands in a site file as "siteward: 1".
const FormatVersion = 1

// Parse reads a site file. It tells all problems it finds at once, as a *FileError with line and column. What only the
// store can know (whether a parent or a credential exists that the file does not declare) is for Plan to say.
func Parse(r io.Reader, name string) (*File, error) {
	p := &reader{trouble: trouble{file: name}, places: map[string]Position{}, file: &File{Name: Owner(name)}}
	root := readTree(r, &p.trouble)
	if root == nil {
		if len(p.problems) == 0 {
			p.say(Position{Line: 1, Column: 1}, appliance.CodeInvalid, "", "is empty; to give back everything that the file owns, write \"devices: []\"")
		}
		return nil, p.err()
	}
	p.root(root)
	p.duplicates()
	p.circles()
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.file, nil
}

// reader turns the tree into a File and remembers where each field stands, so that a rule that is broken can be shown.
type reader struct {
	trouble
	places map[string]Position // path of a field to its value
	file   *File
}

// fields are what a mapping may hold: the key and what takes its value. The path names the value.
type fields map[string]func(n *node, path string)

func (p *reader) root(n *node) {
	p.mapping(n, "", fields{
		"siteward":    p.version,
		"take_over":   p.flag(&p.file.TakeOver),
		"site":        p.site,
		"contract":    p.contract,
		"credentials": p.list(p.credential),
		"devices":     p.list(p.device),
		"sources":     p.list(p.source),
		"backup_jobs": p.list(p.backupJob),
		"mail":        p.mail,
		"contacts":    p.list(p.contact),
		"routes":      p.list(p.route),
		"windows":     p.list(p.window),
		"consumers":   p.list(p.consumer),
	})
}

func (p *reader) version(n *node, path string) {
	if n.text != strconv.Itoa(FormatVersion) {
		p.wrong(n, path, "this program reads version %d of the site file; write \"siteward: %d\" or use a newer program", FormatVersion, FormatVersion)
	}
}

// mapping hands each value to its field. Unknown keys and keys that stand twice are problems, values left empty are
// as if the key were not there.
func (p *reader) mapping(n *node, path string, f fields) {
	if n.kind != isMap {
		p.wrong(n, path, "must hold keys with values, and holds %s", kindNames[n.kind])
		return
	}
	seen := map[string]Position{}
	for _, pair := range n.pairs {
		at := join(path, pair.key)
		take, known := f[pair.key]
		first, twice := seen[pair.key]
		seen[pair.key] = pair.at
		switch {
		case !known:
			p.say(pair.at, appliance.CodeInvalid, clip(pair.key), "this key is not known here; %s", suggest(pair.key, f))
		case twice:
			p.say(pair.at, appliance.CodeInvalid, pair.key, "stands here twice, first in line %d; keep one", first.Line)
		default:
			p.places[at] = pair.value.at
			if pair.value.kind != isNull {
				take(pair.value, at)
			}
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// wrong is a problem of a value; the field is the last part of its path.
func (p *reader) wrong(n *node, path, format string, args ...any) {
	p.say(n.at, appliance.CodeInvalid, last(path), format, args...)
}

func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// missing are sentences about something that is not there. They are left out for an object that has had problems since
// there were before of them: most often the thing is there, and could not be read.
var missing = map[string]bool{"validate.empty": true, "validate.limit_empty": true, "validate.protocol_secret": true,
	"validate.auth_missing": true, "validate.no_credential": true, "validate.settings": true}

// rules adds what Validate… says about the object at path, beside the field it says it of.
func (p *reader) rules(path string, before int, errs []*appliance.Error) {
	troubled := len(p.problems) > before
	for _, e := range errs {
		if troubled && missing[e.Message.Key] {
			continue
		}
		at := path + "." + e.Field
		pos, ok := p.places[at]
		for !ok && at != path {
			at = at[:max(strings.LastIndexAny(at, ".["), len(path))]
			pos, ok = p.places[at]
		}
		p.add(pos, e)
	}
}

func (p *reader) text(to *string) func(*node, string) {
	return func(n *node, path string) {
		if n.kind != isText {
			p.wrong(n, path, "must be a single value, and is %s", kindNames[n.kind])
			return
		}
		*to = n.text
	}
}

func (p *reader) flag(to *bool) func(*node, string) {
	return func(n *node, path string) {
		if n.kind != isText || n.text != "true" && n.text != "false" {
			p.wrong(n, path, "must be true or false")
			return
		}
		*to = n.text == "true"
	}
}

func (p *reader) whole(to *int) func(*node, string) {
	return func(n *node, path string) {
		v, err := strconv.ParseInt(n.text, 10, 32)
		if n.kind != isText || err != nil {
			p.wrong(n, path, "must be a whole number")
			return
		}
		*to = int(v)
	}
}

func (p *reader) duration(to *appliance.Duration) func(*node, string) {
	return func(n *node, path string) {
		d, ok := ParseDuration(n.text)
		if n.kind != isText || !ok {
			p.wrong(n, path, "%s", english("duration", map[string]any{"value": clip(n.text)}))
			return
		}
		*to = d
	}
}

// list hands on each entry with its number in the path.
func (p *reader) list(item func(*node, string)) func(*node, string) {
	return func(n *node, path string) {
		if n.kind != isList {
			p.wrong(n, path, "must be a list (lines that begin with a dash), and is %s", kindNames[n.kind])
			return
		}
		for i, it := range n.items {
			at := fmt.Sprintf("%s[%d]", path, i)
			p.places[at] = it.at
			item(it, at)
		}
	}
}

func (p *reader) texts(to *[]string) func(*node, string) {
	return p.list(func(n *node, path string) {
		var s string
		p.text(&s)(n, path)
		*to = append(*to, s)
	})
}

func (p *reader) wholes(to *[]int) func(*node, string) {
	return p.list(func(n *node, path string) {
		var v int
		p.whole(&v)(n, path)
		*to = append(*to, v)
	})
}
