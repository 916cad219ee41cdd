// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

// Where informers and a real server are at hand, in internal/e2e, the suite runs
// over them. Here it is tested that it judges rightly.

func TestPromisesAreNamedAfterTheContract(t *testing.T) {
	names := fake.Promises()
	for _, name := range names {
		if !regexp.MustCompile(`^G\d\d_[A-Z][A-Za-z0-9]+$`).MatchString(name) {
			t.Errorf("%s is not the number of a promise, and a few words", name)
		}
	}
	slices.Sort(names)
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) {
		t.Errorf("a name is there twice: %v", names)
	}
}

func TestConformanceMistakes(t *testing.T) {
	sound := fake.Conformance{
		Server:   func(*testing.T) fake.ConformanceServer { return fake.ConformanceServer{} },
		Informer: func(*testing.T, fake.ConformanceScope) fake.ConformanceInformer { return nil },
		Without:  map[string]string{fake.Promises()[0]: "no need for it"},
	}
	if mistakes := sound.Mistakes(); len(mistakes) != 0 {
		t.Errorf("mistakes without one: %q", mistakes)
	}
	for _, test := range []struct {
		name  string
		suite fake.Conformance
		want  []string // one text in each mistake
	}{
		{"nothing", fake.Conformance{}, []string{"needs a Server and an Informer"}},
		{"no reason", fake.Conformance{Server: sound.Server, Informer: sound.Informer, Without: map[string]string{fake.Promises()[0]: ""}}, []string{"no reason"}},
		{"no such promise", fake.Conformance{Server: sound.Server, Informer: sound.Informer, Without: map[string]string{"G99_X": "why not"}}, []string{`"G99_X", which is no promise`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			mistakes := test.suite.Mistakes()
			if len(mistakes) != len(test.want) {
				t.Fatalf("mistakes: %q; want %d", mistakes, len(test.want))
			}
			for i, want := range test.want {
				if !strings.Contains(mistakes[i], want) {
					t.Errorf("mistake %q does not say %q", mistakes[i], want)
				}
			}
		})
	}
}

// configMap is an object as the suite writes them, all in one namespace.
func configMap(name, version, n string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"data": map[string]any{"n": n}}}
	object.SetNamespace("here")
	object.SetName(name)
	object.SetResourceVersion(version)
	object.SetLabels(map[string]string{fake.TrialLabel: "here"})
	return object
}

// A ledger has to find what an informer does wrong.
func TestLedger(t *testing.T) {
	a1, a2, a3 := configMap("a", "1", "1"), configMap("a", "2", "2"), configMap("a", "3", "3")
	foreign := configMap("foreign", "1", "1")
	foreign.SetLabels(nil)
	for _, test := range []struct {
		name  string
		calls func(l fake.Ledger)
		lines []string
		flaws []string // one text in each
	}{
		{"all is well", func(l fake.Ledger) {
			l.HandleAdd(foreign, true)
			l.HandleAdd(a1, true)
			l.HandleUpdate(a1, a2)
			l.HandleDelete(a3, true)
			l.HandleAdd(configMap("a", "4", "4"), false)
			l.HandleDelete(configMap("a", "4", "4"), false)
		}, []string{"initial a=1", "update a=1→2", "delete a=3", "add a=4", "gone a=4"}, nil},
		{"added twice", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleAdd(a2, false)
		}, []string{"add a=1", "add a=2"}, []string{"it was there, as a=1@1"}},
		{"updated, and not there", func(l fake.Ledger) { l.HandleUpdate(a1, a2) },
			[]string{"update a=1→2"}, []string{"it was not there"}},
		{"deleted, and not there", func(l fake.Ledger) { l.HandleDelete(a1, true) },
			[]string{"delete a=1"}, []string{"it was not there"}},
		{"an update is missing", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleUpdate(a2, a3)
		}, []string{"add a=1", "update a=2→3"}, []string{"told of a=1@1 before, and not of a=2@2"}},
		{"an update without a change", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleUpdate(a1, a1)
		}, []string{"add a=1", "update a=1→1"}, []string{"version 1, and version 1 was told before"}},
		{"back in time", func(l fake.Ledger) {
			l.HandleAdd(a2, false)
			l.HandleUpdate(a2, a1)
		}, []string{"add a=2", "update a=2→1"}, []string{"version 1, and version 2 was told before"}},
		{"a deletion without a version of its own", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleDelete(a1, true)
		}, []string{"add a=1", "delete a=1"}, []string{"version 1, and version 1 was told before"}},
		{"gone, in a state that was not known", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleDelete(a2, false)
		}, []string{"add a=1", "gone a=2"}, []string{"the last known state is a=1@1, and not a=2@2"}},
		{"back from the dead", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleDelete(a3, true)
			l.HandleAdd(a2, false)
		}, []string{"add a=1", "delete a=3", "add a=2"}, []string{"version 2, and version 3 was told before"}},
		{"initial, too late", func(l fake.Ledger) {
			l.HandleAdd(a1, false)
			l.HandleAdd(configMap("b", "1", "1"), true)
		}, []string{"add a=1", "initial b=1"}, []string{"initial, after add a=1"}},
		{"nil", func(l fake.Ledger) { l.HandleAdd(nil, false) }, nil, []string{"of the add of nil"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := fake.NewLedger(t, t.Context(), "here")
			test.calls(l)
			if diff := cmp.Diff(test.lines, l.Lines()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			flaws := l.Flaws()
			if len(flaws) != len(test.flaws) {
				t.Fatalf("flaws: %q; want %d", flaws, len(test.flaws))
			}
			for i, want := range test.flaws {
				if !strings.Contains(flaws[i], want) {
					t.Errorf("flaw %q does not say %q", flaws[i], want)
				}
			}
		})
	}
}

