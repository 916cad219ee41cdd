// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

type host struct {
	Name, Rack string
	Ports      []int
}

func hostKey(h *host) store.Key { return store.Key{Name: h.Name} }

func byRack(h *host) (string, bool) { return h.Rack, h.Rack != "" }
func byPort(h *host) []int          { return h.Ports }

// fixture is an indexer over hosts, with what it reported.
type fixture struct {
	*index.Indexer[*host]
	store    *store.Store[*host]
	reported []error
}

func newFixture(t *testing.T, hosts ...*host) *fixture {
	t.Helper()
	f := &fixture{store: store.New(store.WithKey(hostKey))}
	f.Indexer = index.New(f.store, index.Options{OnError: func(err error) { f.reported = append(f.reported, err) }})
	f.put(t, hosts...)
	return f
}

func (f *fixture) put(t *testing.T, hosts ...*host) {
	t.Helper()
	for _, h := range hosts {
		if err := f.store.Add(h); err != nil {
			t.Fatal(err)
		}
	}
}

func names(hosts []*host) string {
	var all []string
	for _, h := range hosts {
		all = append(all, h.Name)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestSingleValuedIndex(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b", Rack: "r1"}, &host{Name: "none"})
	racks := must(index.Add(f.Indexer, "rack", byRack)) // after there is data
	f.put(t, &host{Name: "c", Rack: "r2"})              // and before
	want := func(rack, hosts string) {
		t.Helper()
		for how, got := range map[string][]*host{"Get": slices.Collect(racks.Get(rack)), "List": racks.List(rack)} {
			if names(got) != hosts {
				t.Errorf("%s(%s) = %q, want %q", how, rack, names(got), hosts)
			}
		}
		if got := racks.Count(rack); got != len(strings.Fields(hosts)) {
			t.Errorf("Count(%s) = %d", rack, got)
		}
		if first, found := racks.First(rack); found != (hosts != "") || found && !strings.Contains(hosts, first.Name) {
			t.Errorf("First(%s) = %v, %v", rack, first, found)
		}
	}
	want("r1", "a b")
	want("r2", "c")
	f.put(t, &host{Name: "a", Rack: "r2"}, &host{Name: "c"}, &host{Name: "none", Rack: "r1"})
	want("r1", "b none")
	want("r2", "a")
	if _, existed := f.store.DeleteKey(store.Key{Name: "a"}); !existed {
		t.Fatal("a was not there")
	}
	want("r2", "")
	if got := slices.Collect(racks.Keys()); !slices.Equal(got, []string{"r1"}) || racks.Len() != 1 {
		t.Errorf("values %v, %d of them", got, racks.Len())
	}
	if got := names(slices.Collect(racks.Like(&host{Rack: "r1"}))); got != "b none" {
		t.Errorf("Like = %q", got)
	}
	for range racks.Get("r1") {
		break // early
	}
}

func TestMultiValuedIndex(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Ports: []int{80, 443, 80}})
	ports := must(index.AddMulti(f.Indexer, "port", byPort))
	f.put(t, &host{Name: "b", Ports: []int{80}}, &host{Name: "c"}, &host{Name: "d", Ports: []int{443, 22}})
	want := map[int]string{80: "a b", 443: "a d", 22: "d", 1: ""}
	check := func() {
		t.Helper()
		for port, hosts := range want {
			if got := names(ports.List(port)); got != hosts {
				t.Errorf("List(%d) = %q, want %q", port, got, hosts)
			}
		}
	}
	check()
	if got := names(slices.Collect(ports.Like(&host{Ports: []int{80, 443}}))); got != "a b d" {
		t.Errorf("Like = %q, want each host once", got)
	}
	f.put(t, &host{Name: "a", Ports: []int{22, 443}})
	f.store.DeleteKey(store.Key{Name: "d"})
	want = map[int]string{80: "b", 443: "a", 22: "a"}
	check()
	counts := map[int]int{}
	for port, count := range ports.Counts() {
		counts[port] = count
	}
	if diff := cmp.Diff(map[int]int{80: 1, 443: 1, 22: 1}, counts); diff != "" {
		t.Errorf("Counts: -want +got\n%s", diff)
	}
}

func TestG30_KeysAreTypedAndEmptyEntriesAreRemoved(t *testing.T) {
	type place struct{ row, column int }
	f := newFixture(t)
	// A wrong key type does not compile: places.Get("x") is no expression.
	places := must(index.Add(f.Indexer, "place", func(h *host) (place, bool) { return place{len(h.Rack), len(h.Ports)}, true }))
	for i := range 100 {
		f.put(t, &host{Name: fmt.Sprint(i), Ports: make([]int, i)})
	}
	if places.Len() != 100 || places.Count(place{0, 7}) != 1 {
		t.Fatalf("%d values, want 100", places.Len())
	}
	for i := range 99 {
		f.put(t, &host{Name: fmt.Sprint(i), Rack: "x"})
	}
	if got := places.Len(); got != 2 {
		t.Errorf("%d values, want the two that objects have", got)
	}
	for i := range 100 {
		f.store.DeleteKey(store.Key{Name: fmt.Sprint(i)})
	}
	if got := places.Len(); got != 0 || f.Namespaces().Len() != 0 {
		t.Errorf("%d values of an empty store", got)
	}
}

