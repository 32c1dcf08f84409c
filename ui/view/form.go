package view

// Form is what was typed and what is wrong with it. A page with a form holds one; after an error it is answered with 422 and
// the same values, so nobody types twice.
type Form struct {
	Values map[string]string
	Errors []FieldError
}

// FieldError says beside a field what to enter and where to find it. An empty Field is about the whole form.
type FieldError struct {
	Field, Text string
}

// Fail notes what is wrong with a field; the first sentence about a field stays.
func (f *Form) Fail(field, text string) {
	if f.Error(field) == "" || field == "" {
		f.Errors = append(f.Errors, FieldError{Field: field, Text: text})
	}
}

// OK tells whether nothing is wrong.
func (f Form) OK() bool { return len(f.Errors) == 0 }

// Value is what was typed into a field.
func (f Form) Value(field string) string { return f.Values[field] }

// Error is what is wrong with a field, or nothing.
func (f Form) Error(field string) string {
	for _, e := range f.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// Option is one choice of a select or of radio buttons.
type Option struct {
	Value, Label, Hint string
}

// Field is one form field, ready for the template of the same name. Its id is its name, so that the error summary can link to it.
type Field struct {
	Name, Type, Label, Hint  string
	Value, Error             string
	Autocomplete, Pattern    string
	Inputmode, Placeholder   string
	Width                    string // a Tailwind width class such as "max-w-xs"
	Rows, Min, Max           int
	Options                  []Option
	Optional, Checked, Mono  bool
	Locked                   string // the site file that declares it: the value is shown, not asked
	Autofocus, ReadOnly, Big bool
}

// Choice is the value as people read it: the word of the option it names.
func (f Field) Choice() string {
	for _, o := range f.Options {
		if o.Value == f.Value && o.Label != "" {
			return o.Label
		}
	}
	return f.Value
}

// Describes is the list of ids for aria-describedby.
func (f Field) Describes() string {
	s := ""
	if f.Hint != "" {
		s = f.Name + "-hint"
	}
	if f.Error != "" {
		if s != "" {
			s += " "
		}
		s += f.Name + "-error"
	}
	return s
}