// What a handler was told of is everybody's, and must not change.
func TestLedgerFindsWhatHasChanged(t *testing.T) {
	l := fake.NewLedger(t, t.Context(), "here")
	object := configMap("a", "1", "1")
	l.HandleAdd(object, false)
	if flaws := l.Flaws(); len(flaws) != 0 {
		t.Errorf("flaws %q, want none", flaws)
	}
	object.SetResourceVersion("2")
	if flaws := l.Flaws(); len(flaws) != 1 || !strings.Contains(flaws[0], "add a=1: the object has changed") {
		t.Errorf("flaws %q, want one that the object has changed", flaws)
	}
}

// A storm knows all states that there were. Of what a deletion is final of it
// knows no version.
func TestStormFindsInventions(t *testing.T) {
	l := fake.NewLedger(t, t.Context(), "here")
	first, second, third := configMap("a", "1", "1"), configMap("a", "2", "2"), configMap("a", "3", "2")
	l.HandleAdd(first, true)
	l.HandleUpdate(first, second)
	l.HandleDelete(third, true)
	if calls := l.Inventions(first, second); len(calls) != 0 {
		t.Errorf("inventions %q, want none", calls)
	}
	if diff := cmp.Diff([]string{"update a=1→2"}, l.Inventions(first, configMap("a", "2", "7"), configMap("a", "7", "2"), third)); diff != "" {
		t.Errorf("inventions (-want +got):\n%s", diff)
	}
}

func TestTear(t *testing.T) {
	listed := func(sizes ...string) (list []*unstructured.Unstructured) {
		for i, size := range sizes {
			list = append(list, configMap(fmt.Sprintf("object-%d", i), "1", size))
		}
		return append(list, configMap("other", "1", "9")) // which is not looked at
	}
	for _, test := range []struct {
		sizes []string
		torn  bool
	}{
		{[]string{"1", "1", "1"}, false},
		{nil, false}, // there was no list yet
		{[]string{"1", "1", "2"}, true},
		{[]string{"1", "1"}, true},
		{[]string{"1", "1", "1", "1"}, true},
	} {
		if found := fake.Tear(listed(test.sizes...), 3); (found != "") != test.torn {
			t.Errorf("a list of %q is torn: %q; want %t", test.sizes, found, test.torn)
		}
	}
}

// oneObject is an informer that has one object in its cache, or none.
type oneObject struct {
	fake.ConformanceInformer
	object *unstructured.Unstructured
}

func (o oneObject) Get(key store.Key) (*unstructured.Unstructured, error) {
	if o.object == nil || o.object.GetName() != key.Name {
		return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, key.Name)
	}
	return o.object, nil
}

func TestCacheBehindAHandler(t *testing.T) {
	old, current, next := configMap("a", "1", "1"), configMap("a", "2", "2"), configMap("a", "3", "3")
	shared := configMap("shared-1", "2", "2") // others may have deleted it since
	for _, test := range []struct {
		name   string
		cached *unstructured.Unstructured
		what   string
		told   *unstructured.Unstructured
		want   string // in what is found; empty for nothing
	}{
		{"the same", current, "add", current, ""},
		{"ahead", current, "update", old, ""},
		{"older", current, "update", next, "the cache had a=2@2"},
		{"not there", nil, "add", current, "not found"},
		{"not there, but shared", nil, "add", shared, ""},
		{"deleted", nil, "delete", current, ""},
		{"deleted, and still there", current, "delete", current, "still had it"},
		{"deleted, and made anew", next, "delete", current, ""},
		{"deleted, and older", old, "delete", current, "the cache had a=1@1"},
	} {
		found := fake.Behind(oneObject{object: test.cached}, test.what, test.told)
		if test.want == "" && found != "" || !strings.Contains(found, test.want) {
			t.Errorf("%s: %q, want %q", test.name, found, test.want)
		}
	}
}
