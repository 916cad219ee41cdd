// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// jsonField is a field of a struct by the name that it has in JSON, with the
// embedded structs that lead to it: the last of the chain is the field itself.
type jsonField struct {
	name  string
	chain []*types.Var
}

func (f jsonField) last() *types.Var { return f.chain[len(f.chain)-1] }

// jsonFields returns the fields of a struct as encoding/json sees them, those
// of embedded structs without a name of their own included; and the unexported
// ones, which it does not see, under their Go names.
func jsonFields(structure *types.Struct) (fields []jsonField) {
	var walk func(structure *types.Struct, chain []*types.Var, above []*types.Struct)
	walk = func(structure *types.Struct, chain []*types.Var, above []*types.Struct) {
		if slices.Contains(above, structure) { // a struct that embeds a pointer to itself
			return
		}
		above = append(above, structure)
		for i := range structure.NumFields() {
			field, tag := structure.Field(i), reflect.StructTag(structure.Tag(i)).Get("json")
			name, _, _ := strings.Cut(tag, ",")
			way := append(chain[:len(chain):len(chain)], field)
			embedded, isStruct := pointed(field.Type()).Underlying().(*types.Struct)
			switch {
			case tag == "-":
			case field.Embedded() && name == "" && isStruct:
				walk(embedded, way, above)
			case name == "":
				fields = append(fields, jsonField{field.Name(), way})
			default:
				fields = append(fields, jsonField{name, way})
			}
		}
	}
	walk(structure, nil, nil)
	return fields
}

// findField returns the field of a name. Of several, the one that is embedded
// the least deep hides the others.
func findField(fields []jsonField, name string) (found jsonField, ok bool) {
	for _, field := range fields {
		if field.name == name && (!ok || len(field.chain) < len(found.chain)) {
			found, ok = field, true
		}
	}
	return found, ok
}

// exportedNames returns the names that a path can go on with, sorted.
func exportedNames(fields []jsonField) (names []string) {
	for _, field := range fields {
		if field.last().Exported() {
			names = append(names, field.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pointed returns what a type points to, or the type itself.
func pointed(t types.Type) types.Type {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		return pointer.Elem()
	}
	return t
}
