// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"math/bits"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// Store holds the last known state of one resource type, for objects of any
// type T. It is safe for concurrent use by multiple goroutines.
//
// A store can be used alone: [Store.Add], [Store.Update], [Store.Delete] and
// [Store.Replace] take objects and read their header with the [ItemFunc] that
// the store was made with. Inside an informer items come with their header and
// are written in batches through [Store.Apply].
type Store[T any] struct {
	item ItemFunc[T]
	seed maphash.Seed

	mu        sync.RWMutex // guards all below; freezing runs under the read lock
	table     slots.Table
	pages     slots.Pages[Key, header, T]
	removed   uint64 // keys, ever
	version   string
	observers []Observer[T]
}

// header is what the writer compares and readers do not see.
type header struct {
	uid     types.UID
	version string
}

var _ Reader[int] = (*Store[int])(nil)

// New returns an empty store. item reads the header of the objects that are
// written; for Kubernetes objects it is [FromMeta], for a type with just a key
// it comes from [WithKey]. It may be nil if only [Store.Apply] is used to
// write; the other writing methods then return an error.
func New[T any](item ItemFunc[T]) *Store[T] {
	return &Store[T]{item: item, seed: maphash.MakeSeed()}
}

// Add puts an object into the store, in the place of one with the same key if
// there is one. The error is that of the store's [ItemFunc], or that of an
// [Observer], such as an index, which does not take the object. The store is
// then as it was.
func (s *Store[T]) Add(object T) error { return s.put("add", object) }

// Update is [Store.Add] by another name: what is an add and what an update is
// decided by what the store holds.
func (s *Store[T]) Update(object T) error { return s.put("update", object) }

func (s *Store[T]) put(doing string, object T) error {
	item, err := s.read(doing, object)
	if err != nil {
		return err
	}
	return s.write(doing, &item)
}

// write is Apply with one Put, without the closure and the item before.
func (s *Store[T]) write(doing string, item *Item[T]) error {
	hash := s.hash(item.Key)
	s.mu.Lock()
	err := Tx[T]{s}.put(hash, item)
	observers := s.observers
	s.mu.Unlock()
	for _, observer := range observers {
		observer.Settle()
	}
	if err != nil {
		return refusal(doing, item.Key, err)
	}
	return nil
}

// refusal says which object an observer has refused.
func refusal(doing string, key Key, err error) error {
	return fmt.Errorf("store: %s %q: %w", doing, key, err)
}

// Delete removes the object with the key of the given one; that none is there
// is no error. The error is that of the store's [ItemFunc].
func (s *Store[T]) Delete(object T) error {
	item, err := s.read("delete", object)
	if err != nil {
		return err
	}
	s.DeleteKey(item.Key)
	return nil
}

// DeleteKey removes the object of a key and returns it, and whether there was
// one.
func (s *Store[T]) DeleteKey(key Key) (old T, existed bool) {
	s.Apply(func(tx Tx[T]) {
		var item Item[T]
		item, existed = tx.Delete(key)
		old = item.Object
	})
	return old, existed
}

// Replace makes the given objects the content of the store, at once: no reader
// sees part of it. If the header of one cannot be read the error says which,
// and the store stays as it was. An object with the key and the non-empty
// version of one that is held is taken for unchanged, and the held one stays.
//
// An object that an [Observer] refuses is left out, what is held of its key
// stays, and all others are taken; the error joins those of all refused.
func (s *Store[T]) Replace(objects iter.Seq[T]) error {
	var items Batch[T]
	for object := range objects {
		item, err := s.read("replace", object)
		if err != nil {
			return err
		}
		items.Append(item)
	}
	var refused []error
	s.Apply(func(tx Tx[T]) {
		tx.replaceAll(&items, nil, func(item Item[T], err error) {
			refused = append(refused, refusal("replace", item.Key, err))
		})
	})
	return errors.Join(refused...)
}

