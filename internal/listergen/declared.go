// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/ast"
	"go/token"
	"strings"
)

// declaredType is a type of a package with what is written above it.
type declaredType struct {
	spec       *ast.TypeSpec
	markers    []marker
	deprecated string // what the doc comment says of it, if it does
}

// declaredTypes returns the types that a file declares. The markers of a type
// are those in all comments between the end of what comes before and the type:
// API packages have them in a block of their own above the doc comment.
func declaredTypes(fset *token.FileSet, file *ast.File) (found []declaredType) {
	after := file.Name.End()
	for _, declared := range file.Decls {
		if group, ok := declared.(*ast.GenDecl); ok && group.Tok == token.TYPE {
			for _, spec := range group.Specs {
				one := spec.(*ast.TypeSpec) // which is what token.TYPE says
				doc := one.Doc
				if !group.Lparen.IsValid() {
					doc = group.Doc
				}
				found = append(found, declaredType{one, markersOf(between(fset, file, after, one.Pos())), deprecation(doc)})
				after = one.End()
			}
		}
		after = declared.End()
	}
	return found
}

// deprecation returns the paragraph of a doc comment that says that something is
// not to be used any more, as one line and without its first word.
func deprecation(doc *ast.CommentGroup) string {
	for paragraph := range strings.SplitSeq(doc.Text(), "\n\n") {
		if text, ok := strings.CutPrefix(paragraph, "Deprecated: "); ok {
			text, _, _ = strings.Cut(text, "\n+") // markers may follow
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return ""
}

// packageMarkers returns the markers above the package clause.
func packageMarkers(file *ast.File) []marker {
	var above []*ast.CommentGroup
	for _, group := range file.Comments {
		if group.End() <= file.Package {
			above = append(above, group)
		}
	}
	return markersOf(above)
}

// between returns the comments between two places. One that begins on the line
// where the former declaration ends belongs to that.
func between(fset *token.FileSet, file *ast.File, after, before token.Pos) (comments []*ast.CommentGroup) {
	line := fset.Position(after).Line
	for _, group := range file.Comments {
		if group.Pos() >= after && group.End() <= before && fset.Position(group.Pos()).Line != line {
			comments = append(comments, group)
		}
	}
	return comments
}
