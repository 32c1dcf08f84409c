package profile

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"siteward/embed"
	"siteward/internal/peer"
)

// names collects what a file's outputs are called and which enums they use.
func (f *file) names() (names, enums []string) {
	inline := func(all []object) {
		for _, o := range all {
			names = append(names, o.Metric, o.Status, o.Text)
			enums = append(enums, o.Enum, o.Words)
		}
	}
	inline(f.Scalars)
	for _, m := range f.Metrics {
		names = append(names, m.Metric)
	}
	for _, t := range f.Tables {
		inline(t.Columns)
		for _, a := range t.Aggregates {
			names = append(names, a.Metric)
		}
		for _, r := range t.Rows {
			for _, m := range r.Metrics {
				names = append(names, m.Metric)
			}
			for _, s := range r.Status {
				names, enums = append(names, s.Status), append(enums, s.Enum)
			}
			for _, x := range r.Texts {
				names, enums = append(names, x.Text), append(enums, x.Enum)
			}
		}
	}
	return names, enums
}

func TestShippedProfilesAreDocumented(t *testing.T) {
	mustLoad(t)
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, w := range regexp.MustCompile("[a-z0-9_.°C/%A-Z]+").FindAllString(string(b), -1) {
		words[strings.Trim(w, ".")] = true
	}
	paths, err := fs.Glob(embed.Profiles, "*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no profiles: %v", err)
	}
	for _, path := range paths {
		f, err := readFile(embed.Profiles, path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name+".yaml" != path {
			t.Errorf("%s holds profile %q; name the file after it", path, f.Name)
		}
		if f.Title == "" || len(f.Match) == 0 {
			t.Errorf("%s: a shipped profile has a title and a match", path)
		}
		names, enums := f.names()
		for _, name := range names {
			if name != "" && !words[name] {
				t.Errorf("%s: %s is not in docs/profiles.md", path, name)
			}
		}
		used := strings.Join(enums, " ") + " "
		for name := range f.Enums {
			if !strings.Contains(used, name+" ") {
				t.Errorf("%s: enum %s is not used", path, name)
			}
		}
	}
	for name := range families {
		if !words[name] {
			t.Errorf("family %s is not in docs/profiles.md", name)
		}
	}
	for unit := range units {
		if unit != "" && !strings.Contains(string(b), "`"+unit+"`") {
			t.Errorf("unit %s is not in docs/profiles.md", unit)
		}
	}
}

// Each key of the format has a line in its document.
func TestTheFormatIsDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{file{}, matchRule{}, object{}, metric{}, table{}, rows{}, statusOut{}, textOut{}, aggregate{}, source{}, inventoryTable{}} {
		shape := reflect.TypeOf(v)
		for i := range shape.NumField() {
			key := shape.Field(i).Tag.Get("yaml")
			if key != "" && !strings.Contains(string(b), "`"+key) && !regexp.MustCompile(`[{ ,]`+key+`[,}:\x60 ]`).Match(b) {
				t.Errorf("key %s of %s is not in docs/profiles.md", key, shape.Name())
			}
		}
	}
}

// Each key of the facts has a line in its document.
func TestTheFactsAreDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "probe-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{Facts{}, StorageFact{}, MemoryFacts{}, RAMFact{}, SensorFacts{}, SensorFact{}, PrinterFacts{}, SupplyFact{}, UPSFacts{}, StatusFact{}} {
		shape := reflect.TypeOf(v)
		for i := range shape.NumField() {
			if !shape.Field(i).IsExported() {
				continue
			}
			key, _, _ := strings.Cut(shape.Field(i).Tag.Get("json"), ",")
			if !strings.Contains(string(b), key) {
				t.Errorf("key %s of %s is not in docs/probe-json.md", key, shape.Name())
			}
		}
	}
}

// The worked example of the document is a profile that loads.
func TestTheExampleOfTheDocumentLoads(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "```yaml\n")
	text, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("no example in docs/profiles.md")
	}
	if _, err := Load(folder(map[string]string{"beispiel.yaml": text})); err != nil {
		t.Error(err)
	}
}
