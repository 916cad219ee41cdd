// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheReadmeShowsThisCode keeps the code of the README's migration guide code that
// compiles: each line of it is in one of the programs here.
func TestTheReadmeShowsThisCode(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, guide, found := strings.Cut(string(readme), "## Coming from client-go")
	guide, _, ended := strings.Cut(guide, "Term by term:")
	blocks := strings.Split(guide, "```")
	if !found || !ended || len(blocks) < 2*6+1 {
		t.Fatalf("the guide has %d pieces of code; does this test still find them?", len(blocks)/2)
	}
	compiled := sources(t)
	for i := 1; i < len(blocks); i += 2 {
		for line := range strings.Lines(strings.TrimPrefix(blocks[i], "go\n")) {
			code, _, _ := strings.Cut(line, " //")
			if code = strings.TrimSpace(code); !strings.Contains(compiled, code) {
				t.Errorf("the README shows %q, which is in no program here", code)
			}
		}
	}
}

// sources returns the source of this package without its tests.
func sources(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	return all.String()
}
