package profile

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"siteward/appliance"
)

// head makes a file of the keys that a case needs.
const head = "name: x\ntitle: X-MIB\nmatch:\n  - always: true\n"

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestMistakesInProfilesAreNamed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", head + "prority: 5\n", `[5:1] unknown field "prority"`},
		{"duplicate key", head + "title: again\n", "[5:1]"},
		{"not YAML", "name: [", "[1:"},
		{"alias", head + "also: &a [x]\nhides: *a\n", "anchors and aliases are not allowed"},
		{"unknown tag", "name: a\nmatch:\n !0 #0", "no YAML that can be read"},
		{"too deep", head + "also: " + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "\n", "nested deeper"},
		{"too large", head + "# " + strings.Repeat("x", bounds.Bytes) + "\n", "larger than"},
		{"bad name", "name: X y\n", `name "X y"`},
		{"bad kind", head + "kind: toaster\n", `kind "toaster"`},
		{"bad OID", head + "scalars:\n  - {name: a, oid: .1.3.6}\n", `".1.3.6" is not an OID`},
		{"bad unit", head + "scalars:\n  - {name: a, oid: 1.3.6.1, metric: system.a, unit: furlong}\n", `unit "furlong"`},
		{"bad family", head + "scalars:\n  - {name: a, oid: 1.3.6.1, metric: toast.a}\n", `"toast" is no family`},
		{"bad poll", head + "scalars:\n  - {name: a, oid: 1.3.6.1, poll: warm}\n", "poll is hot or cold"},
		{"bad hint", head + "scalars:\n  - {name: a, oid: 1.3.6.1, hint: ebcdic}\n", "hint is mac, date, hex or text"},
		{"bad sentinel", head + "scalars:\n  - {name: a, oid: 1.3.6.1, unknown: [many]}\n", "neither a number nor a range"},
		{"bad regexp", head + "scalars:\n  - {name: a, oid: 1.3.6.1, number: '('}\n", "missing closing )"},
		{"no group", head + "scalars:\n  - {name: a, oid: 1.3.6.1, number: '1'}\n", "has no (group)"},
		{"missing enum", head + "scalars:\n  - {name: a, oid: 1.3.6.1, status: system.a, enum: nope}\n", `no enum "nope"`},
		{"bad severity", head + "enums:\n  e: {1: up fine}\n", `"fine" is no severity`},
		{"number without word", head + "enums:\n  e: {1: ok}\n", "needs a word"},
		{"bad expression", head + "metrics:\n  - {metric: system.a, value: '1 +'}\n", "expected a number or an object name"},
		{"counter of two", head + "metrics:\n  - {metric: system.a, value: a + b, counter: true}\n", "a counter is one object"},
		{"bad template", head + "tables:\n  - {name: t, label: '{a', columns: [{name: a, oid: 1.3.6.1}]}\n", "a { without a name"},
		{"bad anchor", head + "tables:\n  - {name: t, anchor: [b], columns: [{name: a, oid: 1.3.6.1}]}\n", `anchor "b"`},
		{"bad aggregate", head + "tables:\n  - {name: t, columns: [{name: a, oid: 1.3.6.1}], aggregates: [{metric: cpu.a, over: median, value: a}]}\n", "over is mean"},
		{"bad identity", head + "identity: {colour: [{value: red}]}\n", `"colour" is not one of`},
		{"empty rule", "name: x\ntitle: X\nmatch:\n  - sysObjectID: []\n", "a rule without a condition"},
		{"also nothing", head + "also: [y]\n", `no profile "y"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(map[string]string{"x.yaml": c.text}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error = %v, want one with %q", err, c.want)
			}
			var coded *appliance.Error
			if !errors.As(err, &coded) || coded.Code != appliance.CodeInvalid || coded.Field != "x.yaml" {
				t.Errorf("error %#v, want an invalid x.yaml", err)
			}
		})
	}
}

func TestALaterFolderReplacesAProfile(t *testing.T) {
	s, err := Load(
		folder(map[string]string{"x.yaml": head, "y.yaml": "name: y\ntitle: Y\npriority: 1\nmatch: [{always: true}]\n"}),
		folder(map[string]string{"mine.yaml": "name: x\ntitle: corrected\npriority: 9\nmatch: [{always: true}]\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if all := s.Profiles(); len(all) != 2 || all[0].Title != "corrected" {
		t.Errorf("profiles: %+v", all)
	}
}

func TestTwoFilesOfOneFolderCannotShareAName(t *testing.T) {
	if _, err := Load(folder(map[string]string{"a.yaml": head, "b.yaml": head})); err == nil || !strings.Contains(err.Error(), "names are unique") {
		t.Errorf("error = %v", err)
	}
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte(head + "scalars:\n  - {name: a, oid: 1.3.6.1, metric: system.a, unit: s, unknown: ['-3..-1'], scale: 0.1}\n"))
	f.Add([]byte(head + "enums:\n  e: {1: up ok, '*': none, '/a(b/': x critical}\nidentity: {model: [{from: a, regexp: '(.)', value: '{1}'}]}\n"))
	f.Add([]byte(head + "tables:\n  - {name: t, index_by: a, label: '{a|b}', columns: [{name: a, oid: 1.3.6.1}], rows: [{first: true, metrics: [{metric: cpu.a, value: a*2}]}]}\n"))
	f.Add([]byte("name: a\nmatch:\n !0 #0000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Load(folder(map[string]string{"x.yaml": string(b)}))
		if err != nil {
			return
		}
		p := mustPlan(t, s, portSwitch(2))
		p.Interpret(nil, nil)
	})
}
