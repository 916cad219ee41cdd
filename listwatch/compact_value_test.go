// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
	"unsafe"
	"weak"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Load is made of what can be shared, but for its name and the seal.
type Load struct {
	Name   string
	Tags   map[string]string
	Sized  map[size]size
	Limits map[size]resource.Quantity
	Ports  []Port
	Probe  *Probe
	Words  []string
	Raw    []byte
	Nums   []float64
	Flag   *bool
	Count  *int32
	Code   *uint32
	Limit  *resource.Quantity
	When   *metav1.Time
	Next   *Load
	Pair   [2]*string
	Sealed *seal
}

type Port struct {
	Name   string
	Number int32
	Open   bool
	Probe  *Probe
}

type Probe struct {
	Path string
	Tags map[string]string
	Next *Probe
}

// seal is of a package of its own, as it were.
type seal struct{ number int }

// objects is a source of n objects, all of one key.
func objects[T any](n int, made func(i int) *T) listwatch.ListWatcher[*T] {
	return listwatch.FromFuncs(
		store.WithKey(func(*T) store.Key { return store.Key{Name: "any"} }),
		func(context.Context, listwatch.ListOptions) (all []*T, page listwatch.Page, err error) {
			for i := range n {
				all = append(all, made(i))
			}
			return all, page, nil
		},
		func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, *T) bool) error { return nil })
}

// fullLoad has something at each place; three are of the same kind.
func fullLoad(i int) *Load {
	kind := strconv.Itoa(i / 3 % 2)
	text := func(s string) string { return fresh(s + kind) }
	probe := func() *Probe {
		return &Probe{Path: text("/ready"), Tags: map[string]string{text("a"): text("b")}, Next: &Probe{Path: text("/live")}}
	}
	return &Load{
		Name:   "load-" + strconv.Itoa(i),
		Tags:   map[string]string{text("app"): text("web"), "": fresh("empty")},
		Sized:  map[size]size{size(text("app")): size(text("web")), "": size(fresh("empty"))},
		Limits: map[size]resource.Quantity{size(fresh("cpu")): resource.MustParse(kind + "50m")},
		Ports:  []Port{{Name: text("http"), Number: 80, Open: true, Probe: probe()}, {Number: 81}},
		Probe:  probe(),
		Words:  append(make([]string, 0, 8), text("x"), "", text("y")),
		Raw:    []byte(text("raw")),
		Nums:   []float64{1.5, float64(i / 3 % 2)},
		Flag:   new(true),
		Count:  new(int32(7)),
		Code:   new(uint32(7)),
		Limit:  new(resource.MustParse(text("1"))),
		When:   new(metav1.NewTime(time.Unix(int64(i/3%2), 0))),
		Next:   &Load{Name: text("inner"), Flag: new(false)},
		Pair:   [2]*string{new(text("left")), nil},
		Sealed: &seal{7},
	}
}

// placesOf returns where in memory the parts of a load are.
func placesOf(l *Load) map[string]unsafe.Pointer {
	at := map[string]unsafe.Pointer{}
	for _, part := range []struct {
		name  string
		value any
	}{
		{"map", l.Tags}, {"map of named strings", l.Sized}, {"map of quantities", l.Limits}, {"structs", l.Ports},
		{"struct", l.Probe}, {"struct in a slice", l.Ports[0].Probe}, {"strings", l.Words}, {"bytes", l.Raw}, {"floats", l.Nums}, {"bool", l.Flag},
		{"int32", l.Count}, {"uint32", l.Code}, {"quantity", l.Limit}, {"time", l.When}, {"string in an array", l.Pair[0]},
	} {
		at[part.name] = reflect.ValueOf(part.value).UnsafePointer()
	}
	return at
}

