// SPDX-License-Identifier: Apache-2.0

package listergen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/listergen"
)

func TestParseMarker(t *testing.T) {
	type parsed struct {
		Name, Value string
		OK          bool
	}
	tests := map[string]parsed{
		"// +genclient":                          {"genclient", "", true},
		"//+genclient:nonNamespaced":             {"genclient:nonNamespaced", "", true},
		"// +groupName=shop.example.com":         {"groupName", "shop.example.com", true},
		"// +groupName=":                         {"groupName", "", true},
		"/* +resourceName = gadgets */":          {"resourceName", "gadgets", true},
		" * +resourceName=gadgets":               {"resourceName", "gadgets", true},
		"// +kubebuilder:resource:path=a,scope=": {"kubebuilder:resource:path", "a,scope=", true},
		"// + plus and minus":                    {"plus and minus", "", false},
		"// 1 + 1 = 2":                           {},
		"// genclient":                           {},
		"//":                                     {},
		"// +":                                   {},
	}
	for line, want := range tests {
		name, value, ok := listergen.ParseMarker(line)
		if diff := cmp.Diff(want, parsed{name, value, ok}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestParseArguments(t *testing.T) {
	tests := map[string][]string{
		"":                               nil,
		"path=gadgets":                   {"path", "gadgets"},
		`scope="Cluster" , path=gadgets`: {"scope", "Cluster", "path", "gadgets"},
		"categories={all,shop},path=a":   {"categories", "{all,shop}", "path", "a"},
		"description=`one, two`,path=a":  {"description", "one, two", "path", "a"},
		`name="a=b",singular`:            {"name", "a=b", "singular", ""},
	}
	for text, want := range tests {
		got, err := listergen.ParseArguments(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"=gadgets", ",path=a", `path="a`} {
		if got, err := listergen.ParseArguments(text); err == nil {
			t.Errorf("%q = %q, want an error", text, got)
		}
	}
}

// Whatever a comment says, it is read or not, and what was read says the same
// when it is written again.
func FuzzParseMarker(f *testing.F) {
	for _, seed := range []string{"// +genclient", "// +groupName=a", "/* +a=b=c */", "//+", "// +kubebuilder:resource:path=a,categories={b,c}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		name, value, ok := listergen.ParseMarker(line)
		if !ok {
			return
		}
		again, same, ok := listergen.ParseMarker("// +" + name + "=" + value)
		// The end of a block comment is no part of a value.
		if strings.Contains(line, "*/") {
			return
		}
		if !ok || again != name || same != value {
			t.Errorf("%q is %q = %q, and that written again is %q = %q, %v", line, name, value, again, same, ok)
		}
	})
}

// Arguments are never more than the commas between them allow, and have names.
func FuzzParseArguments(f *testing.F) {
	for _, seed := range []string{"path=a,scope=Cluster", `a="b,c"`, "a={b,c},d", "a=}b,c{,d", "=", ","} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		arguments, err := listergen.ParseArguments(text)
		if err != nil {
			return
		}
		if most := strings.Count(text, ",") + 1; len(arguments)/2 > most {
			t.Errorf("%q has %d arguments, of %d at most", text, len(arguments)/2, most)
		}
		for i := 0; i < len(arguments); i += 2 {
			if arguments[i] == "" {
				t.Errorf("%q has an argument without a name: %q", text, arguments)
			}
		}
	})
}

// A path that is read has no empty part, and is what was written.
func FuzzParseIndex(f *testing.F) {
	for _, seed := range []string{"spec.nodeName", "spec.nodeName,name=Node", "a..b", "a,name=b", "a,name=B,c=d", `a,name="B"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, name, err := listergen.ParseIndex(text)
		if err != nil {
			return
		}
		if written, _, _ := strings.Cut(text, ","); strings.Join(path, ".") != strings.TrimSpace(written) {
			t.Errorf("%q is the path %q", text, path)
		}
		for _, part := range path {
			if strings.TrimSpace(part) == "" {
				t.Errorf("%q has an empty part: %q", text, path)
			}
		}
		again, sameName, err := listergen.ParseIndex(strings.Join(path, ".") + rest(name))
		if diff := cmp.Diff(path, again); diff != "" || sameName != name || err != nil {
			t.Errorf("%q written again: name %q, want %q; %v (-want +got):\n%s", text, sameName, name, err, diff)
		}
	})
}

func rest(name string) string {
	if name == "" {
		return ""
	}
	return ",name=" + name
}

// Whatever flag is read has a kind that can be one, and never panics.
func FuzzParseIndexFlag(f *testing.F) {
	for _, seed := range []string{"core/v1.Pod=spec.nodeName", "Pod=a,name=B", ".=a", "a.b.C=d", "=", "Pod"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if flag, err := listergen.ParseIndexFlag(text); (flag == nil) == (err == nil) {
			t.Errorf("%q is %v, %v", text, flag, err)
		}
	})
}
