package config

import (
	"fmt"
	"strings"

	"siteward/appliance"
)

// problems collects what is wrong with one object.
type problems []*appliance.Error

// add notes that a field breaks a rule. The sentence of the key stands in sentences.go, in other languages in
// embed/locales/*/validate.json; args are name, value pairs for its places.
func (p *problems) add(field, key string, args ...any) {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	if len(named) == 0 {
		named = nil
	}
	*p = append(*p, appliance.Invalid(field, "validate."+key, english(key, named), named))
}

func english(key string, args map[string]any) string {
	s := sentences[key]
	for name, value := range args {
		s = strings.ReplaceAll(s, "{{."+name+"}}", fmt.Sprint(value))
	}
	return s
}

// must adds a problem when ok is false and says whether it was.
func (p *problems) must(ok bool, field, key string, args ...any) bool {
	if !ok {
		p.add(field, key, args...)
	}
	return ok
}
