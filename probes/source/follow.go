package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"siteward/appliance"
)

// Options of following.
type Options struct {
	Now time.Time
	// Horizon: files of which nothing is known and that were last written before this are history and not read, the
	// newest of a source excepted.
	Horizon time.Time
}

// Piece is what is new in a file.
type Piece struct {
	File     string
	Modified time.Time
	Offset   int64     // of Reader's first byte in the unpacked file
	Reader   io.Reader // the bytes as they are in the file; from the middle of UTF-16 on its byte order mark is put in front again
	Product  string    // recognised earlier, "" when nothing was
	Final    bool      // the file has not changed for long: its last line is a line even without a line end
}

// Done is what reading a piece came to.
type Done struct {
	Resume  int64 // offset in the unpacked file from which the next piece begins
	Product string
	More    bool // there is more to read at Resume now
}

// Take reads a piece and stores what it found: it calls done, and stores what that answers together with what it
// found, in one step. The answer's N may be set by storing it.
type Take func(ctx context.Context, p Piece, done func(Done) (*appliance.SourceFile, error)) error

// Result is what following found.
type Result struct {
	Files int   // that the source has now
	Read  int   // of which something was read
	Bytes int64 // of them
	Gone  []appliance.SourceFile
}

const (
	openRun  = 72 * time.Hour      // a file that ends in an open run is looked at again for that long
	forgetAt = 60 * 24 * time.Hour // a file that is gone is forgotten then
)

// Follow hands on everything in a place that was not read yet, oldest file first. One file that cannot be read does not
// keep the others from being read: the errors are joined.
func Follow(ctx context.Context, p Place, known []appliance.SourceFile, o Options, take Take) (Result, error) {
	files, err := p.List(ctx)
	if err != nil {
		return Result{}, err
	}
	f := &follower{place: p, options: o, take: take, known: slices.Clone(known), claimed: map[uint32]*appliance.SourceFile{}}
	f.result.Files = len(files)
	rest := f.unchanged(files)
	var errs []error
	for _, same := range []bool{true, false} { // a file that kept its inode before a copy of it
		rest = slices.DeleteFunc(rest, func(c Found) bool {
			if ctx.Err() != nil {
				return false
			}
			taken, err := f.file(ctx, c, same, c == files[len(files)-1])
			errs = append(errs, err)
			return taken || err != nil
		})
	}
	errs = append(errs, ctx.Err())
	for _, k := range f.known {
		if f.claimed[k.N] == nil && o.Now.Sub(k.Read) > forgetAt {
			f.result.Gone = append(f.result.Gone, k)
		}
	}
	return f.result, errors.Join(errs...)
}

type follower struct {
	place   Place
	options Options
	take    Take
	known   []appliance.SourceFile
	claimed map[uint32]*appliance.SourceFile // by number: what was found again, as it is now
	result  Result
}

// unchanged leaves out the files that are as they were.
func (f *follower) unchanged(files []Found) []Found {
	var rest []Found
	for _, c := range files {
		i := slices.IndexFunc(f.known, func(k appliance.SourceFile) bool {
			return k.Size == c.Size && k.Modified.Equal(c.Modified) && k.Inode == c.Inode && k.Volume == c.Volume && (k.Inode != 0 || k.Name == c.Name)
		})
		if i < 0 || f.claimed[f.known[i].N] != nil {
			rest = append(rest, c)
			continue
		}
		k := f.known[i]
		if k.Settled || k.Offset == k.Length {
			f.claimed[k.N] = &k
			continue
		}
		rest = append(rest, c)
	}
	return rest
}