func (s *Store[T]) read(doing string, object T) (item Item[T], err error) {
	if s.item == nil {
		return item, fmt.Errorf("store: %s: the store was made without an ItemFunc to read an object's key; give one to New, or write with Apply", doing)
	}
	item, err = s.item(object)
	if err == nil && item.Key.Name == "" {
		err = item.Key.Validate() // an ItemFunc should have seen it
	}
	if err != nil {
		return item, fmt.Errorf("store: %s: %w", doing, err)
	}
	return item, nil
}

// Get returns the object of a key, and whether there is one. O(1), no
// allocation.
func (s *Store[T]) Get(key Key) (object T, found bool) {
	hash := s.hash(key)
	s.mu.RLock()
	slot, found := s.find(hash, key)
	if found {
		object = s.pages.Object(slot)
	}
	s.mu.RUnlock()
	return object, found
}

// Item returns the object of a key with its header, and whether there is one.
func (s *Store[T]) Item(key Key) (item Item[T], found bool) {
	hash := s.hash(key)
	s.mu.RLock()
	slot, found := s.find(hash, key)
	if found {
		item = s.itemAt(slot)
	}
	s.mu.RUnlock()
	return item, found
}

// Len returns the number of objects. O(1).
func (s *Store[T]) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pages.Len()
}

// Snapshot returns the state as it is now.
func (s *Store[T]) Snapshot() Snapshot[T] { return s.SnapshotWith(func() {}) }

// SnapshotWith is [Store.Snapshot] for those who keep an [Observer]: also is called
// under the same lock, to take what the observer holds, and both are of one state.
// It must be quick and must not call the store.
func (s *Store[T]) SnapshotWith(also func()) Snapshot[T] {
	// It is made without the lock, since whoever allocates may be made to help the
	// garbage collector.
	snapshot := Snapshot[T]{finder: &finder[T]{store: s}}
	s.mu.RLock()
	defer s.mu.RUnlock()
	snapshot.content, snapshot.version, snapshot.finder.removed = s.pages.Freeze(), s.version, s.removed
	also()
	return snapshot
}

// objects is a Snapshot for those who look up no key.
func (s *Store[T]) objects() slots.Content[Key, header, T] {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pages.Freeze()
}

// All iterates over the objects of one state, taken when the loop starts.
func (s *Store[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		content := s.objects()
		content.Objects(yield)
	}
}

// Items iterates over keys and objects of one state, taken when the loop
// starts.
func (s *Store[T]) Items() iter.Seq2[Key, T] {
	return func(yield func(Key, T) bool) {
		content := s.objects()
		content.All(yield)
	}
}

// Keys iterates over the keys of one state, taken when the loop starts.
func (s *Store[T]) Keys() iter.Seq[Key] {
	return func(yield func(Key) bool) { Snapshot[T]{content: s.objects()}.Keys()(yield) }
}

// List returns the objects in a slice of the caller's own. O(n).
func (s *Store[T]) List() []T { return Snapshot[T]{content: s.objects()}.List() }

// hash mixes the hashes of both parts. The rotation keeps a key apart from the
// one with its parts exchanged.
func (s *Store[T]) hash(key Key) uint32 {
	name := maphash.String(s.seed, key.Name)
	if key.Namespace == "" {
		return uint32(name)
	}
	return uint32(name ^ bits.RotateLeft64(maphash.String(s.seed, key.Namespace), 17))
}

// find returns the slot of a key. The lock is held.
func (s *Store[T]) find(hash uint32, key Key) (slot uint32, found bool) {
	return find(&s.table, &s.pages.Content, hash, key)
}

func find[T any](table *slots.Table, content *slots.Content[Key, header, T], hash uint32, key Key) (slot uint32, found bool) {
	for position := table.Start(hash); ; {
		slot, next, more := table.Next(hash, position)
		if !more {
			return 0, false
		}
		if held := content.Key(slot); held.Name == key.Name && held.Namespace == key.Namespace {
			return slot, true
		}
		position = next
	}
}

func (s *Store[T]) itemAt(slot uint32) Item[T] {
	note := s.pages.Note(slot)
	return Item[T]{Key: *s.pages.Key(slot), UID: note.uid, Version: note.version, Object: s.pages.Object(slot)}
}
