// SPDX-License-Identifier: Apache-2.0

// Package archtest holds the structure of the module: which package may import
// which, what the module depends on, and what lies at its top.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/typedinformer/typedinformer"

// level says how high a package is: an import goes down, to a lower level.
var level = map[string]int{
	"store": 0, "listwatch": 1, "index": 2, "queue": 2, "reflect": 2, "fake": 2, "informer": 3,
}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	run := exec.Command(name, args...)
	run.Dir, run.Stderr = "../..", os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

func packages(t *testing.T) (all []goPackage) {
	decoder := json.NewDecoder(bytes.NewReader(command(t, "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsGoDown(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		imports := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		if slices.Contains(imports, module+"/reflect") && from != "informer" && from != "reflect" {
			t.Errorf("%s imports reflect, which only informer may", from)
		}
		for _, imported := range imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours || to == from || strings.HasPrefix(to, "internal/") && !strings.HasPrefix(from, "internal/") {
				continue
			}
			if leaf := strings.HasPrefix(from, "internal/"); leaf && from != "internal/model" {
				t.Errorf("%s imports %s: internal packages are leaves", from, to)
			} else if fromLevel, known := level[strings.Split(from, "/")[0]]; !leaf && (!known || fromLevel <= level[to]) {
				t.Errorf("%s (level %d) imports %s (level %d): imports go down", from, fromLevel, to, level[to])
			}
		}
	}
}

// Nobody should have to look twice which reflect is meant.
func TestNoFileImportsBothReflects(t *testing.T) {
	for _, file := range goFiles(t) {
		text := read(t, file)
		if strings.Contains(text, "\t\"reflect\"\n") && (strings.Contains(text, module+"/reflect\"") || strings.HasPrefix(file, "reflect/")) {
			t.Errorf("%s imports the standard reflect beside ours", file)
		}
	}
}

func TestFilesBeginWithTheLicense(t *testing.T) {
	for _, file := range goFiles(t) {
		if !strings.HasPrefix(read(t, file), "// SPDX-License-Identifier: Apache-2.0\n\n") {
			t.Errorf("%s does not begin with the SPDX line", file)
		}
	}
}

func TestDirectDependencies(t *testing.T) {
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{}
	}
	if err := json.Unmarshal(command(t, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	allowed := []string{"github.com/google/go-cmp", "golang.org/x/sync", "k8s.io/apimachinery", "k8s.io/client-go"}
	for _, required := range mod.Require {
		if !required.Indirect && !slices.Contains(allowed, required.Path) {
			t.Errorf("go.mod requires %s, which is not one of %v", required.Path, allowed)
		}
	}
	if len(mod.Replace) != 0 {
		t.Error("go.mod has a replace line, which keeps go run and go get -tool from working")
	}
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("go.mod go.sum store index queue reflect informer listwatch fake examples internal Makefile README.md LICENSE")
	for _, file := range strings.Fields(string(command(t, "git", "ls-files", "--cached", "--others", "--exclude-standard"))) {
		top := strings.Split(file, "/")[0]
		if !strings.HasPrefix(top, ".") && !slices.Contains(allowed, top) {
			t.Errorf("%s: %s is not part of the layout", file, top)
		}
	}
}

func goFiles(t *testing.T) []string {
	return strings.Fields(string(command(t, "git", "ls-files", "--cached", "--others", "--exclude-standard", "*.go")))
}

func read(t *testing.T, file string) string {
	content, err := os.ReadFile(filepath.Join("../..", file))
	if err != nil && !os.IsNotExist(err) { // deleted and not yet committed
		t.Fatal(err)
	}
	if err != nil {
		return "// SPDX-License-Identifier: Apache-2.0\n\n"
	}
	return string(content)
}
