// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// prune drops the bodies of functions, and the imports that only those need:
// of the packages behind an API package, which are most of the standard library
// and of the API machinery, a fraction is left to read.
func (i importer) prune(file *ast.File) {
	used := map[string]bool{".": true}
	for _, declared := range file.Decls {
		if function, ok := declared.(*ast.FuncDecl); ok {
			function.Body = nil
		}
		ast.Inspect(declared, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok {
					used[name.Name] = true
				}
			}
			return true
		})
	}
	unused := func(spec ast.Spec) bool {
		imported, ok := spec.(*ast.ImportSpec)
		return ok && !used[i.localName(imported)]
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(declared ast.Decl) bool {
		imports, ok := declared.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			return false
		}
		imports.Specs = slices.DeleteFunc(imports.Specs, unused)
		return len(imports.Specs) == 0
	})
	file.Imports = slices.DeleteFunc(file.Imports, func(spec *ast.ImportSpec) bool { return unused(spec) })
}

// localName returns what a file calls an import. The empty name is no
// identifier, and so is never used: a package that is imported for its effects,
// or that is not known, is dropped.
func (i importer) localName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to that
	if mapped, ok := i.from.ImportMap[path]; ok {
		path = mapped
	}
	if p, ok := i.listed[path]; ok {
		return p.Name
	}
	return ""
}