func TestG31_AUniqueIndexReportsAViolationAndKeepsBoth(t *testing.T) {
	f := newFixture(t)
	racks := must(index.AddUnique(f.Indexer, "rack", byRack))
	f.put(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b", Rack: "r2"})
	if len(f.reported) != 0 {
		t.Fatalf("reported %v before there was a violation", f.reported)
	}
	f.put(t, &host{Name: "b", Rack: "r1"})
	var violation *index.UniqueError
	if len(f.reported) != 1 || !errors.As(f.reported[0], &violation) {
		t.Fatalf("reported %v, want one *UniqueError", f.reported)
	}
	if diff := cmp.Diff(&index.UniqueError{Index: "rack", Value: "r1", Key: store.Key{Name: "b"}}, violation); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := names(racks.List("r1")); got != "a b" {
		t.Errorf("List = %q, want both", got)
	}
}

func TestAccessByName(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1", Ports: []int{80}}, &host{Name: "b", Rack: "r2", Ports: []int{80, 443}})
	must(index.Add(f.Indexer, "rack", byRack))
	must(index.AddMulti(f.Indexer, "port", byPort))
	if diff := cmp.Diff([]string{"namespace", "port", "rack"}, f.Names()); diff != "" {
		t.Errorf("Names: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"443", "80"}, must(f.Values("port"))); diff != "" {
		t.Errorf("Values: -want +got\n%s", diff)
	}
	if got := names(must(f.Lookup("port", "80"))); got != "a b" {
		t.Errorf("Lookup = %q", got)
	}
	var unknown *index.UnknownError
	if _, err := f.Lookup("rank", "x"); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "namespace, port, rack") {
		t.Errorf("Lookup of an unknown index: %v", err)
	}
	if _, err := f.Values("rank"); !errors.As(err, &unknown) {
		t.Errorf("Values of an unknown index: %v", err)
	}
}

func TestLookupsDoNotAllocate(t *testing.T) {
	f := newFixture(t)
	racks := must(index.Add(f.Indexer, "rack", byRack))
	for i := range 500 {
		f.put(t, &host{Name: fmt.Sprint(i), Rack: map[bool]string{true: "small", false: "large"}[i < 10]})
	}
	update := &host{Name: "1", Rack: "small"}
	for what, look := range map[string]func(){
		"a small result": func() {
			for range racks.Get("small") {
			}
		},
		"a large result": func() {
			for range racks.Get("large") {
			}
		},
		"count": func() { racks.Count("small") },
		"first": func() { racks.First("small") },
		"update": func() {
			f.store.Apply(func(tx store.Tx[*host]) { tx.Put(store.Item[*host]{Key: hostKey(update), Object: update}) })
		},
	} {
		if n := testing.AllocsPerRun(100, look); n != 0 && !raceDetector {
			t.Errorf("%s: %v allocations, want none", what, n)
		}
	}
}

func TestBuiltinIndexes(t *testing.T) {
	object := func(name string, labels map[string]string, owners ...metav1.OwnerReference) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: labels, OwnerReferences: owners}}
	}
	yes := true
	s := store.New(store.FromMeta[*metav1.PartialObjectMetadata])
	ix := index.New(s, index.Options{})
	labels, app := must(index.AddLabels(ix)), must(index.AddLabel(ix, "app"))
	owners, controllers := must(index.AddOwners(ix)), must(index.AddController(ix))
	for _, o := range []*metav1.PartialObjectMetadata{
		object("a", map[string]string{"app": "web", "tier": "front"}, metav1.OwnerReference{UID: "u1", Controller: &yes}, metav1.OwnerReference{UID: "u2"}),
		object("b", map[string]string{"app": "web"}, metav1.OwnerReference{UID: "u2"}),
		object("c", nil),
	} {
		if err := s.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int{
		"namespace": ix.Namespaces().Count("shop"),
		"labels":    labels.Count(index.Label{Key: "tier", Value: "front"}),
		"label":     app.Count("web"),
		"owner":     owners.Count(types.UID("u2")),
		"control":   controllers.Count(types.UID("u2")),
		"control 1": controllers.Count(types.UID("u1")),
	}
	want := map[string]int{"namespace": 3, "labels": 1, "label": 2, "owner": 2, "control": 0, "control 1": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts: -want +got\n%s", diff)
	}
	if values := must(ix.Values("labels")); !slices.Equal(values, []string{"app=web", "tier=front"}) {
		t.Errorf("labels as text: %q", values)
	}
}
