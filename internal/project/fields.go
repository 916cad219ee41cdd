// SPDX-License-Identifier: Apache-2.0

package project

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A field is one of a struct, or of one embedded in it, that a member of the
// JSON object belongs to.
type field struct {
	name   string
	tagged bool   // the name is from the tag
	path   string // names of Go's, from the struct on
	depth  int    // how many structs it is embedded in
	typ    reflect.Type
}

// fieldsOf returns the fields of a struct that are not hidden by others.
func fieldsOf(t reflect.Type, path string) ([]field, error) {
	var all []field
	collect(t, path, nil, &all)
	fields, err := dominant(all)
	if err != nil {
		return nil, err
	}
	return fields, distinct(fields)
}

// collect adds the fields of a struct that is embedded in the others, the
// outermost of which comes first.
func collect(t reflect.Type, path string, embedding []reflect.Type, all *[]field) {
	if slices.Contains(embedding, t) {
		return // its fields are hidden by those further out
	}
	embedding = append(embedding, t)
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		fieldPath := path + "." + f.Name
		embedded := embeddedStruct(f)
		if tag == "-" || !f.IsExported() && embedded == nil {
			continue
		}
		name := nameInTag(tag)
		if name == "" && embedded != nil {
			collect(embedded, fieldPath, embedding, all)
			continue
		}
		*all = append(*all, field{
			name: cmp.Or(name, f.Name), tagged: name != "", path: fieldPath, depth: len(embedding), typ: f.Type,
		})
	}
}

// embeddedStruct returns the struct that is embedded by a field or that its
// pointer points to, or nil.
func embeddedStruct(f reflect.StructField) reflect.Type {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !f.Anonymous || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// nameInTag returns the name in a tag, if it is one that encoding/json accepts.
func nameInTag(tag string) string {
	name, _, _ := strings.Cut(tag, ",")
	refused := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	}
	if strings.ContainsFunc(name, refused) {
		return ""
	}
	return name
}

// dominant leaves, of the fields with one name, that which is embedded least
// deeply, or which alone of these has the name from its tag.
func dominant(all []field) (fields []field, _ error) {
	slices.SortStableFunc(all, func(a, b field) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.depth, b.depth), compareTagged(a, b))
	})
	for i, f := range all {
		if i == 0 || all[i-1].name != f.name {
			fields = append(fields, f)
			continue
		}
		first := fields[len(fields)-1]
		if first.depth == f.depth && first.tagged == f.tagged {
			return nil, clash(first, f)
		}
	}
	return fields, nil
}

func compareTagged(a, b field) int {
	switch {
	case a.tagged == b.tagged:
		return 0
	case a.tagged:
		return -1
	}
	return 1
}

// distinct fails if there is a member that would be taken by two fields, because
// one of them takes it in any case. What it says goes for fields of any depth:
// the decoder would fill the one and not the other, whichever is deeper.
func distinct(fields []field) error {
	for i, f := range fields {
		for _, other := range fields[:i] {
			if (!f.tagged || !other.tagged) && strings.EqualFold(f.name, other.name) {
				return clash(other, f)
			}
		}
	}
	return nil
}

func clash(a, b field) error {
	if a.path > b.path {
		a, b = b, a
	}
	return &FieldError{Field: b.path, Reason: fmt.Sprintf(
		"takes the member %q, which %s takes too: give one of them a json tag with another name", b.name, a.path)}
}
