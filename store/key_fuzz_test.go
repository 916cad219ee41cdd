// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

// FuzzParseKey checks that a text is a key's or an error that shows it, and
// that text and key lead back to each other.
func FuzzParseKey(f *testing.F) {
	for _, text := range []string{"", "web-0", "shop/web-0", "/", "/web-0", "shop/", "a/b/c", "shop//web-0", " / ", "\x00", "ß/\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := store.ParseKey(text)
		if err != nil {
			var wrong *store.KeyError
			if !errors.As(err, &wrong) || wrong.Text != text || wrong.Reason == "" {
				t.Errorf("ParseKey(%q): %#v, want a KeyError with the text and a reason", text, err)
			}
			if key != (store.Key{}) {
				t.Errorf("ParseKey(%q) returned %#v beside the error", text, key)
			}
			return
		}
		if key.String() != text {
			t.Errorf("ParseKey(%q).String() = %q", text, key.String())
		}
		if err := key.Validate(); err != nil {
			t.Errorf("ParseKey(%q) returned a key that is not valid: %v", text, err)
		}
		if back := store.Key(types.NamespacedName(key)); back != key {
			t.Errorf("%#v became %#v by way of NamespacedName", key, back)
		}
	})
}

// FuzzKey checks the way from a key to its text and back: it exists for exactly
// the keys that are valid.
func FuzzKey(f *testing.F) {
	f.Add("", "web-0", "shop", "web-0")
	f.Add("shop", "", "a/b", "c")
	f.Add("a", "b/c", "", "")
	f.Fuzz(func(t *testing.T, namespace, name, otherNamespace, otherName string) {
		key := store.Key{Namespace: namespace, Name: name}
		back, err := store.ParseKey(key.String())
		if valid := key.Validate() == nil; valid != (err == nil && back == key) {
			t.Errorf("%#v: valid is %t, and its text %q reads back as %#v, %v", key, valid, key.String(), back, err)
		}
		other := store.Key{Namespace: otherNamespace, Name: otherName}
		want := strings.Compare(namespace, otherNamespace)
		if want == 0 {
			want = strings.Compare(name, otherName)
		}
		if got, reversed := key.Compare(other), other.Compare(key); got != want || reversed != -want {
			t.Errorf("%#v.Compare(%#v) = %d, and %d the other way; want %d", key, other, got, reversed, want)
		}
	})
}
