// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
)

// indexSpec is an index as it is asked for: a path of JSON names, and the name
// of its accessor if it is not to be that of the last field.
type indexSpec struct {
	path  []string
	name  string
	where token.Position
}

// parseIndex reads "spec.nodeName" and "spec.nodeName,name=Node".
func parseIndex(text string) (indexSpec, error) {
	path, rest, more := strings.Cut(text, ",")
	spec := indexSpec{path: strings.Split(strings.TrimSpace(path), ".")}
	for _, part := range spec.path {
		if part == "" || strings.ContainsAny(part, " \t[]*\"`'(){}$=") {
			return indexSpec{}, fmt.Errorf("%q is no path: write JSON names with dots in between, such as spec.nodeName", path)
		}
	}
	if !more {
		return spec, nil
	}
	arguments, err := parseArguments(rest)
	if err != nil {
		return indexSpec{}, err
	}
	if len(arguments) != 1 || arguments[0].name != "name" {
		return indexSpec{}, fmt.Errorf("after the path there can only be name=…, not %q", rest)
	}
	spec.name = arguments[0].value
	if !token.IsIdentifier("X"+spec.name) || !token.IsExported(spec.name) {
		return indexSpec{}, fmt.Errorf("%q is no name for an accessor: write what follows By, such as name=Node for ByNode", spec.name)
	}
	return spec, nil
}

func (s indexSpec) String() string { return strings.Join(s.path, ".") }

// An IndexFlag is an index for a type that has no marker for it, because its
// package cannot be edited.
type IndexFlag struct {
	// pkg is the end of an import path, or group/version; empty if only the kind
	// is given.
	pkg, kind string
	spec      indexSpec
}

// ParseIndexFlag reads "core/v1.Pod=spec.nodeName", where what comes before the
// kind is the end of an import path, or group/version, or left out.
func ParseIndexFlag(text string) (*IndexFlag, error) {
	typeName, index, ok := strings.Cut(text, "=")
	if !ok {
		return nil, errors.New("want a type and a path, such as core/v1.Pod=spec.nodeName")
	}
	spec, err := parseIndex(index)
	if err != nil {
		return nil, err
	}
	spec.where = token.Position{Filename: "-index " + text}
	parsed := &IndexFlag{kind: typeName, spec: spec}
	if dot := strings.LastIndexByte(typeName, '.'); dot >= 0 {
		parsed.pkg, parsed.kind = typeName[:dot], typeName[dot+1:]
		if parsed.pkg == "" {
			return nil, fmt.Errorf("there is no package before the dot of %q", typeName)
		}
	}
	if !token.IsIdentifier(parsed.kind) {
		return nil, fmt.Errorf("%q is no kind", parsed.kind)
	}
	return parsed, nil
}

// names says whether the flag is about a type.
func (f *IndexFlag) names(r *resource) bool {
	if f.kind != r.Kind {
		return false
	}
	return f.pkg == "" || f.pkg == r.version.path || f.pkg == r.version.label() ||
		strings.HasSuffix(r.version.path, "/"+f.pkg)
}
