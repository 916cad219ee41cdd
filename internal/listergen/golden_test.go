// SPDX-License-Identifier: Apache-2.0

package listergen_test

import (
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/listergen"
)

var update = flag.Bool("update", false, "write the goldens anew")

// goldens are the directories of testdata: each has API packages in api and what
// is generated for them in informers.
var goldens = map[string]listergen.Options{
	"namespaced":    {Packages: []string{"./testdata/namespaced/api/v1"}},
	"clusterscoped": {Packages: []string{"./testdata/clusterscoped/api/v1alpha1"}},
	"customgroup":   {Packages: []string{"./testdata/customgroup/api/pki"}},
	"versions":      {Packages: []string{"./testdata/versions/api/v1beta1", "./testdata/versions/api/v1"}},
	"indexes":       {Packages: []string{"./testdata/indexes/api/v1"}},
}

func goldenOptions(name string) listergen.Options {
	options := goldens[name]
	options.Out, options.Header = filepath.Join("testdata", name, "informers"), "testdata/license.txt"
	return options
}

func TestGoldens(t *testing.T) {
	imported := listergen.NewImported()
	for name := range goldens {
		t.Run(name, func(t *testing.T) {
			options := goldenOptions(name)
			options.Imported = imported
			if *update {
				if err := listergen.Generate(t.Context(), options); err != nil {
					t.Fatal(err)
				}
			}
			got := files(t, options)
			if diff := cmp.Diff(tree(t, options.Out), got); diff != "" {
				t.Errorf("what is generated has changed: look at it, and run go test -update (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTwoRunsGiveTheSameBytes(t *testing.T) {
	options := goldenOptions("indexes")
	options.Imported = listergen.NewImported() // the second run finds it filled
	options.Packages = append(options.Packages, goldens["versions"].Packages...)
	first := files(t, options)
	slices.Reverse(options.Packages)
	if diff := cmp.Diff(first, files(t, options)); diff != "" {
		t.Errorf("the order of the packages makes a difference (-first +second):\n%s", diff)
	}
}

func files(t *testing.T, options listergen.Options) map[string]string {
	t.Helper()
	files, err := listergen.Files(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestGoldensAreFineByVet(t *testing.T) {
	var packages []string
	vet := []string{"vet"}
	if raceDetector { // what the packages import has been compiled for that
		vet = append(vet, "-race")
	}
	for name := range goldens {
		for file := range tree(t, filepath.Join("testdata", name)) {
			// The go command leaves testdata out of its patterns.
			packages = append(packages, "./"+filepath.Join("testdata", name, filepath.Dir(file)))
		}
	}
	slices.Sort(packages)
	if out, err := exec.Command("go", append(vet, slices.Compact(packages)...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// tree returns the files below a directory.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
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