// Values that are equal are one, once their strings are.
func TestCompactSharesValues(t *testing.T) {
	got := objectsOf(t, listwatch.Compact(objects(60, fullLoad), listwatch.CompactOptions{}))
	before := placesOf(got[57])
	for place, at := range placesOf(got[59]) {
		if at != before[place] {
			t.Errorf("%s: it is in memory twice", place)
		}
	}
	if other := placesOf(got[54]); other["struct"] == before["struct"] || other["map"] == before["map"] || other["time"] == before["time"] {
		t.Error("values that differ are one")
	}
	if got[59].Sealed == got[57].Sealed {
		t.Error("a struct of which nothing is known is shared")
	}
	if before["struct"] != before["struct in a slice"] {
		t.Error("values at two places are not one")
	}
	if before["int32"] == before["uint32"] || before["map"] == before["map of named strings"] {
		t.Error("values of two types are one")
	}
	if len(got[59].Words) != cap(got[59].Words) {
		t.Error("a slice with a shared array has more capacity than it needs")
	}
}

// An object is never another one, however much they are alike.
func TestCompactSharesNoObjects(t *testing.T) {
	alike := func(int) *Probe { return &Probe{Next: &Probe{Path: fresh("/")}} }
	got := objectsOf(t, listwatch.Compact(objects(9, alike), listwatch.CompactOptions{}))
	if got[7] == got[8] || got[7].Next != got[8].Next {
		t.Errorf("the objects are at %p and %p, what is in them at %p and %p", got[7], got[8], got[7].Next, got[8].Next)
	}
}

func TestCompactSharesNoValuesIfTold(t *testing.T) {
	got := objectsOf(t, listwatch.Compact(objects(60, fullLoad), listwatch.CompactOptions{SharedValues: -1}))
	before := placesOf(got[57])
	for place, at := range placesOf(got[59]) {
		if at == before[place] {
			t.Errorf("%s: it is shared", place)
		}
	}
	if !same(got[57].Probe.Path, got[59].Probe.Path) {
		t.Error("strings are not shared")
	}
}

// What equals by == and is not the same stays what it is, and so does what does
// not equal itself.
func TestCompactKeepsFloats(t *testing.T) {
	nums := []float64{0, math.Copysign(0, -1), math.NaN()}
	load := func(i int) *Load { return &Load{Name: "n", Nums: []float64{nums[i%3]}} }
	for i, got := range objectsOf(t, listwatch.Compact(objects(30, load), listwatch.CompactOptions{})) {
		if math.Float64bits(got.Nums[0]) != math.Float64bits(nums[i%3]) {
			t.Errorf("%v has become %v", nums[i%3], got.Nums[0])
		}
	}
}

// Parts of a large piece of memory are copied before they are shared, and what has
// strings that are not is never kept, so that the piece can go.
func TestCompactKeepsNoArray(t *testing.T) {
	type piece struct {
		flag  bool
		ports [500]Port
		words [500]string
		text  [1000]byte
	}
	var pieces []weak.Pointer[piece]
	parts := func(i int) *Load {
		of := &piece{flag: true}
		pieces = append(pieces, weak.Make(of))
		of.ports[9].Number, of.words[8] = 80, fresh("word")
		l := &Load{Name: "l", Flag: &of.flag, Ports: of.ports[9:10], Words: of.words[8:9]}
		if i < 5 { // too long to be shared
			l.Probe = &Probe{Path: unsafe.String(&of.text[0], len(of.text))}
		}
		return l
	}
	source := listwatch.Compact(objects(10, parts), listwatch.CompactOptions{})
	kept := slices.Clone(objectsOf(t, source)[5:]) // what is in those before is their own
	runtime.GC()
	for i, piece := range pieces {
		if piece.Value() != nil {
			t.Errorf("the memory of object %d is still there", i)
		}
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(source)
}

// Values whose hashes are the same are not therefore one.
func TestPoolCompares(t *testing.T) {
	pool := listwatch.NewPool(8)
	pool.TakeMap(1, map[string]string{"a": "b"})
	for _, other := range []map[string]string{{"a": "c"}, {"b": "b"}, {}, {"a": "b", "c": "d"}} {
		if pool.HasMap(1, other) {
			t.Errorf("%v is the same as a map of a to b", other)
		}
	}
	if !pool.HasMap(1, map[string]string{"a": "b"}) {
		t.Error("a map is not what it is")
	}
	pool.TakeBytes(1, []byte("abc"))
	for _, other := range []string{"ab", "abd", "abcd"} {
		if pool.HasBytes(1, []byte(other)) {
			t.Errorf("%q is the same as abc", other)
		}
	}
	if !pool.HasBytes(1, []byte("abc")) {
		t.Error("bytes are not what they are")
	}
}

// Objects are read while others are made compact that share their parts.
func TestCompactWhileReading(t *testing.T) {
	var readers sync.WaitGroup
	i := 0
	source := listwatch.Compact(objects(300, fullLoad), listwatch.CompactOptions{SharedValues: 16, SharedStrings: 64})
	_, err := source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[*Load], _ error) {
		want := fullLoad(i)
		readers.Go(func() {
			if !reflect.DeepEqual(want, item.Object) {
				t.Errorf("%s is not what it was", want.Name)
			}
		})
		i++
	})
	if err != nil {
		t.Fatal(err)
	}
	readers.Wait()
}

