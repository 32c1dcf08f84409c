package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// filesOf notes name, size and hash of the files that were sent with an entry; the files themselves are not kept. The form carries them
// on, because a browser cannot be handed a file back when something else is missing.
func filesOf(c echo.Context, form *view.Form) ([]appliance.LogbookFileRef, error) {
	refs, err := filesTaken(form.Value("taken"))
	if err != nil {
		return nil, appliance.Errorf(appliance.CodeInvalid, "the files of this form cannot be read; open the page again")
	}
	files, closeAll, err := uploads(c)
	defer closeAll()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		sum := sha256.New()
		n, err := io.Copy(sum, f.Data)
		if err != nil {
			return nil, fmt.Errorf("read a file of an entry: %w", err)
		}
		refs = append(refs, appliance.LogbookFileRef{Name: path.Base(strings.ReplaceAll(strings.ToValidUTF8(f.Name, "\uFFFD"), `\`, "/")), SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n})
	}
	if len(refs) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(refs)
	form.Values["taken"] = string(b)
	return refs, err
}

func filesTaken(s string) (refs []appliance.LogbookFileRef, err error) {
	if s == "" {
		return nil, nil
	}
	return refs, json.Unmarshal([]byte(s), &refs)
}
