// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"
	"math/rand"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"
	"weak"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/apitesting/fuzzer"
	"k8s.io/apimachinery/pkg/api/resource"
	metafuzzer "k8s.io/apimachinery/pkg/apis/meta/fuzzer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

type size string

// Crate has fields of every kind that there is something to do in, or nothing.
type Crate struct {
	Meta      metav1.ObjectMeta
	Owner     *metav1.OwnerReference
	Size      size
	Sizes     []size
	Name      *string
	Pair      [2]string
	Raw       []byte
	Inner     []Crate
	Link      *Crate
	ByName    map[string]Crate
	Lists     map[string][]string
	Sized     map[size]size
	Limits    map[size]resource.Quantity
	Numbered  map[int]string
	Any       any
	When      metav1.Time
	Count     int
	unreached string
}

// crates is a source of crates, which are listed and then come as events.
func crates(all ...*Crate) listwatch.ListWatcher[*Crate] {
	header := func(c *Crate) (store.Item[*Crate], error) { return headerOf(c), nil }
	return listwatch.FromFuncs(header,
		func(context.Context, listwatch.ListOptions) ([]*Crate, listwatch.Page, error) {
			return all, listwatch.Page{}, nil
		},
		func(_ context.Context, _ listwatch.WatchOptions, send func(listwatch.EventType, *Crate) bool) error {
			for i, c := range all {
				send(listwatch.Added+listwatch.EventType(i%3), c)
			}
			send(listwatch.Bookmark, &Crate{Meta: metav1.ObjectMeta{ResourceVersion: "9"}})
			return nil
		})
}

func headerOf(c *Crate) store.Item[*Crate] {
	return store.Item[*Crate]{
		Key: store.Key{Namespace: c.Meta.Namespace, Name: c.Meta.Name},
		UID: c.Meta.UID, Version: c.Meta.ResourceVersion, Object: c,
	}
}

// objectsOf lists the objects of a source.
func objectsOf[T any](t testing.TB, source listwatch.ListWatcher[T]) (objects []T) {
	t.Helper()
	items, _, err := listAll(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		if item.Err != "" {
			t.Error(item.Err)
		}
		objects = append(objects, item.Item.Object)
	}
	return objects
}

// same says whether two equal strings are one in memory.
func same(a, b string) bool { return a == b && unsafe.StringData(a) == unsafe.StringData(b) }

// fresh returns a string that shares its memory with no other.
func fresh(text string) string { return strings.Clone(text) }

func filler(seed int64) func(any) {
	codecs := serializer.NewCodecFactory(kruntime.NewScheme())
	return func(object any) {
		fuzzer.FuzzerFor(metafuzzer.Funcs, rand.NewSource(seed), codecs).NilChance(0.2).NumElements(0, 5).MaxDepth(6).
			SkipFieldsWithPattern(regexp.MustCompile("^Any$")).Fill(object)
	}
}

// What is in objects of any content does not change, and an object that comes for
// the second time is made of the strings of the first.
func TestCompactIsLossless(t *testing.T) {
	for seed := range int64(40) {
		want, object := &Crate{}, &Crate{}
		filler(seed)(want)
		filler(seed)(object)
		for _, c := range []*Crate{want, object} {
			c.Any, c.unreached = map[string]int{"a": 1}, "b"
			c.Meta.Namespace, c.Meta.Name = "dock", "crate"
		}
		if !reflect.DeepEqual(want, object) {
			t.Fatalf("seed %d does not make the same object twice", seed)
		}
		for _, got := range objectsOf(t, listwatch.Compact(crates(object, object, object), listwatch.CompactOptions{})) {
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("seed %d: (-want +got):\n%s", seed, cmp.Diff(want, got, cmp.AllowUnexported(Crate{})))
			}
		}
	}
}

