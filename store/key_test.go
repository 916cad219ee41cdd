// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

func TestG06_TextFormOfAKey(t *testing.T) {
	for _, test := range []struct {
		text   string
		want   store.Key
		reason string // of the error, if one is wanted
	}{
		{text: "shop/web-0", want: store.Key{Namespace: "shop", Name: "web-0"}},
		{text: "node-7", want: store.Key{Name: "node-7"}},
		{text: "a/b/c", reason: "more than one slash"},
		{text: "a//b", reason: "more than one slash"},
		{text: "/web-0", reason: "the namespace before the slash is empty"},
		{text: "shop/", reason: "the name is empty"},
		{text: "/", reason: "the name is empty"},
		{text: "", reason: "the name is empty"},
	} {
		got, err := store.ParseKey(test.text)
		var keyError *store.KeyError
		switch {
		case test.reason == "" && err != nil:
			t.Errorf("ParseKey(%q): %v", test.text, err)
		case test.reason != "" && !errors.As(err, &keyError):
			t.Errorf("ParseKey(%q) = %v, %v; want a *KeyError", test.text, got, err)
		case test.reason != "":
			if diff := cmp.Diff(&store.KeyError{Text: test.text, Reason: test.reason}, keyError); diff != "" {
				t.Errorf("ParseKey(%q): -want +got\n%s", test.text, diff)
			}
		case got != test.want:
			t.Errorf("ParseKey(%q) = %#v, want %#v", test.text, got, test.want)
		case got.String() != test.text:
			t.Errorf("%#v.String() = %q, want %q", got, got.String(), test.text)
		}
	}
}

func TestKeyConvertsFromNamespacedName(t *testing.T) {
	name := types.NamespacedName{Namespace: "shop", Name: "web-0"}
	if got := types.NamespacedName(store.Key(name)); got != name {
		t.Errorf("there and back: %v, want %v", got, name)
	}
}

func TestKeyCompare(t *testing.T) {
	keys := []store.Key{{Namespace: "b", Name: "a"}, {Namespace: "a", Name: "b"}, {Name: "z"}, {Namespace: "a", Name: "a"}}
	slices.SortFunc(keys, store.Key.Compare)
	want := []store.Key{{Name: "z"}, {Namespace: "a", Name: "a"}, {Namespace: "a", Name: "b"}, {Namespace: "b", Name: "a"}}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("sorted: -want +got\n%s", diff)
	}
}

func TestKeyValidate(t *testing.T) {
	for key, valid := range map[store.Key]bool{
		{Namespace: "shop", Name: "web-0"}: true,
		{Name: "node-7"}:                   true,
		{Namespace: "shop"}:                false,
		{}:                                 false,
		{Namespace: "a/b", Name: "c"}:      false,
		{Namespace: "a", Name: "b/c"}:      false,
	} {
		err := key.Validate()
		var keyError *store.KeyError
		if valid && err != nil || !valid && !errors.As(err, &keyError) {
			t.Errorf("%#v.Validate() = %v, want valid: %v", key, err, valid)
		}
	}
}
