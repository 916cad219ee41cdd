// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"archive/zip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

const (
	ourModule  = "github.com/typedinformer/typedinformer"
	ourCommand = ourModule + "/informer/listergen"
)

// newVersion returns one that no module cache has: what is in there is never looked
// at again.
func newVersion() string { return fmt.Sprintf("v0.0.0-20010203040506-%012x", rand.Uint64()>>16) }

// TestFromOutside uses the command as others do: in a module of theirs, by the
// version of a module proxy, with go run and with go tool. What is generated has
// to compile there.
func TestFromOutside(t *testing.T) {
	version := newVersion()
	proxy := publish(t, version)
	newModule(t, map[string]string{"api/v1/types.go": strings.Replace(
		gadget("// +genclient\n// +informer:index=spec.colour", "Colour string `json:\"colour\"`"),
		"func AddToScheme", deepCopies+"func AddToScheme", 1,
	)})
	outside(t, proxy, version)

	goCommand(t, "run", ourCommand+"@"+version, "./api/v1")
	byRun := goFiles(t, "informers")
	if files := sortedNames(byRun); !slices.Contains(files, "shopv1/gadget.go") {
		t.Fatalf("go run has written %v", files)
	}
	if err := os.RemoveAll("informers"); err != nil {
		t.Fatal(err)
	}

	goCommand(t, "get", "-tool", ourCommand+"@"+version)
	goCommand(t, "tool", "listergen", "./api/v1")
	for name, content := range goFiles(t, "informers") {
		if byRun[name] != content {
			t.Errorf("go tool has written another %s than go run", name)
		}
	}
	goCommand(t, "build", "./...")

	write(t, "api/v1/types.go", gadget("// +genclient\n// +informer:index=spec.color", ""))
	out, err := exec.Command("go", "tool", "listergen", "./api/v1").CombinedOutput()
	if err == nil || !strings.Contains(string(out), filepath.FromSlash("api/v1/types.go:18: index spec.color of Gadget: ")) {
		t.Errorf("%v, and on broken input it prints\n%s", err, out)
	}
}

const deepCopies = `func (g *Gadget) DeepCopyObject() runtime.Object     { return g }
func (l *GadgetList) DeepCopyObject() runtime.Object { return l }

`

// outside sets the environment of somebody who has our module from a proxy. All else
// comes from the module cache there is, and from where it came from if it is not in
// there; and what this test is built of need not be compiled once more.
func outside(t *testing.T, proxy, version string) {
	cache := strings.TrimSpace(goCommand(t, "env", "GOMODCACHE"))
	others := strings.TrimSpace(goCommand(t, "env", "GOPROXY"))
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy)+",file://"+filepath.ToSlash(cache)+"/cache/download,"+others)
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOPRIVATE", "")
	t.Setenv("GOFLAGS", "-modcacherw -buildvcs=false -mod=mod"+likeThisTest())
	t.Cleanup(func() { forget(t, cache, version) })
}

// likeThisTest returns the flag that what this test imports has been compiled with.
func likeThisTest() string {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return " -race"
	}
	return ""
}

// forget takes a version of our module out of a module cache.
func forget(t *testing.T, cache, version string) {
	module := filepath.FromSlash(ourModule)
	files, err := filepath.Glob(filepath.Join(cache, "cache", "download", module, "@v", version+".*"))
	if err != nil {
		t.Error(err)
	}
	for _, file := range append(files, filepath.Join(cache, module+"@"+version)) {
		if err := os.RemoveAll(file); err != nil {
			t.Error(err)
		}
	}
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
func publish(t *testing.T, version string) (proxy string) {
	t.Helper()
	proxy = t.TempDir()
	versions := filepath.Join(proxy, filepath.FromSlash(ourModule), "@v")
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(versions, "list"), version+"\n")
	write(t, filepath.Join(versions, version+".info"), `{"Version":"`+version+`","Time":"2001-02-03T04:05:06Z"}`)
	write(t, filepath.Join(versions, version+".mod"), string(mod))
	archive, err := os.Create(filepath.Join(versions, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	writer := zip.NewWriter(archive)
	for _, file := range moduleFiles(t) {
		addFile(t, writer, file, version)
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

func addFile(t *testing.T, archive *zip.Writer, file, version string) {
	t.Helper()
	content, err := os.Open(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	entry, err := archive.Create(ourModule + "@" + version + "/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(entry, content); err != nil {
		t.Fatal(err)
	}
}
