//go:build !linux

package poll

import "time"

// sinceBoot is not known here: a suspend looks like a clock that was set forward.
var sinceBoot func() time.Duration
