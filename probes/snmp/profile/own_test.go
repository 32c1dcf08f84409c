package profile

import (
	"slices"
	"strings"
	"testing"
)

func TestOneBadOwnProfileIsLeftOutAlone(t *testing.T) {
	shipped := folder(map[string]string{"x.yaml": head})
	named := func(name, rest string) string { return strings.Replace(head, "name: x", "name: "+name, 1) + rest }
	set, refused, err := LoadBeside(shipped, folder(map[string]string{
		"a-good.yaml":    named("good", ""),
		"b-again.yaml":   named("good", ""),
		"c-broken.yaml":  "what: is this",
		"d-instead.yaml": head + "scalars:\n  - {name: a, oid: nonsense}\n", // would replace the shipped x
		"e-tag.yaml":     "name: tag\nmatch:\n !0 #0",
		"f-lonely.yaml":  named("lonely", "also: [nobody]\n"),
		"g-leans.yaml":   named("leans", "also: [lonely]\n"),
		"h-with.yaml":    named("with", "also: [good]\n"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var names, files []string
	for _, p := range set.Profiles() {
		names = append(names, p.Name)
	}
	for _, r := range refused {
		files = append(files, r.File)
		if r.Err == nil || r.Err.Error() == "" {
			t.Errorf("%s is refused without a reason", r.File)
		}
	}
	slices.Sort(files)
	if want := []string{"good", "with", "x"}; !slices.Equal(names, want) {
		t.Errorf("profiles %v, want %v", names, want)
	}
	if want := []string{"b-again.yaml", "c-broken.yaml", "d-instead.yaml", "e-tag.yaml", "f-lonely.yaml", "g-leans.yaml"}; !slices.Equal(files, want) {
		t.Errorf("refused %v, want %v", files, want)
	}
}
