package ui

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"siteward/appliance"
)

// Languages are the interface languages; the first one is spoken when nobody asked for another.
var Languages = []string{"en", "de", "nl"}

// Words are the texts of the interface in all languages, one YAML file per language and area.
type Words struct {
	by map[string]*Lang
}

// Lang says words and writes figures and times in one language, at the site's time zone.
type Lang struct {
	Tag    string // "en", "de", "nl"
	plain  map[string]string
	forms  map[string]bool // keys with plural forms or parameters
	loc    *i18n.Localizer
	format format
	zone   func() *time.Location
	now    func() time.Time
}

// OpenWords reads locales/<language>/*.yaml.
// zone is asked at each use, because the site's time zone may be changed while we run.
func OpenWords(fsys fs.FS, zone func() *time.Location, now func() time.Time) (*Words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	w := &Words{by: map[string]*Lang{}}
	for _, tag := range Languages {
		l := &Lang{Tag: tag, plain: map[string]string{}, forms: map[string]bool{}, format: formats[tag], zone: zone, now: now}
		names, err := fs.Glob(fsys, path.Join(tag, "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := l.read(bundle, fsys, name); err != nil {
				return nil, err
			}
		}
		l.loc = i18n.NewLocalizer(bundle, tag)
		w.by[tag] = l
	}
	return w, nil
}

func (l *Lang) read(bundle *i18n.Bundle, fsys fs.FS, name string) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	file, err := bundle.ParseMessageFileBytes(raw, strings.TrimSuffix(path.Base(name), ".yaml")+"."+l.Tag+".yaml")
	if err != nil {
		return fmt.Errorf("words in %s: %w", name, err)
	}
	for _, m := range file.Messages {
		if l.has(m.ID) {
			return fmt.Errorf("words in %s: %s is there twice", name, m.ID)
		}
		if m.Other == "" {
			return fmt.Errorf("words in %s: %s is empty or lacks the form other", name, m.ID)
		}
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			l.plain[m.ID] = m.Other
			continue
		}
		l.forms[m.ID] = true
	}
	return nil
}

// same tells which keys one language has and another lacks.
func (w *Words) same() error {
	all := w.by[Languages[0]].Keys()
	for _, tag := range Languages[1:] {
		keys := w.by[tag].Keys()
		for _, k := range keys {
			if !slices.Contains(all, k) {
				return fmt.Errorf("words: %s has %s, %s has not", tag, k, Languages[0])
			}
		}
		for _, k := range all {
			if !w.by[tag].has(k) {
				return fmt.Errorf("words: %s lacks %s", tag, k)
			}
		}
	}
	return nil
}

// In is the language for a tag, English for an unknown one.
func (w *Words) In(tag string) *Lang {
	if l, ok := w.by[tag]; ok {
		return l
	}
	return w.by[Languages[0]]
}

// Match picks the language for an Accept-Language header.
func (w *Words) Match(header string) *Lang {
	tags := make([]language.Tag, len(Languages))
	for i, t := range Languages {
		tags[i] = language.MustParse(t)
	}
	want, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return w.In(Languages[0])
	}
	_, i, _ := language.NewMatcher(tags).Match(want...)
	return w.In(Languages[i])
}

// Keys are all keys of this language in order.
func (l *Lang) Keys() []string {
	keys := make([]string, 0, len(l.plain)+len(l.forms))
	for k := range l.plain {
		keys = append(keys, k)
	}
	for k := range l.forms {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (l *Lang) has(key string) bool {
	_, ok := l.plain[key]
	return ok || l.forms[key]
}

// Has tells whether there is a word for a key that is put together from data, such as "unit."+name.
func (l *Lang) Has(key string) bool { return l.has(key) }

// T is the text for a key with parameters as name, value pairs. The parameter n, a whole number, picks the plural form.
// A key without a text shows as [key]: ugly, visible, and no reason to lose the page.
func (l *Lang) T(key string, args ...any) string {
	s, err := l.Text(key, args...)
	if err != nil {
		return "[" + key + "]"
	}
	return s
}

// Text is T with an error for a missing key or parameter; templates call this one.
func (l *Lang) Text(key string, args ...any) (string, error) {
	if s, ok := l.plain[key]; ok {
		return s, nil
	}
	if !l.forms[key] {
		return "", fmt.Errorf("no words for %q", key)
	}
	c := &i18n.LocalizeConfig{MessageID: key}
	data, err := l.params(c, args)
	if err != nil {
		return "", fmt.Errorf("words for %q: %w", key, err)
	}
	c.TemplateData = data
	s, err := l.loc.Localize(c)
	if err == nil && strings.Contains(s, "<no value>") {
		err = fmt.Errorf("a parameter is missing")
	}
	if err != nil {
		return "", fmt.Errorf("words for %q: %w", key, err)
	}
	return s, nil
}

func (l *Lang) params(c *i18n.LocalizeConfig, args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("parameters come as name, value")
	}
	data := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("parameter name %v is no text", args[i])
		}
		v := args[i+1]
		if n, ok := whole(v); ok && name == "n" {
			c.PluralCount = int(n)
		}
		data[name] = l.show(v, "")
	}
	return data, nil
}

// show writes a parameter as a person reads it. A unit makes numbers values of that unit.
func (l *Lang) show(v any, unit string) any {
	if n, ok := whole(v); ok && unit == "" {
		return l.Int(n)
	}
	switch x := v.(type) {
	case float64:
		return l.Value(x, unit)
	case time.Time:
		return l.When(x)
	case time.Duration:
		return l.Duration(x)
	case string:
		if strings.Contains(x, ".") && l.has(x) { // a word for a part of the sentence
			return l.T(x)
		}
		// a time that went through JSON
		if t, err := time.Parse(time.RFC3339, x); err == nil {
			return l.When(t)
		}
		if t, ok := day(x); ok {
			return l.Date(t)
		}
	}
	return v
}

// Say is a message of the domain in this language, and its English sentence when there are no words for its key.
// An argument unit gives the unit of the numbers beside it; an argument that is itself a key is said too.
func (l *Lang) Say(m appliance.Message) string {
	unit, _ := m.Args["unit"].(string)
	args := make([]any, 0, 2*len(m.Args))
	for k, v := range m.Args {
		if k != "n" {
			v = l.show(v, unit)
		}
		args = append(args, k, v)
	}
	s, err := l.Text(m.Key, args...)
	if err != nil {
		return m.English
	}
	return s
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint64:
		return int64(n), true //nolint:gosec // counts shown to people are far below 2^63
	case float64: // a count that went through JSON
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1e15
	}
	return 0, false
}
