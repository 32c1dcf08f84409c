package api

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// answer is what an operation tells that tells a body alone.
type answer struct{ Body any }

// register adds such an operation: O is a struct with the one field Body, which the document describes. huma.Register alone would do,
// but it makes 20 kB of machine code for each pair of an input and an output, so ours share one output.
func register[I, O any](a *API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	output := reflect.TypeFor[O]()
	body, ok := output.FieldByName("Body")
	if !ok || output.NumField() != 1 {
		panic(op.OperationID + " tells more than a body, so it is for huma.Register")
	}
	hint := op.OperationID + "Response"
	if output.Name() != "" {
		hint = output.Name() + "Body"
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(cmp.Or(op.DefaultStatus, http.StatusOK)): {Content: map[string]*huma.MediaType{
		"application/json": {Schema: huma.SchemaFromField(a.huma.OpenAPI().Components.Schemas, body, hint)}}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*answer, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, err
		}
		return &answer{Body: reflect.ValueOf(out).Elem().FieldByIndex(body.Index).Interface()}, nil
	})
}
