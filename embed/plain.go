//go:build !packed

package embed

import "embed"

//go:embed templates locales all:dist all:profiles all:formats demo mib rules
var files embed.FS