func fullCrate() *Crate {
	name := fresh("spare")
	return &Crate{
		Meta: metav1.ObjectMeta{
			Namespace: fresh("dock"), Name: fresh("crate"),
			Labels: map[string]string{fresh("app"): fresh("web")},
		},
		Owner:  &metav1.OwnerReference{Kind: fresh("Ship")},
		Size:   size(fresh("large")),
		Sizes:  []size{size(fresh("wide"))},
		Name:   &name,
		Pair:   [2]string{fresh("left"), fresh("right")},
		Inner:  []Crate{{Size: size(fresh("small"))}},
		Link:   &Crate{Size: size(fresh("tiny"))},
		ByName: map[string]Crate{fresh("b"): {Size: size(fresh("flat"))}},
		Lists:  map[string][]string{fresh("l"): {fresh("one")}},
		Sized:  map[size]size{size(fresh("k")): size(fresh("v"))},
		Limits: map[size]resource.Quantity{size(fresh("cpu")): resource.MustParse("1")},
	}
}

func fullCrates(n int) (all []*Crate) {
	for range n {
		all = append(all, fullCrate())
	}
	return all
}

// textsOf returns what strings there are in a crate, by where they are.
func textsOf(c *Crate) map[string]string {
	texts := map[string]string{
		"namespace": c.Meta.Namespace, "kind": c.Owner.Kind, "size": string(c.Size), "sizes": string(c.Sizes[0]),
		"name": *c.Name, "left": c.Pair[0], "right": c.Pair[1], "inner": string(c.Inner[0].Size), "link": string(c.Link.Size),
	}
	for key, value := range c.Meta.Labels {
		texts["label key"], texts["label"] = key, value
	}
	for key, value := range c.ByName {
		texts["crate key"], texts["crate"] = key, string(value.Size)
	}
	for key, value := range c.Lists {
		texts["list key"], texts["list"] = key, value[0]
	}
	for key, value := range c.Sized {
		texts["size key"], texts["sized"] = string(key), string(value)
	}
	for key := range c.Limits {
		texts["limit"] = string(key)
	}
	return texts
}

// A string that comes again is one, wherever it is. Where many have hashes alike,
// that takes some objects.
func TestCompactSharesStrings(t *testing.T) {
	all := fullCrates(200)
	got := objectsOf(t, listwatch.Compact(crates(all...), listwatch.CompactOptions{}))
	before := textsOf(got[198])
	for place, text := range textsOf(got[199]) {
		if !same(text, before[place]) {
			t.Errorf("%s: %q is in memory twice", place, text)
		}
	}
	apart := objectsOf(t, listwatch.Compact(crates(fullCrate(), fullCrate(), fullCrate()), listwatch.CompactOptions{SharedStrings: -1}))
	if same(string(apart[1].Size), string(apart[2].Size)) {
		t.Error("strings are shared though the options say that none are")
	}
}

// The header goes with the object: a key with the memory that the object had
// before would keep that beside the new one.
func TestCompactSharesTheHeader(t *testing.T) {
	all := fullCrates(200)
	items, _, _ := listAll(t.Context(), listwatch.Compact(crates(all...), listwatch.CompactOptions{}))
	last := items[199].Item
	if !same(last.Key.Namespace, last.Object.Meta.Namespace) || !same(last.Key.Name, last.Object.Meta.Name) {
		t.Error("the key of an item is not of the strings of its object")
	}
}

func TestCompactClips(t *testing.T) {
	c := &Crate{
		Meta:  metav1.ObjectMeta{Name: "c"},
		Inner: append(make([]Crate, 0, 4), Crate{Count: 1, Raw: append(make([]byte, 0, 100), "abc"...)}),
		Sizes: make([]size, 0, 8),
		Lists: map[string][]string{"a": append(make([]string, 0, 4), "b")},
		Raw:   append(make([]byte, 0, 64), "almost the sixty-four bytes that it has, and no gain to be had"...),
	}
	got := objectsOf(t, listwatch.Compact(crates(c), listwatch.CompactOptions{}))[0]
	for place, capacity := range map[string]int{
		"structs": cap(got.Inner), "bytes": cap(got.Inner[0].Raw) - 2, "in a map": cap(got.Lists["a"]), "empty": cap(got.Sizes) + 1,
	} {
		if capacity != 1 {
			t.Errorf("%s: the capacity is %d more than it need be", place, capacity-1)
		}
	}
	if got.Sizes == nil {
		t.Error("an empty slice has become nil")
	}
	if cap(got.Raw) != 64 {
		t.Error("a slice was copied to save two bytes, which saves none")
	}
}

