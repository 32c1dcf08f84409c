package api

import (
	"cmp"
	"context"
	"encoding/json"
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

// question is what an operation reads that reads a body, idQuestion one that is also about an object.
type question struct{ Body json.RawMessage }

type idQuestion struct {
	ID   ID `path:"id" minimum:"1"`
	Body json.RawMessage
}

// registerBody adds an operation that reads a body, with register's reason: I has the field Body, which the document describes and huma
// holds requests to, and perhaps ID, but for huma all of them are the same one or two.
func registerBody[I, O any](a *API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	input := reflect.TypeFor[I]()
	body, _ := input.FieldByName("Body")
	id, named := input.FieldByName("ID")
	if body.Index == nil || input.NumField() > 2 || input.NumField() == 2 && !named {
		panic(op.OperationID + " reads more than a body and an id, so it is for huma.Register")
	}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: huma.SchemaFromField(a.huma.OpenAPI().Components.Schemas, body, op.OperationID+"Request")}}}
	read := func(ctx context.Context, of ID, text json.RawMessage) (*O, error) {
		in := new(I)
		v := reflect.ValueOf(in).Elem()
		if err := json.Unmarshal(text, v.FieldByIndex(body.Index).Addr().Interface()); err != nil {
			return nil, huma.Error422UnprocessableEntity("validation failed", &huma.ErrorDetail{Location: "body", Message: err.Error()})
		}
		if named {
			v.FieldByIndex(id.Index).Set(reflect.ValueOf(of))
		}
		return handler(ctx, in)
	}
	if named {
		register(a, op, func(ctx context.Context, in *idQuestion) (*O, error) { return read(ctx, in.ID, in.Body) })
		return
	}
	register(a, op, func(ctx context.Context, in *question) (*O, error) { return read(ctx, 0, in.Body) })
}
