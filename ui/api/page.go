package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"siteward/appliance"
)

// Paging are the parameters of every list but that of events.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many to give."`
	Offset int    `query:"offset" minimum:"0" default:"0" doc:"How many to leave out first."`
	Sort   string `query:"sort" maxLength:"30" doc:"Field to sort by; a hyphen before it turns the order round."`
}

// Page is one part of a list.
type Page[T any] struct {
	Items  []T `json:"items" nullable:"false"`
	Total  int `json:"total" doc:"How many the filter found in all."`
	Offset int `json:"offset"`
	Limit  int `json:"limit"`
}

type pageOutput[T any] struct {
	Body Page[T]
}

// orders are the fields a list can be sorted by.
type orders[T any] map[string]func(a, b T) int

// page sorts what was found and cuts the part out that was asked for. Equal ones keep their order, which is that of their numbers.
func page[T any](found []T, p Paging, by orders[T], normal string) (*pageOutput[T], error) {
	field, down := strings.CutPrefix(cmp.Or(p.Sort, normal), "-")
	compare, ok := by[field]
	if !ok {
		names := make([]string, 0, len(by))
		for n := range by {
			names = append(names, n)
		}
		slices.Sort(names)
		return nil, appliance.Errorf(appliance.CodeInvalid, "%q is no field to sort by; use one of %s", field, strings.Join(names, ", "))
	}
	slices.SortStableFunc(found, func(a, b T) int {
		if down {
			a, b = b, a
		}
		return compare(a, b)
	})
	total := len(found)
	from := min(p.Offset, total)
	items := append(make([]T, 0, p.Limit), found[from:min(from+p.Limit, total)]...)
	return &pageOutput[T]{Body: Page[T]{Items: items, Total: total, Offset: p.Offset, Limit: p.Limit}}, nil
}

// fold compares names as people sort them, in any case.
func fold(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// etag is the version of a record as RFC 9110 writes it.
func etag(version uint64) string { return fmt.Sprintf(`"%d"`, version) }

// checkVersion holds the caller to the version he has seen: by If-Match, or by the version in the body. One of them
// is needed, for else the last writer would win unseen.
func checkVersion(ifMatch string, body, stored uint64) error {
	switch {
	case ifMatch == "*":
		return nil
	case ifMatch != "" && ifMatch != etag(stored):
		return newProblem(412, appliance.CodeConflict, "somebody changed this since you read it; read it again and send your change once more")
	case ifMatch == "" && body == 0:
		return newProblem(428, appliance.CodeInvalid, `say which version you change: If-Match: "<version>", or version in the body`)
	case ifMatch == "" && body != stored:
		return newProblem(412, appliance.CodeConflict, "somebody changed this since you read it; read it again and send your change once more")
	}
	return nil
}
