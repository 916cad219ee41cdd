// SPDX-License-Identifier: Apache-2.0

package guide_test

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestTheGuideShowsThisCode keeps the code in the guide code that compiles.
func TestTheGuideShowsThisCode(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../fake/doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	blocks := codeOf(parsed.Doc.Text())
	if len(blocks) < 9 {
		t.Fatalf("there are %d pieces of code in the guide; does this test still find them?", len(blocks))
	}
	for _, block := range blocks[1:] { // the first is the drawing
		wantCompiled(t, block)
	}
}

// TestTheReadmeShowsThisCode does so for the README's test.
func TestTheReadmeShowsThisCode(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```go\nfunc Test")
	snippet, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README shows no test")
	}
	wantCompiled(t, "func Test"+snippet)
}

// codeOf returns the pieces of a comment that are indented.
func codeOf(comment string) (blocks []string) {
	var block strings.Builder
	for line := range strings.Lines(comment + "end\n") {
		switch {
		case strings.HasPrefix(line, "\t"), line == "\n" && block.Len() > 0:
			block.WriteString(line)
		case block.Len() > 0:
			blocks = append(blocks, block.String())
			block.Reset()
		}
	}
	return blocks
}

// wantCompiled compares without the indentation, which depends on the place.
func wantCompiled(t *testing.T, block string) {
	t.Helper()
	compiled, err := os.ReadFile("guide_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(flush(string(compiled)), flush(block)) {
		t.Errorf("guide_test.go does not have this code, which is shown:\n%s", block)
	}
}

func flush(code string) string {
	var text strings.Builder
	for line := range strings.Lines(strings.TrimSpace(code)) {
		text.WriteString(strings.TrimSpace(line) + "\n")
	}
	return text.String()
}