// anyLoad makes a load as the next choices have it. There are few to choose from,
// so that many are alike, and nothing, empty and full are among them.
func anyLoad(next func(n int) int, depth int) *Load {
	text := func() string { return fresh([]string{"", "a", "b", "web", "a longer one, of many words"}[next(5)]) }
	var probe func(depth int) *Probe
	tags := func() map[string]string {
		switch n := next(4); n {
		case 0:
			return nil
		default:
			tags := map[string]string{}
			for range n - 1 {
				tags[text()] = text()
			}
			return tags
		}
	}
	probe = func(depth int) *Probe {
		if depth == 0 || next(3) == 0 {
			return nil
		}
		return &Probe{Path: text(), Tags: tags(), Next: probe(depth - 1)}
	}
	load := &Load{Name: text(), Tags: tags(), Probe: probe(2), Nums: make([]float64, next(3))}
	if n := next(4); n > 0 {
		load.Ports = make([]Port, n-1, n+next(9))
		for i := range load.Ports {
			load.Ports[i] = Port{Name: text(), Number: int32(next(3)), Open: next(2) == 0, Probe: probe(2)}
		}
		load.Words = append(make([]string, 0, next(6)), text(), text())[:next(3)]
		load.Sized = map[size]size{size(text()): size(text())}
		load.Limits = map[size]resource.Quantity{size(text()): *resource.NewQuantity(int64(next(3)), resource.DecimalSI)}
	}
	if next(2) == 0 {
		load.Flag, load.Count, load.Code = new(next(2) == 0), new(int32(next(2))), new(uint32(next(2)))
		load.When, load.Limit, load.Pair[1] = new(metav1.Unix(int64(next(2)), 0)), new(resource.MustParse("1Gi")), new(text())
		load.Raw, load.Sealed = []byte(text()), &seal{next(2)}
	}
	if depth > 0 && next(2) == 0 {
		load.Next = anyLoad(next, depth-1)
	}
	return load
}

// Whatever the objects are, they stay what they are, however few are remembered;
// also when many more have come that share their parts.
func FuzzCompactValues(f *testing.F) {
	f.Add([]byte("compact"), 0)
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252}, 4)
	f.Fuzz(func(t *testing.T, choices []byte, most int) {
		if len(choices) == 0 {
			return
		}
		all := func() func(int) *Load {
			at := 0
			next := func(n int) int {
				at++
				return (int(choices[at%len(choices)]) + at/len(choices)) % n
			}
			return func(int) *Load {
				load := anyLoad(next, 2)
				load.Name = "load"
				return load
			}
		}
		const n = 40
		want := objectsOf(t, objects(n, all()))
		got := objectsOf(t, listwatch.Compact(objects(n, all()), listwatch.CompactOptions{SharedValues: most % 100}))
		if !reflect.DeepEqual(want, got) {
			t.Errorf("(-want +got):\n%s", cmp.Diff(want, got, cmp.AllowUnexported(seal{})))
		}
	})
}
