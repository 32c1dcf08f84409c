package inventory

import (
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

// hrSWInstalledName is one text; package managers and installers each write the version into it in their own way.
var (
	debian  = lazyregexp.New(`^([a-z0-9][a-z0-9+.-]+)_([0-9][^_ ]*)_(?:all|amd64|arm64|armhf|armel|i386|[a-z0-9]+)$`)
	rpm     = lazyregexp.New(`^(.+?)-([0-9][^-]*-[^-]+?)(?:\.(?:noarch|x86_64|i[3-6]86|aarch64))?$`)
	pkg     = lazyregexp.New(`^([A-Za-z][A-Za-z0-9_.+-]*?)-([0-9][A-Za-z0-9._,]*)$`)
	windows = lazyregexp.New(`^(.*?\S)[ -]+(?:v|version |Version )?([0-9]+(?:\.[0-9]+)+\S*)( \((?:x64|x86|64-bit|32-bit|[^)]*)\))?$`)
)

// ParseSoftware takes an entry of hrSWInstalledName apart. A text without a version that could be told apart is a name.
func ParseSoftware(text string) appliance.Software {
	text = strings.TrimSpace(text)
	for _, re := range []lazyregexp.Regexp{debian, rpm, windows, pkg} {
		if m := re.FindStringSubmatch(text); m != nil {
			name := m[1]
			if len(m) > 3 {
				name += m[3]
			}
			return appliance.Software{Name: name, Version: m[2]}
		}
	}
	return appliance.Software{Name: text}
}
