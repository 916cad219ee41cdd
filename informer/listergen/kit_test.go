// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	listergen "github.com/typedinformer/typedinformer/informer/listergen"
	generator "github.com/typedinformer/typedinformer/internal/listergen"
)

// newModule makes a module example.com/shop, with what our own module depends on
// so that nothing has to be resolved, and makes it the working directory.
func newModule(t *testing.T, files map[string]string) {
	t.Helper()
	ours, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("GOWORK", "off")
	write(t, "go.mod", strings.Replace(string(ours), "module github.com/typedinformer/typedinformer", "module example.com/shop", 1))
	write(t, "go.sum", string(sums))
	for name, text := range files {
		write(t, name, text)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// command runs the command and returns its exit code and what it prints.
func command(t *testing.T, imported *generator.Imported, args ...string) (code int, printed string) {
	t.Helper()
	var stderr strings.Builder
	code = listergen.Run(t.Context(), args, imported, &stderr)
	return code, stderr.String()
}

// goFiles returns the Go files below a directory, with their contents.
func goFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sortedNames(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

// gadget is an API package with one kind. The line numbers in tests count from
// its package clause, which is line 2.
func gadget(above, fields string) string {
	return `// +groupName=shop.example.com
package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func AddToScheme(*runtime.Scheme) error { return nil }

type GadgetList struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []Gadget
}

` + above + `
type Gadget struct {
	metav1.TypeMeta   ` + "`json:\",inline\"`" + `
	metav1.ObjectMeta ` + "`json:\"metadata\"`" + `
	Spec struct {
` + fields + `
	} ` + "`json:\"spec\"`" + `
}
`
}