func TestCompactDropsManagedFields(t *testing.T) {
	made := func() *Crate {
		return &Crate{Meta: metav1.ObjectMeta{Name: "c", ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet"}}}}
	}
	if got := objectsOf(t, listwatch.Compact(crates(made()), listwatch.CompactOptions{}))[0]; got.Meta.ManagedFields == nil {
		t.Error("managedFields are gone, and nobody asked for that")
	}
	source := listwatch.Compact(crates(made()), listwatch.CompactOptions{DropManagedFields: true})
	if got := objectsOf(t, source)[0]; got.Meta.ManagedFields != nil {
		t.Errorf("managedFields are %v", got.Meta.ManagedFields)
	}
}

// Events that have no object, and those with an error, pass as they are.
func TestCompactWatch(t *testing.T) {
	all := fullCrates(200)
	want := watchAll(t.Context(), crates(fullCrates(200)...), listwatch.WatchOptions{})
	got := watchAll(t.Context(), listwatch.Compact(crates(all...), listwatch.CompactOptions{}), listwatch.WatchOptions{})
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Crate{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !same(string(all[198].Size), string(all[199].Size)) {
		t.Error("the objects of events are not compact")
	}
}

func TestCompactUnstructured(t *testing.T) {
	made := func() *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			fresh("kind"):     fresh("Widget"),
			fresh("metadata"): map[string]any{"name": fresh("w"), fresh("managedFields"): []any{map[string]any{"manager": "kubectl"}}},
			fresh("spec"): map[string]any{
				"parts": append(make([]any, 0, 8), fresh("leg"), int64(4), nil, true, 1.5),
			},
		}}
	}
	source := listwatch.FromFuncs(store.FromMeta[*unstructured.Unstructured],
		func(context.Context, listwatch.ListOptions) ([]*unstructured.Unstructured, listwatch.Page, error) {
			return []*unstructured.Unstructured{made(), made(), made()}, listwatch.Page{}, nil
		},
		func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, *unstructured.Unstructured) bool) error {
			return nil
		})
	got := objectsOf(t, listwatch.Compact(source, listwatch.CompactOptions{}))
	if diff := cmp.Diff(made(), got[2]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !same(got[1].GetKind(), got[2].GetKind()) {
		t.Error("a string is in memory twice")
	}
	if parts := got[2].Object["spec"].(map[string]any)["parts"].([]any); cap(parts) != len(parts) {
		t.Errorf("a list of %d has room for %d", len(parts), cap(parts))
	}
	want := made()
	want.SetManagedFields(nil)
	dropped := objectsOf(t, listwatch.Compact(source, listwatch.CompactOptions{DropManagedFields: true}))
	if diff := cmp.Diff(want, dropped[0]); diff != "" {
		t.Errorf("without managedFields (-want +got):\n%s", diff)
	}
}

// An object whose strings are parts of a buffer goes with its buffer, though its
// strings are shared with objects that stay.
func TestCompactKeepsNoBuffer(t *testing.T) {
	var buffers []weak.Pointer[[1 << 16]byte]
	cut := func() *Crate {
		buffer := new([1 << 16]byte)
		copy(buffer[:], "crate-large-web")
		buffers = append(buffers, weak.Make(buffer))
		text := unsafe.String(&buffer[0], len(buffer))
		return &Crate{
			Meta: metav1.ObjectMeta{Name: text[:5], Labels: map[string]string{text[6:11]: text[12:15]}},
			Size: size(text[6:11]),
		}
	}
	source := listwatch.Compact(listwatch.FromFuncs(
		func(c *Crate) (store.Item[*Crate], error) { return headerOf(c), nil },
		func(context.Context, listwatch.ListOptions) (all []*Crate, page listwatch.Page, err error) {
			for range 10 {
				all = append(all, cut())
			}
			return all, page, nil
		},
		func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, *Crate) bool) error {
			return nil
		},
	), listwatch.CompactOptions{})
	var last *Crate
	_, err := source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[*Crate], _ error) { last = item.Object })
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	for i, buffer := range buffers {
		if buffer.Value() != nil {
			t.Errorf("the buffer of object %d is still in memory", i)
		}
	}
	runtime.KeepAlive(last)
	runtime.KeepAlive(source)
}

