// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Box has a kit, which is shared as a whole.
type Box struct {
	Name string
	Kit  *Kit
}

// Kit has fields of all kinds that can be shared.
type Kit struct {
	Text   string
	Number int32
	Flag   *bool
	Open   *bool
	Count  *int32
	Words  []string
	Ports  []int32
	Raw    []byte
	Tags   map[string]string
	Labels map[string]string
	Limits map[string]resource.Quantity
	Pair   [2]*string
	Inner  *Kit
	Parts  []Kit
}

func fullKit() *Kit {
	part := func() Kit { return Kit{Text: fresh("part"), Flag: new(true)} }
	return &Kit{
		Text: fresh("text"), Number: 1, Flag: new(true), Words: []string{fresh("a"), fresh("b")}, Raw: []byte("raw"),
		Tags: map[string]string{fresh("app"): fresh("web")}, Limits: map[string]resource.Quantity{"cpu": resource.MustParse("1")},
		Pair: [2]*string{new(fresh("left")), new(fresh("right"))}, Inner: &Kit{Text: fresh("inner"), Tags: map[string]string{"a": "b"}, Words: []string{}},
		Parts: []Kit{part(), part()},
	}
}

// What differs in any one place from what came before in its field stays what it is.
func TestCompactTellsApartWhatComesNext(t *testing.T) {
	for name, change := range map[string]func(*Kit){
		"nothing":             func(*Kit) {},
		"text":                func(k *Kit) { k.Text = fresh("next") },
		"longer text":         func(k *Kit) { k.Text = fresh("texts") },
		"no text":             func(k *Kit) { k.Text = "" },
		"number":              func(k *Kit) { k.Number = 2 },
		"flag":                func(k *Kit) { k.Flag = new(false) },
		"no flag":             func(k *Kit) { k.Flag = nil },
		"word":                func(k *Kit) { k.Words[1] = fresh("c") },
		"one word less":       func(k *Kit) { k.Words = k.Words[:1] },
		"one word more":       func(k *Kit) { k.Words = append(k.Words, fresh("c")) },
		"empty words":         func(k *Kit) { k.Words = []string{} },
		"nil words":           func(k *Kit) { k.Words = nil },
		"byte":                func(k *Kit) { k.Raw[2]++ },
		"one byte less":       func(k *Kit) { k.Raw = k.Raw[:2] },
		"tag":                 func(k *Kit) { k.Tags["app"] = fresh("dns") },
		"key of a tag":        func(k *Kit) { k.Tags = map[string]string{fresh("ppa"): fresh("web")} },
		"empty tags":          func(k *Kit) { k.Tags = map[string]string{} },
		"nil tags":            func(k *Kit) { k.Tags = nil },
		"limit":               func(k *Kit) { k.Limits["cpu"] = resource.MustParse("2") },
		"string in an array":  func(k *Kit) { k.Pair[1] = new(fresh("wrong")) },
		"nothing in an array": func(k *Kit) { k.Pair[1] = nil },
		"inner text":          func(k *Kit) { k.Inner.Text = fresh("other") },
		"inner empty tags":    func(k *Kit) { k.Inner.Tags = map[string]string{} },
		"inner nil words":     func(k *Kit) { k.Inner.Words = nil },
		"nothing inside":      func(k *Kit) { k.Inner = nil },
		"more inside":         func(k *Kit) { k.Inner.Inner = &Kit{} },
		"part":                func(k *Kit) { k.Parts[1].Text = fresh("trap") },
		"inside of a part":    func(k *Kit) { k.Parts[1].Flag = new(false) },
		"one part less":       func(k *Kit) { k.Parts = k.Parts[:1] },
		"empty parts":         func(k *Kit) { k.Parts = []Kit{} },
	} {
		box := func(i int) *Box {
			b := &Box{Name: "box", Kit: fullKit()}
			if i/4%2 == 1 { // some in a row, so that either is remembered when the other comes
				change(b.Kit)
			}
			return b
		}
		for i, got := range objectsOf(t, listwatch.Compact(objects(16, box), listwatch.CompactOptions{})) {
			if want := box(i); !reflect.DeepEqual(want, got) {
				t.Errorf("%s: box %d (-want +got):\n%s", name, i, cmp.Diff(want, got))
			}
		}
	}
}

// A field remembers what came there last, however much else has come that pushed
// it out of the pools.
func TestCompactRemembersWhatCameLast(t *testing.T) {
	box := func(i int) *Box {
		kit := &Kit{
			Text: fresh("always"), Flag: new(true), Open: new(false), Count: new(int32(7)), Ports: []int32{80, 443},
			Tags: map[string]string{fresh("the"): fresh("same")}, Labels: map[string]string{fresh("as"): fresh("ever")},
			Limits: map[string]resource.Quantity{fresh("cpu"): resource.MustParse("1")}, Inner: &Kit{Number: 7},
		}
		for n := range max(0, i-5) {
			other := strconv.Itoa(n)
			kit.Words = append(kit.Words, other, other)
			kit.Parts = append(kit.Parts, Kit{Raw: []byte(other)}, Kit{Raw: []byte(other)})
		}
		return &Box{Name: "box", Kit: kit}
	}
	got := objectsOf(t, listwatch.Compact(objects(60, box), listwatch.CompactOptions{SharedStrings: 64, SharedValues: 4}))
	one, other := got[5].Kit, got[59].Kit
	if !same(one.Text, other.Text) {
		t.Error("a string is in memory twice")
	}
	was := reflect.ValueOf(*one)
	for i, now := range reflect.ValueOf(*other).Fields() {
		switch i.Name {
		case "Flag", "Open", "Count", "Ports", "Tags", "Labels", "Limits", "Inner":
			if now.Pointer() != was.FieldByIndex(i.Index).Pointer() {
				t.Errorf("%s is in memory twice", i.Name)
			}
		}
	}
}

// Equal values are found in the pools whether or not their fields were the same in
// the object before.
func TestCompactSharesBesideWhatCameLast(t *testing.T) {
	box := func(i int) *Box {
		return &Box{Name: "box", Kit: &Kit{Text: fresh([]string{"x", "x", "y"}[i%3]), Number: int32(i % 2)}}
	}
	got := objectsOf(t, listwatch.Compact(objects(60, box), listwatch.CompactOptions{}))
	if after, beside := got[54].Kit, got[58].Kit; after != beside { // x comes after y, and after x
		t.Errorf("%v and %v are in memory twice", *after, *beside)
	}
}
