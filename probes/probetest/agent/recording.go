package agent

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Recording is what one device once answered: objects in the order of a walk. It never changes after it was made
// and may be shared by any number of devices. All varbinds stand encoded behind each other in one string, so that
// an answer is a search and a copy.
type Recording struct {
	// Name is the file name without its suffix: the community and the SNMPv3 context name.
	Name string

	blob    string
	entries []entry

	motionOnce sync.Once
	motions    []motion
}

// entry says where in the blob a varbind begins, its name, its value, and where it ends.
type entry struct{ start, name, value, end uint32 }

// Object is a name with its value.
type Object struct {
	OID   OID
	Value Value
}

// NewRecording makes a recording of objects in any order; of several with one OID the last counts.
func NewRecording(name string, objects []Object) *Recording {
	sorted := slices.Clone(objects)
	slices.SortStableFunc(sorted, func(a, b Object) int { return a.OID.Compare(b.OID) })
	r := &Recording{Name: name, entries: make([]entry, 0, len(sorted))}
	var blob strings.Builder
	var buf []byte
	for i, o := range sorted {
		if i+1 < len(sorted) && sorted[i+1].OID == o.OID {
			continue
		}
		buf = appendVarbind(buf[:0], o.OID, byte(o.Value.Tag), o.Value.Octets)
		valueSize := tlvSize(len(o.Value.Octets))
		start := blob.Len()
		end := start + len(buf)
		r.entries = append(r.entries, entry{uint32(start), uint32(end - valueSize - len(o.OID)), uint32(end - valueSize), uint32(end)})
		blob.Write(buf)
	}
	r.blob = blob.String()
	return r
}

// Len is the number of objects.
func (r *Recording) Len() int { return len(r.entries) }

// Get returns the value of exactly this object.
func (r *Recording) Get(o OID) (Value, bool) {
	i := find(r, o)
	if i < 0 {
		return Value{}, false
	}
	return r.value(i), true
}

// Next returns the first object after o, which need not be in the recording itself.
func (r *Recording) Next(o OID) (OID, Value, bool) {
	i := after(r, o)
	if i == len(r.entries) {
		return "", Value{}, false
	}
	return r.oid(i), r.value(i), true
}

// All walks the whole recording.
func (r *Recording) All() iter.Seq2[OID, Value] { return r.Walk("") }

// Walk yields root, when it is an object itself, and all objects below it.
func (r *Recording) Walk(root OID) iter.Seq2[OID, Value] {
	return func(yield func(OID, Value) bool) {
		i := r.search(func(o OID) bool { return o.Compare(root) >= 0 })
		for ; i < len(r.entries) && r.oid(i).HasPrefix(root); i++ {
			if !yield(r.oid(i), r.value(i)) {
				return
			}
		}
	}
}

func (r *Recording) search(from func(OID) bool) int {
	return sort.Search(len(r.entries), func(i int) bool { return from(r.oid(i)) })
}

func (r *Recording) oid(i int) OID        { return OID(r.blob[r.entries[i].name:r.entries[i].value]) }
func (r *Recording) tag(i int) Tag        { return Tag(r.blob[r.entries[i].value]) }
func (r *Recording) varbind(i int) string { return r.blob[r.entries[i].start:r.entries[i].end] }
func (r *Recording) objects() []Object {
	out := make([]Object, r.Len())
	for i := range out {
		out[i] = Object{r.oid(i), r.value(i)}
	}
	return out
}

func (r *Recording) value(i int) Value {
	e := r.entries[i]
	at := e.value + 1
	if n := r.blob[at]; n >= 0x80 {
		at += uint32(n & 0x7f)
	}
	return Value{Tag(r.blob[e.value]), r.blob[at+1 : e.end]}
}

// after is the index of the first object behind name, or the number of objects.
func after[T ~string | ~[]byte](r *Recording, name T) int {
	lo, hi := 0, len(r.entries)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if compareOID(r.oid(mid), name) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find is the index of exactly this object, or -1.
func find[T ~string | ~[]byte](r *Recording, name T) int {
	i := after(r, name) - 1
	if i >= 0 && compareOID(r.oid(i), name) == 0 {
		return i
	}
	return -1
}
