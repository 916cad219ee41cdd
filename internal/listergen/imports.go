// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"fmt"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// imports are the packages that a generated file imports, each under a name of
// its own.
type imports struct{ names map[string]string } // by path

// importSpec is a line of an import declaration.
type importSpec struct{ Alias, Path string }

// add notes that a file needs a package, under the name that is usual for it,
// and returns what the file calls it.
func (i *imports) add(importPath, name string) string {
	return i.addAs(importPath, alias(importPath, name))
}

// addAs is add with the name that is wanted; with a number behind it, if that is
// taken.
func (i *imports) addAs(importPath, wanted string) string {
	if known, ok := i.names[importPath]; ok {
		return known
	}
	if i.names == nil {
		i.names = map[string]string{}
	}
	chosen := wanted
	for number := 2; i.taken(chosen); number++ {
		chosen = fmt.Sprintf("%s%d", wanted, number)
	}
	i.names[importPath] = chosen
	return chosen
}

func (i *imports) taken(name string) bool {
	return slices.Contains(ownNames, name) || slices.Contains(slices.Collect(maps.Values(i.names)), name)
}

// ownNames are what generated packages declare, which is in the way of imports.
var ownNames = []string{"client", "groupVersion", "lookup", "newClient", "object", "provider"}

// qualify is the types.Qualifier of a file: it imports what it is asked for.
func (i *imports) qualify(p *types.Package) string { return i.add(p.Path(), p.Name()) }

var isVersion = regexp.MustCompile(`^v[0-9]+((alpha|beta)[0-9]+)?$`)

// alias returns the name under which Kubernetes programs import a package: one
// that is named after a version gets the name of its group before it.
func alias(importPath, name string) string {
	if !isVersion.MatchString(name) {
		return name
	}
	return strings.ToLower(notInWords.ReplaceAllString(path.Base(path.Dir(importPath)), "")) + name
}

var notInWords = regexp.MustCompile(`^[0-9]+|[^A-Za-z0-9]+`)

// split returns the imports as two blocks, in order: the standard library, and
// the rest.
func (i *imports) split() (standard, others []importSpec) {
	for importPath, name := range i.names {
		spec := importSpec{Path: importPath}
		if name != path.Base(importPath) {
			spec.Alias = name
		}
		if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
			others = append(others, spec)
		} else {
			standard = append(standard, spec)
		}
	}
	byPath := func(a, b importSpec) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(standard, byPath)
	slices.SortFunc(others, byPath)
	return standard, others
}
