// Package embed owns everything that ships inside the binary: templates, words, built styles and scripts, device profiles, log formats.
// It is the only place with go:embed and knows nothing of what it carries; ui/ and probes/ read it as fs.FS.
// The folder dist is built by `npm run build` and is not committed; nor is files.zip, which `make build` packs and the tag packed takes
// in place of the folders: the same files, 1.2 MB smaller.
package embed

import "io/fs"

var (
	// Templates holds layout.html, parts/*.html and pages/*.html.
	Templates = sub("templates")
	// Locales holds <language>/<area>.json, the words of the interface.
	Locales = sub("locales")
	// Assets holds what `npm run build` made: app.css, app.js, chart.js, icons.svg, two fonts.
	Assets = sub("dist")
	// Profiles holds the device profiles, one YAML file each.
	Profiles = sub("profiles")
	// Formats holds the formats of backup and UPS logs, one YAML file a product.
	Formats = sub("formats")
	// Rules hold what messages of servers and devices mean, one YAML file a group.
	Rules = sub("rules")
	// MIB holds the names of MIB objects beside those of the profiles, one *.txt a group.
	MIB = sub("mib")
	// Demo holds the recordings of the demo site's devices, written by hand: names, addresses and serial numbers are made up.
	Demo = sub("demo")
)

// Files is all of it.
func Files() fs.FS { return files }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // only a malformed constant path can do this
	}
	return f
}
