package source

import (
	"context"
	"io"
	"time"
)

// Place is where files lie. It is used by one goroutine.
type Place interface {
	// List gives the files that the patterns mean, with their rotated and packed followers.
	List(ctx context.Context) ([]Found, error)
	// Open opens one of them for reading.
	Open(ctx context.Context, f Found) (Content, error)
	Close() error
}

// Found is a file as a list shows it.
type Found struct {
	Name     string // absolute
	Size     int64
	Modified time.Time
	Volume   uint64 // st_dev and st_ino, 0 where there are none
	Inode    uint64
}

// Content is an open file.
type Content interface {
	io.ReaderAt
	io.Closer
}
