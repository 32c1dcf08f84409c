package mib

import "errors"

// ErrPartial is wrapped by errors that come with a part of the answer.
var ErrPartial = errors.New("only a part was read")
