package ui_test

import (
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"siteward/ui"
)

func TestCSVNeverRunsAsAFormula(t *testing.T) {
	rec := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequest("GET", "/devices.csv", nil), rec)
	err := ui.WriteCSV(c, `a"b/..`, []string{"name", "value"}, [][]string{{`=HYPERLINK("http://x")`, "-12.5"}, {"@cmd", "+1e3"}, {"-2+3", "plain, with comma"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "name,value\n\"'=HYPERLINK(\"\"http://x\"\")\",-12.5\n'@cmd,+1e3\n'-2+3,\"plain, with comma\"\n"
	if d := cmp.Diff(want, rec.Body.String()); d != "" {
		t.Error(d)
	}
	if got := rec.Header().Get("Content-Disposition"); got != `attachment; filename="a-b-...csv"` {
		t.Error(got)
	}
}
