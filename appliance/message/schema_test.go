package message

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
	"siteward/internal/peer"
)

const schemaFolder = "docs/schema"

// schemaFile is where the schema of a type lies: "incident-1.0.json".
func schemaFile(kind string) string {
	parts := strings.Split(SchemaOf(kind), ":")
	return filepath.Join(peer.Root(), schemaFolder, parts[3]+"-"+parts[4]+".json")
}

// schemaOf makes the JSON Schema of a type's data from its struct. What a schema does not name may be there: minors add fields.
func schemaOf(t *testing.T, kind string) (huma.Registry, *huma.Schema, []byte) {
	t.Helper()
	r := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
	s := r.Schema(reflect.TypeOf(DataOf(kind)).Elem(), false, "")
	open := func(s *huma.Schema) {
		s.AdditionalProperties = openOf(s.AdditionalProperties)
		s.PrecomputeMessages()
	}
	open(s)
	defs := r.Map()
	delete(defs, reflect.TypeOf(DataOf(kind)).Elem().Name()) // it stands outside
	for _, def := range defs {
		open(def)
	}
	whole := map[string]any{}
	for _, part := range []any{s, map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaOf(kind), "title": kind, "$defs": defs}} {
		b, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &whole); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return r, s, append(b, '\n')
}

// openOf keeps what says how the values of a map look, and lifts the ban of fields that are not known.
func openOf(additional any) any {
	if ban, ok := additional.(bool); ok && !ban {
		return nil
	}
	return additional
}

// TestSchemasAreThoseOfTheStructs: with SITEWARD_WRITE_SCHEMAS=1 it writes them.
func TestSchemasAreThoseOfTheStructs(t *testing.T) {
	files := map[string]bool{"batch-1.0.json": true}
	for _, kind := range Types() {
		_, _, want := schemaOf(t, kind)
		path := schemaFile(kind)
		files[filepath.Base(path)] = true
		if os.Getenv("SITEWARD_WRITE_SCHEMAS") != "" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the struct says; run this test with SITEWARD_WRITE_SCHEMAS=1. Before a release has it, change it; afterwards only add to it and raise the minor", path)
		}
	}
	all, err := os.ReadDir(filepath.Join(peer.Root(), schemaFolder))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if !files[f.Name()] {
			t.Errorf("%s is the schema of nothing", f.Name())
		}
	}
}

// full is a value with something in each field.
func full(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // the others stay as they are
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(now) {
			v.Set(reflect.ValueOf(now))
			return
		}
		for i := range v.NumField() {
			full(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			full(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		full(key)
		full(value)
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("text")
	case reflect.Int, reflect.Int64:
		v.SetInt(2)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(2)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// TestEachEventFitsItsSchema: empty, full, and as a newer minor sends it; what an older one did not have yet may be missing.
func TestEachEventFitsItsSchema(t *testing.T) {
	for _, kind := range Types() {
		r, s, _ := schemaOf(t, kind)
		whole := DataOf(kind)
		full(reflect.ValueOf(whole).Elem())
		for name, v := range map[string]Data{"empty": DataOf(kind), "full": whole} {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			var data map[string]any
			if err := json.Unmarshal(b, &data); err != nil {
				t.Fatal(err)
			}
			if kind == TypeLogbook && name == "empty" {
				continue // an entry without a signature is none
			}
			data["added_by_a_newer_minor"] = map[string]any{"x": 1}
			var res huma.ValidateResult
			huma.Validate(r, s, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, data, &res)
			if len(res.Errors) > 0 {
				t.Errorf("%s %s: %v\n%s", kind, name, res.Errors, b)
			}
		}
		wrong := map[string]any{"at": 1, "id": "x", "day": 1, "job": "x", "device": "x", "reason": 1, "from": "x", "seq": "x", "note": 1, "offer": 1}
		var res huma.ValidateResult
		huma.Validate(r, s, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, wrong, &res)
		if len(res.Errors) == 0 {
			t.Errorf("%s takes nonsense", kind)
		}
	}
}

// TestReceiversTakeOlderAndNewerMinors: fields that came later are passed over, those that an older site does not have are empty.
func TestReceiversTakeOlderAndNewerMinors(t *testing.T) {
	for minor, data := range map[int]string{
		0: `{"id":7,"kind":"state","title":"t","state":"warning","worst":"warning","opened":"2026-11-29T06:00:00Z"}`,
		9: `{"id":7,"kind":"of later","title":"t","state":"warning","worst":"warning","opened":"2026-11-29T06:00:00Z","later":{"a":[1]}}`,
	} {
		e := batch(t, 1)[0]
		e.DataSchema, e.Data = fmt.Sprintf("urn:siteward:schema:incident:1.%d", minor), json.RawMessage(data)
		body, err := Encode([]Event{e}, Zstd)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(body, Zstd)
		var v Incident
		if err != nil || Read(got[0], &v) != nil || v.ID != 7 || v.State != appliance.StateWarning || string(got[0].Data) != data {
			t.Errorf("minor %d: %+v %v", minor, v, err)
		}
	}
}

// TestTheSchemaOfABatchIsThatOfTheEnvelope: it names each attribute, demands those that each event has, and its patterns take what is sent.
func TestTheSchemaOfABatchIsThatOfTheEnvelope(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(peer.Root(), schemaFolder, "batch-1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		MaxItems int
		Items    struct {
			Required   []string
			Properties map[string]struct {
				Const   any
				Pattern string
			}
		}
	}
	if err := json.Unmarshal(text, &schema); err != nil || schema.MaxItems != MaxEvents {
		t.Fatalf("%d %v", schema.MaxItems, err)
	}
	one, two := batch(t, 1)[0], batch(t, 1)[0]
	two.Live, two.Sequence, two.Outbox, two.Subject = true, 0, "", ""
	one.Subject = "incident/1"
	named := map[string]bool{}
	for _, e := range []Event{one, two} {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for _, name := range schema.Items.Required {
			if got[name] == nil {
				t.Errorf("%s is demanded, and missing in %s", name, b)
			}
		}
		for name, v := range got {
			named[name] = true
			p, known := schema.Items.Properties[name]
			text, _ := v.(string)
			if !known || p.Const != nil && p.Const != v || p.Pattern != "" && !regexp.MustCompile(p.Pattern).MatchString(text) {
				t.Errorf("%s: %v does not fit", name, v)
			}
		}
	}
	if len(named) != len(schema.Items.Properties) {
		t.Errorf("the schema has %d attributes, events have %v", len(schema.Items.Properties), named)
	}
}

func TestWordsAreBounded(t *testing.T) {
	if w := WordsOf(appliance.Message{Key: "a.b", Args: map[string]any{"x": strings.Repeat("y", 5000)}, English: "e"}); w != nil {
		t.Errorf("%+v", w)
	}
	for _, w := range []*Words{nil, {}, {Key: strings.Repeat("k", 200)}, {Key: "k", Args: map[string]any{"x": strings.Repeat("y", 5000)}}} {
		if m := w.Message("plain"); m.Key != "" || m.English != "plain" {
			t.Errorf("%+v gives %+v", w, m)
		}
	}
	if m := WordsOf(appliance.Message{Key: "a.b", Args: map[string]any{"n": 3}}).Message("e"); m.Key != "a.b" || m.Args["n"] != 3 || m.English != "e" {
		t.Errorf("%+v", m)
	}
}
