package daemon_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/offer"
	"siteward/embed"
)

func TestAnOfferIsHeldUntilSomebodyAcceptsIt(t *testing.T) {
	p := newPlace(t, "Weber IT")
	d := openDaemon(t)
	ctx := t.Context()
	if _, err := d.Connect(ctx, admin, appliance.ConnectRequest{URL: p.url, Code: p.code(t), Fingerprint: p.Fingerprint()}); err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(embed.Formats, "borg.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"borg": string(text), "broken": "format: [\n"} {
		o, err := p.Offer(ctx, "anna", offer.Offer{Kind: offer.KindFormat, Name: name, Body: []byte(body)})
		if err == nil {
			err = p.Reach(ctx, o.N, "all", false)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.FetchOffers(ctx); err != nil || n != 2 {
		t.Fatalf("%d offers, %v", n, err)
	}
	own := func() int {
		all, err := d.LogFormats(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(slices.DeleteFunc(all, func(f appliance.LogFormat) bool { return f.ID == 0 }))
	}
	all, err := d.Offers(ctx)
	if err != nil || own() != 0 {
		t.Fatalf("%d formats are used that nobody accepted, %v", own(), err)
	}
	for _, o := range all {
		switch {
		case o.Name == "broken" && (o.State != appliance.OfferUseless || d.AcceptOffer(ctx, admin, o.ID) == nil):
			t.Errorf("what cannot be read is %s", o.State)
		case o.Name == "borg":
			if err := d.AcceptOffer(ctx, admin, o.ID); err != nil || own() != 1 {
				t.Errorf("accepted: %v, %d formats", err, own())
			}
			if err := d.UndoOffer(ctx, admin, o.ID); err != nil || own() != 0 {
				t.Errorf("undone: %v, %d formats", err, own())
			}
		}
	}
}

// TestCentralCanOfferButNotCommand: an offer comes to be used from the functions of a person's decision only, and from his rule.
func TestCentralCanOfferButNotCommand(t *testing.T) {
	files := token.NewFileSet()
	pkgs, err := parser.ParseDir(files, ".", func(i fs.FileInfo) bool { return !strings.HasSuffix(i.Name(), "_test.go") }, 0) //nolint:staticcheck // build tags play no part
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string][]string{}
	for _, f := range pkgs["daemon"].Files {
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "useOffer" || s.Sel.Name == "AcceptOffer" || s.Sel.Name == "useProfile" || s.Sel.Name == "useFormat") {
					calls[s.Sel.Name] = append(calls[s.Sel.Name], fn.Name.Name)
				}
				return true
			})
		}
	}
	want := map[string]string{"useOffer": "AcceptOffer UndoOffer", "AcceptOffer": "DecideOffer keepOffer", "useProfile": "useOffer", "useFormat": "useOffer"}
	for name, by := range want {
		slices.Sort(calls[name])
		if got := strings.Join(calls[name], " "); got != by {
			t.Errorf("%s is called by %q, allowed are %q", name, got, by)
		}
	}
	if len(offer.Kinds) != 4 {
		t.Errorf("there are %d kinds of offers; a new one needs a look at what it can do", len(offer.Kinds))
	}
}
