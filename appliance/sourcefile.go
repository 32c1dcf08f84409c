package appliance

import "time"

// SourceFile is how far one file of a source has been read. A file is known by what it holds, because rotation
// renames it, copies it and packs it: by its first bytes and by those before Offset.
type SourceFile struct {
	N        uint32    `json:"n"` // number within the source
	Name     string    `json:"name"`
	Volume   uint64    `json:"volume,omitempty"` // st_dev, 0 where there is none (SFTP)
	Inode    uint64    `json:"inode,omitempty"`
	Size     int64     `json:"size"` // when it was last looked at
	Modified time.Time `json:"modified,omitzero"`

	Offset int64 `json:"offset"` // of the next byte to read, in the unpacked file
	Length int64 `json:"length"` // of the unpacked file when it was last read; more than Offset when a run was still open
	Head   Print `json:"head"`   // of the first bytes
	Tail   Print `json:"tail"`   // of the bytes before Offset

	Product string    `json:"product,omitempty"` // recognised, for the next part of it
	Read    time.Time `json:"read,omitzero"`     // when something was last read
	Settled bool      `json:"settled,omitempty"` // read to its end although it does not end in a whole line
}

// Print is a fingerprint of some bytes of a file.
type Print struct {
	Length int    `json:"length"`
	Sum    []byte `json:"sum,omitempty"` // the first 16 bytes of their SHA-256
}
