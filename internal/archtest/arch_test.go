// SPDX-License-Identifier: Apache-2.0

// Package archtest holds the structure of the module: which package may import
// which, what the module depends on, and what lies at its top.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/typedinformer/typedinformer"

// level says how high a package is: an import goes down, to a lower level. What is
// below a package has its level, unless it has one of its own.
var level = map[string]int{
	"store": 0, "listwatch": 1, "index": 2, "queue": 2, "reflect": 2, "fake": 2, "informer": 3, "informer/clientgo": 4,
	"informer/clientgo/factories": 5,
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
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours || to == from || strings.HasPrefix(to, "internal/") && !strings.HasPrefix(from, "internal/") {
				continue
			}
			if leaf := strings.HasPrefix(from, "internal/"); leaf && from != "internal/model" {
				t.Errorf("%s imports %s: internal packages are leaves", from, to)
			} else if !leaf && levelOf(t, from) <= levelOf(t, to) {
				t.Errorf("%s (level %d) imports %s (level %d): imports go down", from, levelOf(t, from), to, levelOf(t, to))
			}
		}
	}
}

// levelOf returns the level of a package, which is that of the nearest directory
// that has one.
func levelOf(t *testing.T, of string) int {
	t.Helper()
	for dir := of; dir != "."; dir = path.Dir(dir) {
		if known, ok := level[dir]; ok {
			return known
		}
	}
	t.Errorf("%s has no level: give it one in internal/archtest", of)
	return 0
}

// Only informer needs the reflector, in whichever module; and nobody should
// have to look twice which reflect is meant.
func TestWhoImportsReflect(t *testing.T) {
	for _, file := range goFiles(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		imports := func(path string) bool {
			return slices.ContainsFunc(parsed.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
		}
		inside, ours := path.Dir(file) == "reflect", imports(module+"/reflect")
		if ours && !inside && path.Dir(file) != "informer" {
			t.Errorf("%s imports reflect, which only informer may", file)
		}
		if (ours || inside) && imports("reflect") {
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
	var direct []string
	for _, required := range mod.Require {
		if !required.Indirect {
			direct = append(direct, required.Path)
		}
	}
	slices.Sort(direct)
	want := []string{"github.com/google/go-cmp", "golang.org/x/sync", "k8s.io/apimachinery", "k8s.io/client-go"}
	if diff := cmp.Diff(want, direct); diff != "" {
		t.Errorf("direct dependencies in go.mod (-want +got):\n%s", diff)
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

// goFiles returns the Go files of all modules, relative to the top.
func goFiles(t *testing.T) []string {
	files := strings.Fields(string(command(t, "git", "ls-files", "--cached", "--others", "--exclude-standard", "*.go")))
	return slices.DeleteFunc(files, func(file string) bool { // deleted, and not yet committed
		_, err := os.Stat(filepath.Join("../..", file))
		return errors.Is(err, fs.ErrNotExist)
	})
}

func read(t *testing.T, file string) string {
	content, err := os.ReadFile(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
