// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"

	"github.com/typedinformer/typedinformer/store"
)

// List is what a [store.Batch] is to be: all that was said, in order.
type List[T any] struct{ said []word[T] }

type word[T any] struct {
	verb verb
	item store.Item[T] // with the key alone, if it is not appended
}

type verb int

const (
	appended verb = iota
	kept
	dropped
)

// Append is what [store.Batch.Append] is to do.
func (l *List[T]) Append(item store.Item[T]) { l.said = append(l.said, word[T]{appended, item}) }

// Keep is what [store.Batch.Keep] is to do.
func (l *List[T]) Keep(key store.Key) { l.about(kept, key) }

// Drop is what [store.Batch.Drop] is to do.
func (l *List[T]) Drop(key store.Key) { l.about(dropped, key) }

func (l *List[T]) about(verb verb, key store.Key) {
	l.said = append(l.said, word[T]{verb, store.Item[T]{Key: key}})
}

// Items is what [store.Batch.All] is to yield: what was appended and not dropped
// after that.
func (l *List[T]) Items() (items []store.Item[T]) {
	for at, w := range l.said {
		droppedLater := slices.ContainsFunc(l.said[at:], func(later word[T]) bool {
			return later.verb == dropped && later.item.Key == w.item.Key
		})
		if w.verb == appended && !droppedLater {
			items = append(items, w.item)
		}
	}
	return items
}

// Kept is what [store.Batch.Kept] is to yield, in the order of keys.
func (l *List[T]) Kept() (keys []store.Key) {
	for at, w := range l.said {
		saidLater := slices.ContainsFunc(l.said[at+1:], func(later word[T]) bool { return later.item.Key == w.item.Key })
		if w.verb == kept && !saidLater {
			keys = append(keys, w.item.Key)
		}
	}
	slices.SortFunc(keys, store.Key.Compare)
	return keys
}

// lists reports whether the last word about a key is not that it was dropped.
func (l *List[T]) lists(key store.Key) bool {
	for _, w := range slices.Backward(l.said) {
		if w.item.Key == key {
			return w.verb != dropped
		}
	}
	return false
}
