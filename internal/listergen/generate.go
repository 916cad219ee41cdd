// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"context"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
)

// Options say what to generate.
type Options struct {
	// Packages are the API packages: directories, or import paths, as the go
	// command takes them.
	Packages []string
	// Out is the directory to write to. It is made if it is not there; its last
	// element is the name of the package in it.
	Out string
	// Header is a file with comments that every generated file is to begin with,
	// such as a license. Empty means none.
	Header string
	// Indexes are those that no marker asks for.
	Indexes []*IndexFlag
	// Imported is what was read before; nil for nothing.
	Imported *Imported
}

// Generate writes the informers and listers of API packages, and removes those
// that an earlier run has written and this one does not. Paths are relative to
// the working directory.
//
// What is wrong with the input is returned as [Errors], all of it, and then no
// file was written or removed. Other errors are those of the go command and of
// the file system.
func Generate(ctx context.Context, options Options) error {
	out, err := filepath.Abs(options.Out)
	if err != nil {
		return err
	}
	files, err := generate(ctx, out, options)
	if err != nil {
		return err
	}
	found := &problems{}
	planned, err := plan(out, files, found)
	if err != nil {
		return err
	}
	if err := found.err(); err != nil {
		return err
	}
	return planned.write()
}

// generate returns the files of a directory by their paths.
func generate(ctx context.Context, out string, options Options) (map[string][]byte, error) {
	found := &problems{}
	if name := filepath.Base(out); !token.IsIdentifier(name) {
		found.add(at(options.Out), "%q is no name for a package: choose another directory with -o", name)
	}
	header := readHeader(options.Header, found)
	versions, err := model(ctx, options, found)
	if err != nil {
		return nil, err
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	path, err := importPath(ctx, out)
	if err != nil {
		return nil, err
	}
	return render(out, path, header, versions)
}

// model reads packages and returns what there is to generate.
func model(ctx context.Context, options Options, found *problems) ([]*version, error) {
	packages, fset, err := load(ctx, options.Packages, options.Imported, found)
	if err != nil {
		return nil, err
	}
	complete := len(found.found) == 0
	b := &builder{found, fset}
	if !complete {
		// A flag for a kind of a package that could not be read is no mistake.
		return b.build(packages, nil), nil
	}
	return b.build(packages, options.Indexes), nil
}

// readHeader reads the file that the others begin with. If it had more in it than
// comments, no file would be a Go file.
func readHeader(file string, found *problems) []byte {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		found.add(token.Position{}, "-header: %v", err)
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, string(text)+"\npackage header\n", parser.ParseComments)
	if err != nil || len(parsed.Decls) > 0 || parsed.Name.Name != "header" {
		found.add(at(file), "there is something other than Go comments in it: a header is comments only")
	}
	return text
}

func at(file string) token.Position { return token.Position{Filename: file} }
