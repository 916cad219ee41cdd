// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// Decoding what is left of a document gives what decoding all of it does.
func TestRandomDocuments(t *testing.T) {
	plan, renaming := planFor[tagged](t), planFor[untagged](t)
	tests := []struct {
		name  string
		words []string
		check func(t *testing.T, document []byte)
	}{
		{
			name:  "tagged",
			words: []string{"text", "nested", "list", "fixed", "byName", "byNumber", "any", "raw", "quoted", "inner", "deep", "a", "b", "next", "more", "Text", "1"},
			check: func(t *testing.T, document []byte) {
				reduced, err := plan.Append(nil, document)
				if err != nil {
					t.Fatal(err)
				}
				sameDecoded[tagged](t, document, reduced)
			},
		},
		{
			name:  "untagged",
			words: []string{"metadata", "name", "uid", "spec", "nodeName", "ports", "number", "byName", "phase", "next", "labels", "extra", "hidden"},
			check: func(t *testing.T, document []byte) {
				reduced, err := renaming.Append(nil, document)
				if err != nil {
					t.Fatal(err)
				}
				sameDecoded[untagged](t, renamed(t, document), reduced)
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for seed := range uint64(1000) {
				random := documents{rand.New(rand.NewPCG(seed, 0)), test.words}
				document := []byte(random.object(0))
				if !json.Valid(document) {
					t.Fatalf("seed %d: %s", seed, document)
				}
				test.check(t, document)
				if t.Failed() {
					t.Fatalf("seed %d: %s", seed, document)
				}
			}
		})
	}
}

// renamed returns a document in which members have the names of the fields of
// untagged, by a way through maps.
func renamed(t *testing.T, document []byte) []byte {
	var content any
	if err := utiljson.Unmarshal(document, &content); err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(rename(content, reflect.TypeFor[untagged]()))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// rename gives members the names of the fields that they belong to.
func rename(value any, t reflect.Type) any {
	switch value := value.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return value
		}
		for i := range value {
			value[i] = rename(value[i], t.Elem())
		}
	case map[string]any:
		switch t.Kind() {
		case reflect.Pointer:
			return rename(value, t.Elem())
		case reflect.Map:
			for name := range value {
				value[name] = rename(value[name], t.Elem())
			}
		case reflect.Struct:
			return renameFields(value, t)
		}
	}
	return value
}

func renameFields(value map[string]any, t reflect.Type) any {
	renamed := map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		for name := range value {
			if f.IsExported() && strings.EqualFold(name, f.Name) {
				renamed[f.Name] = rename(value[name], f.Type)
			}
		}
	}
	return renamed
}

// documents makes documents of a few words, so that they often are those that
// are looked for.
type documents struct {
	*rand.Rand
	words []string
}

func (d documents) value(depth int) string {
	switch n := d.IntN(12); {
	case n < 5 && depth < 6:
		return d.object(depth)
	case n < 7 && depth < 6:
		return d.array(depth)
	case n < 9:
		return fmt.Sprintf(`"%s"`, d.word())
	case n < 11:
		return fmt.Sprint(d.IntN(3) - 1)
	}
	return []string{"null", "true", "false", "1.5", "-0.5e+0", `""`, `"7"`, `"\u00e9\"\\"`}[d.IntN(8)]
}

// object has no two members that one field could take: which of them counts is
// not the same after a way through maps.
func (d documents) object(depth int) string {
	members, seen := []string{}, map[string]bool{}
	for range d.IntN(6) {
		word := d.word()
		if folded := strings.ToLower(word); !seen[folded] {
			seen[folded] = true
			members = append(members, fmt.Sprintf("%s%s%s:%s%s%s", d.space(), d.quoted(word), d.space(), d.space(), d.value(depth+1), d.space()))
		}
	}
	return "{" + strings.Join(members, ",") + d.spaceIf(len(members) == 0) + "}"
}

func (d documents) array(depth int) string {
	elements := []string{}
	for range d.IntN(4) {
		elements = append(elements, d.space()+d.value(depth+1)+d.space())
	}
	return "[" + strings.Join(elements, ",") + d.spaceIf(len(elements) == 0) + "]"
}

func (d documents) word() string {
	word := d.words[d.IntN(len(d.words))]
	switch d.IntN(8) {
	case 0:
		return strings.ToUpper(word)
	case 1:
		return word + "x"
	}
	return word
}

// quoted sometimes has an escape for the first letter.
func (d documents) quoted(word string) string {
	if d.IntN(8) == 0 {
		return fmt.Sprintf(`"\u%04x%s"`, word[0], word[1:])
	}
	return `"` + word + `"`
}

func (d documents) space() string {
	return []string{"", "", "", " ", "\n\t"}[d.IntN(5)]
}

func (d documents) spaceIf(empty bool) string {
	if empty {
		return d.space()
	}
	return ""
}
