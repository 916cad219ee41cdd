// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	ourModule  = "github.com/typedinformer/typedinformer"
	ourVersion = "v0.0.0-20010203040506-0123456789ab"
	ourCommand = ourModule + "/informer/listergen"
)

// TestFromOutside uses the command as others do: in a module of theirs, by the
// version of a module proxy, with go run and with go tool. What is generated has
// to compile there.
func TestFromOutside(t *testing.T) {
	proxy := publish(t)
	newModule(t, map[string]string{"api/v1/types.go": strings.Replace(
		gadget("// +genclient\n// +informer:index=spec.colour", "Colour string `json:\"colour\"`"),
		"func AddToScheme", deepCopies+"func AddToScheme", 1,
	)})
	outside(t, proxy)

	goCommand(t, "run", ourCommand+"@"+ourVersion, "./api/v1")
	byRun := goFiles(t, "informers")
	if files := sortedNames(byRun); !slices.Contains(files, "shopv1/gadget.go") {
		t.Fatalf("go run has written %v", files)
	}
	if err := os.RemoveAll("informers"); err != nil {
		t.Fatal(err)
	}

	goCommand(t, "get", "-tool", ourCommand+"@"+ourVersion)
	goCommand(t, "tool", "listergen", "./api/v1")
	for name, content := range goFiles(t, "informers") {
		if byRun[name] != content {
			t.Errorf("go tool has written another %s than go run", name)
		}
	}
	goCommand(t, "build", "-gcflags=all=-N -l", "./...") // half the time

	write(t, "api/v1/types.go", gadget("// +genclient\n// +informer:index=spec.color", ""))
	out, err := exec.Command("go", "tool", "listergen", "./api/v1").CombinedOutput()
	if err == nil || !strings.Contains(string(out), filepath.FromSlash("api/v1/types.go:18: index spec.color of Gadget: ")) {
		t.Errorf("%v, and on broken input it prints\n%s", err, out)
	}
}

const deepCopies = `func (g *Gadget) DeepCopyObject() runtime.Object     { return g }
func (l *GadgetList) DeepCopyObject() runtime.Object { return l }

`

// outside sets the environment of somebody who has our module from a proxy, in a
// module cache of the test's own. All else comes from the cache there is, and
// from where it came from if it is not in there.
func outside(t *testing.T, proxy string) {
	cache := strings.TrimSpace(goCommand(t, "env", "GOMODCACHE"))
	others := strings.TrimSpace(goCommand(t, "env", "GOPROXY"))
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy)+",file://"+filepath.ToSlash(cache)+"/cache/download,"+others)
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOPRIVATE", "")
	// Without -trimpath, what is compiled here could not be used again.
	t.Setenv("GOFLAGS", "-modcacherw -trimpath -buildvcs=false -mod=mod")
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// publish makes a module proxy of files, as GOPROXY takes it, with the module
// this test is in.
func publish(t *testing.T) (proxy string) {
	t.Helper()
	proxy = t.TempDir()
	versions := filepath.Join(proxy, filepath.FromSlash(ourModule), "@v")
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(versions, "list"), ourVersion+"\n")
	write(t, filepath.Join(versions, ourVersion+".info"), `{"Version":"`+ourVersion+`","Time":"2001-02-03T04:05:06Z"}`)
	write(t, filepath.Join(versions, ourVersion+".mod"), string(mod))
	archive, err := os.Create(filepath.Join(versions, ourVersion+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	writer := zip.NewWriter(archive)
	for _, file := range moduleFiles(t) {
		addFile(t, writer, file)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return proxy
}

// moduleFiles returns the files of our module, which are those of no module
// within it.
func moduleFiles(t *testing.T) []string {
	t.Helper()
	command := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	var nested []string
	for _, file := range files {
		if dir, name := path.Split(file); name == "go.mod" && dir != "" {
			nested = append(nested, dir)
		}
	}
	return slices.DeleteFunc(files, func(file string) bool {
		_, err := os.Stat(filepath.Join("../..", file)) // deleted, and not yet committed
		return err != nil || slices.ContainsFunc(nested, func(dir string) bool { return strings.HasPrefix(file, dir) })
	})
}

func addFile(t *testing.T, archive *zip.Writer, file string) {
	t.Helper()
	content, err := os.Open(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	entry, err := archive.Create(ourModule + "@" + ourVersion + "/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(entry, content); err != nil {
		t.Fatal(err)
	}
}