// file reads what is new in a file and says whether it dealt with it. With same it looks only for a file that kept its
// place on the disk or its name.
func (f *follower) file(ctx context.Context, c Found, same, last bool) (dealt bool, err error) {
	if c.Size == 0 {
		return true, nil
	}
	content, err := f.place.Open(ctx, c)
	if err != nil {
		return false, err
	}
	defer func() { _ = content.Close() }()
	if Packed(c.Name) {
		content = &unpacked{Content: content, name: c.Name, size: c.Size}
	}
	head, err := headOf(content)
	if err != nil {
		return false, failure(c.Name, err)
	}
	k, found := f.recognise(c, content, head, same)
	switch {
	case found:
	case same:
		return false, nil
	case f.copied(c, content, head):
		return true, nil
	case c.Modified.Before(f.options.Horizon) && !last:
		return true, nil
	}
	changed := k.Size != c.Size || !k.Modified.Equal(c.Modified)
	k.Name, k.Volume, k.Inode, k.Size, k.Modified = c.Name, c.Volume, c.Inode, c.Size, c.Modified
	final := !changed && f.options.Now.Sub(c.Modified) > openRun
	return true, f.read(ctx, content, head, &k, final)
}

// recognise finds what is known of a file by what it holds.
func (f *follower) recognise(c Found, content Content, head []byte, same bool) (appliance.SourceFile, bool) {
	for _, k := range f.known {
		if f.claimed[k.N] != nil {
			continue
		}
		samePlace := k.Inode == c.Inode && k.Volume == c.Volume && (k.Inode != 0 || k.Name == c.Name)
		if samePlace != same || !samePlace && !related(k.Name, c.Name) && k.Name != c.Name {
			continue
		}
		if (Packed(c.Name) || c.Size >= k.Offset) && holds(content, head, k) {
			return k, true
		}
	}
	return appliance.SourceFile{}, false
}

// copied says whether a file is a copy, made by rotation, of one that was read already: nothing in it is new.
func (f *follower) copied(c Found, content Content, head []byte) bool {
	for _, k := range f.claimed {
		if k != nil && related(k.Name, c.Name) && (Packed(c.Name) || c.Size >= k.Offset) && holds(content, head, *k) {
			return true
		}
	}
	return false
}

// read hands on a file from where reading stopped to its end.
func (f *follower) read(ctx context.Context, content Content, head []byte, k *appliance.SourceFile, final bool) error {
	end := k.Size
	if Packed(k.Name) {
		end, final = math.MaxInt64, true // nothing is appended to it
	}
	for more := true; more; {
		before := *k
		counted := &counter{r: io.NewSectionReader(content, k.Offset, end-k.Offset)}
		p := Piece{File: k.Name, Modified: k.Modified, Offset: k.Offset, Product: k.Product, Final: final, Reader: bufio.NewReaderSize(counted, 128<<10)}
		if mark := markOf(head); k.Offset > 0 && mark != nil {
			p.Reader, p.Offset = io.MultiReader(bytes.NewReader(mark), p.Reader), p.Offset-int64(len(mark))
		}
		err := f.take(ctx, p, func(d Done) (*appliance.SourceFile, error) {
			if before.Offset > 0 && !holds(content, head, before) {
				return nil, errChanged
			}
			next := *k
			if err := place(content, &next, max(d.Resume, before.Offset)); err != nil {
				return nil, err
			}
			next.Length = before.Offset + counted.n
			next.Product, next.Settled, next.Read = d.Product, final || next.Length >= MaxUnpacked && Packed(k.Name), f.options.Now
			more = d.More && next.Offset > before.Offset
			*k = next
			return k, nil
		})
		f.result.Bytes += counted.n
		if errors.Is(err, errChanged) {
			return nil // the next time it is read as it is then
		}
		if err != nil {
			return failure(k.Name, err)
		}
	}
	f.result.Read++
	f.claim(k)
	if k.Length >= MaxUnpacked && Packed(k.Name) {
		return bomb(k.Name)
	}
	return nil
}

func (f *follower) claim(k *appliance.SourceFile) {
	f.claimed[k.N] = k
	if k.N == 0 {
		f.claimed[math.MaxUint32-uint32(len(f.claimed))] = k //nolint:gosec // G115: few
	}
}

// markOf gives the byte order mark of UTF-16.
func markOf(head []byte) []byte {
	if len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		return head[:2]
	}
	return nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
