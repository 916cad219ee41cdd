// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"cmp"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with the input.
type Problem struct {
	// File and Line are where it is. Line is zero for what is in no file, such
	// as a flag; File then names it, if it has a name.
	File string
	Line int
	Text string
}

// String returns "file:line: text".
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Text
	case p.Line == 0:
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Errors is all that is wrong with the input, sorted by file and line, each
// thing once. It is the error of [Generate] unless something outside of the
// input has failed.
type Errors []Problem

// Error returns the problems, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, problem := range e {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// problems collects what is wrong, to be told all at once.
type problems struct{ found []Problem }

func (p *problems) add(position token.Position, format string, args ...any) {
	p.found = append(p.found, Problem{shorten(position.Filename), position.Line, fmt.Sprintf(format, args...)})
}

// addSyntax adds what the parser found, which is a list with positions.
func (p *problems) addSyntax(file string, err error) {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		p.add(token.Position{Filename: file}, "%v", err)
		return
	}
	for _, one := range list {
		p.add(one.Pos, "%s", one.Msg)
	}
}

// err returns what was found as an error; nil if there is nothing.
func (p *problems) err() error {
	if len(p.found) == 0 {
		return nil
	}
	slices.SortFunc(p.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return Errors(slices.Compact(p.found))
}

// shorten returns a path as the go command prints it: relative to the working
// directory where that is not longer.
func shorten(file string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return file
	}
	if relative, err := filepath.Rel(here, file); err == nil && len(relative) < len(file) {
		return relative
	}
	return file
}
