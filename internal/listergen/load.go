// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"cmp"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// apiPackage is a package that was asked for.
type apiPackage struct {
	path  string
	files []*ast.File
	types *types.Package
}

// loader reads packages from source: those asked for at once, others when one of
// them is imported.
type loader struct {
	*problems
	*Imported
	listed map[string]*listedPackage
	loaded map[string]*types.Package // of the main module
}

// Imported keeps what was read of packages of other modules, for those who
// generate several times: that is where most of the time goes, and it does not
// change. It is not safe for concurrent use.
type Imported struct {
	fset     *token.FileSet
	packages map[string]*types.Package
}

// NewImported returns an Imported without packages.
func NewImported() *Imported {
	return &Imported{token.NewFileSet(), map[string]*types.Package{}}
}

// load returns the packages that the patterns name, in the order of the go
// command, and where things are in them. What is wrong with them is added to
// the problems; a package that is wrong is left out.
func load(ctx context.Context, patterns []string, imported *Imported, found *problems) ([]*apiPackage, *token.FileSet, error) {
	listed, err := list(ctx, patterns)
	if err != nil {
		return nil, nil, err
	}
	if imported == nil {
		imported = NewImported()
	}
	l := &loader{found, imported, map[string]*listedPackage{}, map[string]*types.Package{}}
	for _, p := range listed {
		l.listed[p.ImportPath] = p
	}
	var asked []*apiPackage
	for _, p := range listed {
		if p.DepOnly {
			continue
		}
		before := len(l.found)
		if p.Error != nil {
			// A problem is one line, and the go command may have an advice below.
			l.add(p.position(), "%s", strings.Join(strings.Fields(p.Error.Err), " "))
		}
		if api := l.api(p); len(l.found) == before {
			asked = append(asked, api)
		}
	}
	return asked, l.fset, nil
}

// api loads a package that was asked for: with comments, and with its errors
// told.
func (l *loader) api(p *listedPackage) *apiPackage {
	before := len(l.found)
	api := &apiPackage{path: p.ImportPath}
	for _, file := range p.files() {
		parsed, err := parser.ParseFile(l.fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			l.addSyntax(file, err)
		}
		api.files = append(api.files, parsed)
	}
	// What the type checker says of files with syntax errors helps nobody.
	if len(l.found) == before {
		api.types = l.check(p, api.files, func(err error) {
			if wrong, ok := err.(types.Error); ok { // as go/types documents
				l.add(l.fset.Position(wrong.Pos), "%s", wrong.Msg)
			}
		})
	}
	return api
}

// importer finds what the files of one package import.
type importer struct {
	*loader
	from *listedPackage
}

// Import returns a package as far as it can be read: what is wrong in it matters
// only if a package that was asked for needs it, and is told there.
func (i importer) Import(path string) (*types.Package, error) {
	if mapped, ok := i.from.ImportMap[path]; ok {
		path = mapped
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if done := cmp.Or(i.loaded[path], i.packages[path]); done != nil {
		return done, nil
	}
	p, ok := i.listed[path]
	if !ok || len(p.files()) == 0 {
		return nil, &missingError{path, p}
	}
	var files []*ast.File
	for _, file := range p.files() {
		// A file with errors is used as far as it goes.
		if parsed, _ := parser.ParseFile(i.fset, file, nil, parser.SkipObjectResolution); parsed != nil {
			i.prune(parsed)
			files = append(files, parsed)
		}
	}
	return i.check(p, files, func(error) {}), nil
}

// missingError says that there is no package to import.
type missingError struct {
	path   string
	listed *listedPackage // nil: the go command does not know it
}

func (e *missingError) Error() string {
	if e.listed != nil && e.listed.Error != nil {
		return e.listed.Error.Err
	}
	return "no Go files in " + e.path
}

func (l *loader) check(p *listedPackage, files []*ast.File, report func(error)) *types.Package {
	config := types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Importer:         importer{l, p},
		Error:            report,
	}
	checked, _ := config.Check(p.ImportPath, l.fset, files, nil) // errors went to report
	if p.Standard || p.Module != nil && !p.Module.Main {
		l.packages[p.ImportPath] = checked
	} else {
		l.loaded[p.ImportPath] = checked
	}
	return checked
}

func (l *listedPackage) files() (files []string) {
	for _, name := range append(l.GoFiles[:len(l.GoFiles):len(l.GoFiles)], l.CgoFiles...) {
		files = append(files, filepath.Join(l.Dir, name))
	}
	return files
}
