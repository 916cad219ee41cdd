// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.jsonv2

package decode

import (
	"encoding"
	jsonv1 "encoding/json"
	"encoding/json/v2"
	"reflect"
	"strings"
	"sync"
	"time"
)

// alike keeps, for each type that was decoded, whether both decoders are known
// to agree on it: finding that out takes longer than decoding.
var alike types

type types struct {
	agreed sync.Map // of reflect.Type to bool
}

// known says whether both decoders are known to agree on a type.
func (t *types) known(typ reflect.Type) bool {
	if agreed, ok := t.agreed.Load(typ); ok {
		return agreed.(bool) // nothing else is stored
	}
	agreed := walk{}.alike(typ)
	t.agreed.Store(typ, agreed)
	return agreed
}

// A walk goes through a type and all that it holds. It has the types that it has
// begun with, which may hold themselves.
type walk map[reflect.Type]bool

func (w walk) alike(t reflect.Type) bool {
	if w[t] {
		return true
	}
	w[t] = true
	if itself, agreed := decodesItself(t); itself {
		return agreed
	}
	switch t.Kind() {
	case reflect.Interface, reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return false
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return w.alike(t.Elem())
	case reflect.Map:
		return w.alike(t.Key()) && w.alike(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if (f.Anonymous || f.IsExported()) && f.Tag.Get("json") != "-" {
				if !plain(f) || !w.alike(f.Type) {
					return false
				}
			}
		}
	}
	return true
}

// decodesItself says whether a type has a method for decoding, and whether both
// decoders call the same one. Both know a time.Time, but v2 reads it in its own way.
func decodesItself(t reflect.Type) (itself, agreed bool) {
	p := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[time.Time](), p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()):
		return true, false
	case p.Implements(reflect.TypeFor[jsonv1.Unmarshaler]()), p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return true, true
	}
	return false, false
}

// plain says whether a field's tag means the same to both decoders: it has a
// name that needs no quotes, and no options that are about decoding.
func plain(f reflect.StructField) bool {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if strings.ContainsAny(name, "'\"\\`") {
		return false
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "", "omitempty", "omitzero":
		case "inline":
			if !f.Anonymous {
				return false
			}
		default:
			return false
		}
	}
	return true
}
