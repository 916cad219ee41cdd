// SPDX-License-Identifier: Apache-2.0

// Package api holds the exported API of each public package as text, so that a
// change to it shows in the diff.
package api

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/typedinformer/typedinformer/"

// TestAPI compares go doc of each public package with the file that holds it.
// UPDATE_API=1, which is what make api sets, writes the files instead.
func TestAPI(t *testing.T) {
	kept := map[string]bool{}
	for _, path := range strings.Fields(run(t, "list", "./...")) {
		name, _ := strings.CutPrefix(path, module)
		if strings.HasPrefix(name, "internal/") {
			continue
		}
		file := strings.ReplaceAll(name, "/", "_") + ".txt"
		kept[file] = true
		compare(t, file, run(t, "doc", "-all", path))
	}
	held, err := filepath.Glob("*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range held {
		if !kept[file] {
			t.Errorf("%s is of no package: remove it", file)
		}
	}
}

func compare(t *testing.T, file, now string) {
	t.Helper()
	if os.Getenv("UPDATE_API") != "" {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	held, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v: run make api", err)
		return
	}
	if diff := cmp.Diff(string(held), now); diff != "" {
		t.Errorf("%s is not what go doc says (-held +now): look at the change, and run make api\n%s", file, diff)
	}
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir, command.Stderr = "../..", os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
