// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	generator "github.com/typedinformer/typedinformer/internal/listergen"
)

// broken is input that is wrong, with all that is printed of it.
type broken struct {
	files map[string]string // beside an API package that is fine
	args  []string          // in place of "./api/v1"
	want  []string
}

const line = "api/v1/types.go:"

// one is an API package with these markers and fields, the first marker on line
// 17 and the first field two lines after the last.
func one(markers string, fields ...string) map[string]string {
	return map[string]string{"api/v1/types.go": gadget(markers, strings.Join(fields, "\n"))}
}

var brokenInput = map[string]broken{
	"no markers": {
		files: one("// Gadget has none."),
		want:  []string{line + "2: package v1 has no type with +genclient or +kubebuilder:object:root=true that can be listed and watched"},
	},
	"no group": {
		files: map[string]string{"api/v1/types.go": strings.TrimPrefix(gadget("// +genclient", ""), "// +groupName=shop.example.com\n")},
		want:  []string{line + "1: package v1 has no group: write // +groupName=shop.example.com above a package clause"},
	},
	"no AddToScheme": {
		files: map[string]string{"api/v1/types.go": strings.Replace(gadget("// +genclient", ""), "AddToScheme", "addTo", 1)},
		want:  []string{line + "2: package v1 has no AddToScheme, which registers its types with a scheme"},
	},
	"no list": {
		files: map[string]string{"api/v1/types.go": strings.Replace(gadget("// +genclient", ""), "Items []Gadget", "Items []string", 1)},
		want:  []string{line + "18: there is no GadgetList with a metav1.ListMeta and Items of Gadget, to read lists with"},
	},
	"no object": {
		files: map[string]string{"api/v1/more.go": "package v1\n\n// +genclient\ntype Thing int\n\n// +informer:index=a\ntype Other struct{}\n"},
		want: []string{
			"api/v1/more.go:4: Thing has +genclient and is no struct with a metav1.ObjectMeta embedded",
			"api/v1/more.go:6: Other gets no index: it is no type with +genclient or +kubebuilder:object:root=true that can be listed and watched",
		},
	},
	"syntax errors": {
		files: map[string]string{"api/v1/more.go": "package v1\n\ntype A struct {\n\tB int C\n}\n", "api/v1/most.go": "package v1\n\nfunc {\n"},
		want:  []string{"api/v1/more.go:4: expected ';', found C", "api/v1/more.go:5: expected '}', found 'EOF'", "api/v1/most.go:3: expected 'IDENT', found '{'"},
	},
	"no package clause": {
		files: map[string]string{"api/v1/more.go": "// Empty.\n"},
		want:  []string{"api/v1/more.go:1: expected 'package', found 'EOF'"},
	},
	"type errors": {
		files: map[string]string{"api/v1/more.go": "package v1\n\ntype A struct{ B Missing }\n\nvar C int = \"text\"\n"},
		want: []string{
			"api/v1/more.go:3: undefined: Missing",
			`api/v1/more.go:5: cannot use "text" (untyped string constant) as int value in variable declaration`,
		},
	},
	"a package that does not exist": {
		args: []string{"./api/v2"},
		want: []string{"./api/v2: …"},
	},
	"an import path that does not exist": {
		args: []string{"example.com/shop/api/v2"},
		want: []string{"example.com/shop/api/v2: …"},
	},
	"an unknown part of a path": {
		files: one("// +genclient\n// +informer:index=spec.color\n// +informer:index=spec.colour.shade\n// +informer:index=spek", "Colour string `json:\"colour\"`\nSize int `json:\"size\"`\nhidden int"),
		want: []string{
			line + "18: index spec.color of Gadget: there is no color in Gadget.spec, which has colour, size",
			line + "19: index spec.colour.shade of Gadget: there is no shade in Gadget.spec.colour, which is string",
			line + "20: index spek of Gadget: there is no spek in Gadget, which has apiVersion, kind, metadata, spec",
		},
	},
	"fields that cannot be looked up by": {
		files: one(`// +genclient
// +informer:index=spec.labels
// +informer:index=spec.labels.app
// +informer:index=spec.raw
// +informer:index=spec.when
// +informer:index=spec.thing
// +informer:index=spec
// +informer:index=spec.hidden
// +informer:index=spec.kind`,
			"Labels map[string]string `json:\"labels\"`", "Raw []byte `json:\"raw\"`", "When metav1.Time `json:\"when\"`",
			"Thing any `json:\"thing\"`", "hidden string", "Kind kind `json:\"kind\"`\n} `json:\"spec\"`\n}\ntype kind string\ntype Unused struct {\nX struct {"),
		want: []string{
			line + "18: index spec.labels of Gadget: Gadget.spec.labels cannot be looked up by: map[string]string is not comparable",
			line + "19: index spec.labels.app of Gadget: there is no app in Gadget.spec.labels, which is map[string]string",
			line + "20: index spec.raw of Gadget: Gadget.spec.raw cannot be looked up by: []byte is not comparable",
			line + "21: index spec.when of Gadget: Gadget.spec.when cannot be looked up by: v1.Time holds *time.Location, which is not compared by what it says",
			line + "22: index spec.thing of Gadget: Gadget.spec.thing cannot be looked up by: any holds any, which is not compared by what it says",
			line + "23: index spec of Gadget: Gadget.spec cannot be looked up by: struct{…} is not comparable",
			line + "24: index spec.hidden of Gadget: hidden of Gadget.spec is not exported: only exported fields can be read from the generated package",
			line + "25: index spec.kind of Gadget: Gadget.spec.kind cannot be looked up by: its type kind is not exported",
		},
	},
	"markers that cannot be read": {
		files: one(`// +genclient
// +informer:index=
// +informer:index=spec.size,nam=Size
// +informer:index=spec.size,name="Size
// +informer:indx=spec.size
// +kubebuilder:resource:scope=Everywhere,path=Gadgets
// +kubebuilder:resource:path=gadgets
// +resourceName=gizmos`, "Size int `json:\"size\"`"),
		want: []string{
			line + `18: +informer:index: "" is no path: write JSON names with dots in between, such as spec.nodeName`,
			line + `19: +informer:index: after the path there can only be name=…, not "nam=Size"`,
			line + `20: +informer:index: a quote " is not closed in "name=\"Size"`,
			line + "21: there is no marker +informer:indx: write +informer:index=path or +informer:index=path,name=Name",
			line + `22: "Gadgets" is no name of a resource: small letters, digits and hyphens, such as gadgets`,
			line + `22: +kubebuilder:resource: the scope is Cluster or Namespaced, not "Everywhere"`,
			line + "24: the resource is called gadgets by one marker and gizmos by another",
		},
	},
	"two indexes of a name": {
		files: one("// +genclient\n// +informer:index=metadata.name\n// +informer:index=spec.name", "Name string `json:\"name\"`"),
		want:  []string{line + "19: index spec.name of Gadget: there is a ByName already; give one of them a name, with spec.name,name=…"},
	},
	"two resources of a name": {
		files: map[string]string{"api/v1/more.go": strings.ReplaceAll(strings.Replace(gadget("// +genclient\n// +resourceName=gadgets", ""), "func AddToScheme", "func Other", 1), "Gadget", "Doodad")},
		want:  []string{line + "18: the resource of Gadget would be called Gadgets, as that of Doodad is: write // +resourceName=… above one of them"},
	},
	"one group version twice": {
		files: map[string]string{"more/v1/types.go": gadget("// +genclient", "")},
		args:  []string{"./api/v1", "./more/v1"},
		want:  []string{"more/v1/types.go:2: shop.example.com/v1 is the group version of example.com/shop/api/v1 too: generate for them into two directories"},
	},
	"two groups of a name": {
		files: map[string]string{"more/v2/types.go": strings.NewReplacer("shop.example.com", "shop.example.org", "package v1", "package v2").Replace(gadget("// +genclient", ""))},
		args:  []string{"./api/v1", "./more/v2"},
		want:  []string{`more/v2/types.go:2: group "shop.example.org" would be called Shop, which group shop.example.com is: write // +groupGoName=… above a package clause`},
	},
	"no version": {
		files: map[string]string{"api/v1/types.go": strings.Replace(gadget("// +genclient", ""), "package v1", "package api", 1)},
		want:  []string{line + "2: api is no version such as v1alpha1: rename the package, or write // +versionName=v1alpha1 above its clause"},
	},
	"flags": {
		args: []string{"-index", "Doodad=spec.size", "-index", "Gadget=spec.size", "-index", "other/v1.Gadget=metadata.name", "./api/v1"},
		want: []string{
			"-index Doodad=spec.size: no package that is generated for has this kind; there are Gadget",
			"-index Gadget=spec.size: index spec.size of Gadget: there is no size in Gadget.spec, which has ",
			"-index other/v1.Gadget=metadata.name: no package that is generated for has this kind; there are Gadget",
		},
	},
	"a flag for two kinds": {
		files: map[string]string{"api/v2/types.go": strings.Replace(gadget("// +genclient", ""), "package v1", "package v2", 1)},
		args:  []string{"-index", "Gadget=metadata.name", "./api/v1", "./api/v2"},
		want:  []string{"-index Gadget=metadata.name: it may be Gadget of shop.example.com/v1 or Gadget of shop.example.com/v2: write the end of the import path before the kind, such as shop.example.com/v1.Gadget"},
	},
	"a header that is none": {
		files: map[string]string{"license.txt": "Copyright nobody.\n"},
		args:  []string{"-header", "license.txt", "./api/v1"},
		want:  []string{"license.txt: there is something other than Go comments in it: a header is comments only"},
	},
	"a header that does not exist": {
		args: []string{"-header", "licence.txt", "./api/v1"},
		want: []string{"-header: open licence.txt: no such file or directory"},
	},
	"a directory that is no package": {
		args: []string{"-o", "my-informers", "./api/v1"},
		want: []string{`my-informers: "my-informers" is no name for a package: choose another directory with -o`},
	},
	"a file in the way": {
		files: map[string]string{"informers/shopv1/gadget.go": "package shopv1\n"},
		want:  []string{"informers/shopv1/gadget.go: it was not generated by listergen, and is in the way: move it, or choose another directory with -o"},
	},
}

func TestBrokenInput(t *testing.T) {
	imported := generator.NewImported()
	for name, test := range brokenInput {
		t.Run(name, func(t *testing.T) {
			files := one("// +genclient")
			maps.Copy(files, test.files)
			files["informers/shopv1/stale.go"] = "// Code generated by listergen. DO NOT EDIT.\n\npackage shopv1\n"
			newModule(t, files)
			before := goFiles(t, ".")
			args := test.args
			if args == nil {
				args = []string{"./api/v1"}
			}
			code, printed := command(t, imported, args...)
			if code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			if diff := cmp.Diff(test.want, shown(printed)); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, goFiles(t, ".")); diff != "" {
				t.Errorf("files were written or removed (-before +after):\n%s", diff)
			}
		})
	}
}

// shown returns the lines that were printed. What the go command says of a
// package that is not there is its own affair.
func shown(printed string) []string {
	lines := strings.Split(strings.TrimSuffix(printed, "\n"), "\n")
	for i, line := range lines {
		if missing, _, ok := strings.Cut(line, "api/v2: "); ok {
			lines[i] = missing + "api/v2: …"
		}
	}
	return lines
}
