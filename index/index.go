// SPDX-License-Identifier: Apache-2.0

package index

import (
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/typedinformer/typedinformer/store"
)

// Index is a typed handle on one index of an [Indexer]: it finds the objects
// that have a value K. It is safe for concurrent use by multiple goroutines,
// also after the indexer was closed.
//
// Every look-up is answered from one state, in which index and objects agree.
// The iterators take that state when the loop starts and hold no lock while
// its body runs; they allocate nothing once their buffers are warm. Objects
// come in no particular order and are shared: treat them as read-only.
type Index[K comparable, T any] struct {
	name   string
	store  *store.Store[T]
	values func(object T) []K // of an object, for Like
	// observer makes what keeps an index of the same kind.
	observer func(index *Index[K, T], reports *reports) keeper[K, T]
	kept     keeper[K, T] // what keeps this one
	byKey    bool         // its values are made of keys alone
	lookup   postings[K]  // guarded by the store's lock

	// Set once, before anybody else has the index.
	indexer *Indexer[T] // nil if it could not be added
	number  int         // in a View of that

	// buffers holds *[]T for look-ups with many results. A sync.Pool, whose
	// any and assertion cost 2 ns where a look-up has over 16 results, lets the
	// collector take them; a free list of our own would keep the largest
	// result for ever.
	buffers sync.Pool
}

// A keeper keeps an index in step with the store, and knows the values of each
// object.
type keeper[K comparable, T any] interface {
	store.Observer[T]
	// valuesAt returns the values of the object in a slot that is taken. The store's
	// lock is held.
	valuesAt(slot store.Slot) []K
}

// keep makes what keeps the index.
func (x *Index[K, T]) keep(reports *reports) store.Observer[T] {
	x.kept = x.observer(x, reports)
	return x.kept
}

// Name returns the name that the index was added under.
func (x *Index[K, T]) Name() string { return x.name }

// Get iterates over the objects that have the value. O(result).
func (x *Index[K, T]) Get(value K) iter.Seq[T] {
	return func(yield func(T) bool) { x.each(value, yield) }
}

const (
	// smallResult is how many results a look-up holds on the stack.
	smallResult = 16
	// largeResult is how many a look-up copies under the lock: for these, and
	// not for longer than some ten microseconds, a writer may have to wait. To
	// look up more than that takes a view, which costs the next writer about as
	// much, but does not make it wait.
	largeResult = 4096
)

func (x *Index[K, T]) each(value K, yield func(T) bool) {
	var small [smallResult]T
	objects, count := x.gather(small[:0], value)
	switch {
	case count > largeResult:
		x.now().Get(value)(yield)
		return
	case count > len(objects):
		x.eachOfMany(value, count, yield)
		return
	}
	for _, object := range objects {
		if !yield(object) {
			return
		}
	}
}

// eachOfMany is each with a buffer from the pool, for about count objects. A buffer
// whose loop panics is left to the collector.
func (x *Index[K, T]) eachOfMany(value K, count int, yield func(T) bool) {
	buffer, pooled := x.buffers.Get().(*[]T)
	if !pooled {
		buffer = new([]T)
	}
	for complete := false; !complete; {
		*buffer = slices.Grow((*buffer)[:0], count)
		*buffer, count = x.gather(*buffer, value)
		complete = count == len(*buffer)
	}
	for _, object := range *buffer {
		if !yield(object) {
			break
		}
	}
	clear(*buffer) // an idle buffer must not keep objects alive
	x.buffers.Put(buffer)
}

// gather appends the objects of a value, if they fit without growing, and returns
// how many there are.
func (x *Index[K, T]) gather(to []T, value K) (gathered []T, count int) {
	x.store.Read(func(objects store.Objects[T]) {
		found := x.lookup.slots(value)
		if count = len(found); count > cap(to)-len(to) {
			return
		}
		for _, slot := range found {
			to = append(to, objects.At(slot))
		}
	})
	return to, count
}

// List returns the objects that have the value in a slice of the caller's own;
// nil if there are none. O(result), one allocation.
func (x *Index[K, T]) List(value K) (found []T) {
	// The slice is made without the lock, since whoever allocates may be made to
	// help the garbage collector.
	for count := x.Count(value); count > len(found); {
		if count > largeResult {
			return x.now().List(value)
		}
		found, count = x.gather(make([]T, 0, count), value)
	}
	return found
}

// First returns one of the objects that have the value, and whether there is
// one: the look-up for a unique index. O(1), no allocation.
func (x *Index[K, T]) First(value K) (object T, found bool) {
	x.store.Read(func(objects store.Objects[T]) {
		if slots := x.lookup.slots(value); len(slots) > 0 {
			object, found = objects.At(slots[0]), true
		}
	})
	return object, found
}

// Count returns the number of objects that have the value. O(1).
func (x *Index[K, T]) Count(value K) (count int) {
	x.store.Read(func(store.Objects[T]) { count = len(x.lookup.slots(value)) })
	return count
}

// Slots returns the places of the objects that have the value, in a slice of the
// caller's own, for one who writes to the store within the transaction: the index
// reflects what tx has done so far. O(result), one allocation.
func (x *Index[K, T]) Slots(_ store.Tx[T], value K) []store.Slot {
	return slices.Clone(x.lookup.slots(value))
}

// Len returns the number of different values. O(1).
func (x *Index[K, T]) Len() (length int) {
	x.store.Read(func(store.Objects[T]) { length = x.lookup.len() })
	return length
}

// Keys iterates over the values that at least one object has, of one state and in
// no particular order. O(values).
func (x *Index[K, T]) Keys() iter.Seq[K] {
	return func(yield func(K) bool) { x.now().Keys()(yield) }
}

// Counts iterates over the values and the number of objects of each, of one
// state and in no particular order. O(values).
func (x *Index[K, T]) Counts() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) { x.now().Counts()(yield) }
}

// Like iterates over the objects that share at least one value with the given
// one, each once. The given object need not be in the store. An index function
// that panics on it panics here: the caller brought the object.
func (x *Index[K, T]) Like(object T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, other := range x.union(x.values(object)) {
			if !yield(other) {
				return
			}
		}
	}
}

func (x *Index[K, T]) union(values []K) (found []T) {
	x.store.Read(func(objects store.Objects[T]) {
		var slots []store.Slot
		for _, value := range values {
			slots = append(slots, x.lookup.slots(value)...)
		}
		slices.Sort(slots)
		for _, slot := range slices.Compact(slots) {
			found = append(found, objects.At(slot))
		}
	})
	return found
}

func (x *Index[K, T]) texts() (texts []string) {
	for value := range x.Keys() {
		texts = append(texts, fmt.Sprint(value))
	}
	slices.Sort(texts)
	return texts
}

func (x *Index[K, T]) byText(text string) (found []T) {
	now := x.now()
	for value := range now.Keys() {
		if fmt.Sprint(value) == text {
			found = slices.AppendSeq(found, now.Get(value))
		}
	}
	return found
}

func (x *Index[K, T]) still() still { return &frozen[K]{live: &x.lookup} }

func (x *Index[K, T]) join(ix *Indexer[T], number int) { x.indexer, x.number = ix, number }
