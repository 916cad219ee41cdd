// SPDX-License-Identifier: Apache-2.0

package index

import "github.com/typedinformer/typedinformer/store"

// View is the state of an indexer at one moment: a [store.Snapshot] with the
// indexes that belong to it. What Get, All and List say and what is found by an
// index agree with each other and with Version. It does not change while it is
// read, for as long as it is kept, and writers do not wait for it. Safe for
// concurrent use by multiple goroutines. The zero View is empty.
//
//	view := pods.Indexer().View()
//	web, found := view.Get(store.Key{Namespace: "shop", Name: "web-0"})
//	for pod := range view.Namespaces().Get("shop") { … }
//	for pod := range byNode.In(view).Get("node-7") { … }
//
// Where a [store.Reader] is asked for, the embedded Snapshot is one.
//
// Taking a view copies no objects and no index, whatever their size: it
// allocates about a hundred bytes for each index. Keeping one costs what has
// changed since, as it does for a Snapshot: a writer copies what it touches, once.
// For an index that is a value with 8 bytes for each of 64 others, and the 4 bytes
// for each object of a value from which one is taken away.
type View[T any] struct {
	store.Snapshot[T]
	indexer *Indexer[T]
	stills  []still // of each index there was, by its number
}

// A still is the place in a [View] for what one index has held: it is made before
// the lock is taken, since whoever allocates may be made to help the garbage
// collector, and filled under it.
type still interface{ take() }

// View returns the state as it is now. O(indexes). If an index is being added it
// waits until that is filled.
func (ix *Indexer[T]) View() View[T] {
	indexes := ix.all()
	view := View[T]{indexer: ix, stills: make([]still, len(indexes))}
	for i, index := range indexes {
		view.stills[i] = index.still()
	}
	view.Snapshot = ix.store.SnapshotWith(func() {
		for _, still := range view.stills {
			still.take()
		}
	})
	return view
}

// Namespaces returns the objects of the view by their namespace.
func (v View[T]) Namespaces() IndexView[string, T] {
	if v.indexer == nil {
		return IndexView[string, T]{}
	}
	return v.indexer.Namespaces().In(v)
}

// In returns the objects of a view by this index. O(1).
//
// There is an answer for every view: one that has not seen the index, since that
// was added later or belongs to another [Indexer], is gone through with the
// index's function. That is O(objects) for each call of In, and calls the function
// in the caller's goroutine; an object that it panics on is left out.
func (x *Index[K, T]) In(view View[T]) IndexView[K, T] {
	if x.indexer != view.indexer || x.number >= len(view.stills) {
		return x.over(view.Snapshot)
	}
	// The type is known: what is in an index's place was made by that index.
	return IndexView[K, T]{state: view.Snapshot, index: x, held: view.stills[x.number].(*frozen[K])}
}

// over returns an index of the same kind over the objects of a state.
func (x *Index[K, T]) over(state store.Snapshot[T]) IndexView[K, T] {
	copied := store.New[T](nil)
	fresh := newIndex(copied, x.name, x.values)
	copied.Observe(x.observer(fresh, &reports{handle: func(error) {}, between: func(do func()) { do() }}))
	copied.Apply(func(tx store.Tx[T]) {
		for key, object := range state.Items() {
			// What is refused is no member of the index.
			_, _, _ = tx.Put(store.Item[T]{Key: key, Object: object})
		}
	})
	return fresh.now()
}

// now returns a view of this index alone.
func (x *Index[K, T]) now() IndexView[K, T] {
	held := &frozen[K]{live: &x.lookup}
	return IndexView[K, T]{state: x.store.SnapshotWith(held.take), index: x, held: held}
}