func TestCompactKeepsWhatTheSourceSays(t *testing.T) {
	source := listwatch.Compact(crates(), listwatch.CompactOptions{})
	if !source.(listwatch.Untimed).Untimed() {
		t.Error("it is no more untimed")
	}
	if got := source.(listwatch.Described).Resource().Resource; got != "crates" {
		t.Errorf("it is of %q", got)
	}
	if _, _, err := listAll(t.Context(), listwatch.Compact[*Crate](nil, listwatch.CompactOptions{})); err == nil {
		t.Error("there is no error, and no source")
	}
}

func roomyWidgets() *widgets {
	made := func(name string) *Widget {
		w := widget(name, 1, 1)
		w.Finalizers = append(make([]string, 0, 8), "f")
		w.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubelet"}}
		return w
	}
	return &widgets{
		list:  &WidgetList{Items: []Widget{*made("listed")}},
		watch: streamOf(watch.Event{Type: watch.Added, Object: made("watched")}),
	}
}

// Objects of a client are changed only if that is asked for.
func TestCompactOverAClient(t *testing.T) {
	for _, test := range []struct {
		name    string
		source  listwatch.ListWatcher[*Widget]
		compact bool
	}{
		{"as it is", listwatch.FromClient[*Widget](roomyWidgets()), false},
		{"asked for", listwatch.Compact(listwatch.FromClient[*Widget](roomyWidgets()), listwatch.CompactOptions{}), true},
	} {
		objects := objectsOf(t, test.source)
		for event, err := range test.source.Watch(t.Context(), listwatch.WatchOptions{}) {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			objects = append(objects, event.Item.Object)
		}
		if len(objects) != 2 {
			t.Fatalf("%s: %d objects, want 2", test.name, len(objects))
		}
		for _, w := range objects {
			if got := cap(w.Finalizers) == 1; got != test.compact {
				t.Errorf("%s: %s: compact is %v, want %v", test.name, w.Name, got, test.compact)
			}
		}
	}
}

// Compact over a source that is compact already changes the options.
func TestCompactAgain(t *testing.T) {
	drop := listwatch.CompactOptions{DropManagedFields: true}
	once := listwatch.Compact(listwatch.FromClient[*Widget](roomyWidgets()), listwatch.CompactOptions{})
	for name, source := range map[string]listwatch.ListWatcher[*Widget]{
		"client": listwatch.Compact(once, drop),
		"other":  listwatch.Compact(listwatch.Compact(listwatch.Filter(once, func(*Widget) bool { return true }), listwatch.CompactOptions{}), drop),
	} {
		if got := objectsOf(t, source)[0]; got.ManagedFields != nil {
			t.Errorf("%s: managedFields are still there", name)
		}
	}
}

func TestCompactConcurrently(t *testing.T) {
	source := listwatch.Compact(listwatch.FromFuncs(
		func(c *Crate) (store.Item[*Crate], error) { return headerOf(c), nil },
		func(context.Context, listwatch.ListOptions) (all []*Crate, page listwatch.Page, err error) {
			for i := range 200 {
				c := fullCrate()
				c.Meta.UID = "uid" // the same for all, and some that are not
				c.Meta.Name = fmt.Sprintf("crate-%d", i)
				all = append(all, c)
			}
			return all, page, nil
		},
		func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, *Crate) bool) error {
			return nil
		},
	), listwatch.CompactOptions{SharedStrings: 64})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := source.List(context.Background(), listwatch.ListOptions{}, func(store.Item[*Crate], error) {}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
