// SPDX-License-Identifier: Apache-2.0

package index

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/typedinformer/typedinformer/store"
)

// Options are the options of an [Indexer]. The zero value works.
type Options struct {
	// OnError is told of objects that violate a unique index ([*UniqueError]),
	// and, when an index is added, of those in the store that its function
	// panics on ([*FuncError]). It is called by the goroutine that wrote, after
	// the write, or that added the index, with no lock held. Nil ignores them.
	// A write that is refused, for the same reason, is no matter of OnError: it
	// returns the error.
	OnError func(error)
}

// Indexer is a store with indexes, which change under the store's lock: no
// query sees an index that disagrees with the objects. It is safe for
// concurrent use by multiple goroutines.
//
// Indexes are added with [Add], [AddMulti] and [AddUnique], before or after
// there is data, and looked up through the handles that these return. One index
// is always there: the objects of a namespace, [Indexer.Namespaces]. It is kept from
// the first time that somebody asks for it: many caches are of one namespace, or
// are read by key alone.
type Indexer[T any] struct {
	store.Reader[T]
	store      *store.Store[T]
	reports    reports
	namespaces *Index[string, T] // made and filled by first
	first      sync.Once

	mu      sync.Mutex // guards what follows; taken before the store's lock
	indexes []named[T] // by their numbers, namespaces first; those behind the end are never seen
	closed  bool
}

// named is what an index offers to those who do not know the type of its values.
type named[T any] interface {
	Name() string
	texts() []string
	byText(text string) []T
	still() still
	join(ix *Indexer[T], number int)
	summary(largest int) Summary
	textsAt(slot store.Slot) func() []string
}

// NamespaceIndex is the name of the index that every [Indexer] has.
const NamespaceIndex = "namespace"

// New returns an indexer over a store, which may hold objects already. Whoever
// writes to the store keeps the indexes current by that.
func New[T any](s *store.Store[T], options Options) *Indexer[T] {
	ix := &Indexer[T]{Reader: s, store: s, indexes: make([]named[T], 1, 2)}
	ix.reports.handle = options.OnError
	if options.OnError == nil {
		ix.reports.handle = func(error) {}
	}
	ix.reports.between = func(do func()) { s.Read(func(store.Objects[T]) { do() }) }
	return ix
}

// Namespaces returns the index of objects by their namespace, which every
// indexer has under the name [NamespaceIndex]. Objects without a namespace have
// the value "". It goes by key, so Like of an example object finds nothing.
//
// The first call fills it, as [Add] does: O(objects), while other users of the
// store wait. So does whatever else reads it first: [NamespaceLister.List], a
// [View], access by its name. Call it before there is data to have it grow with
// that.
func (ix *Indexer[T]) Namespaces() *Index[string, T] {
	ix.first.Do(ix.keepNamespaces)
	return ix.namespaces
}

func (ix *Indexer[T]) keepNamespaces() {
	ix.namespaces = newByKey(ix, NamespaceIndex, func(key store.Key) (string, bool) { return key.Namespace, true })
	ix.namespaces.join(ix, 0)
	ix.store.Observe(ix.namespaces.keep(&ix.reports)) // its function does not panic, so nothing is refused
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.indexes[0] = ix.namespaces
}

// Add adds an index in which each object has one value, or none if value
// returns false. What is in the store already is indexed before Add returns, and
// nothing is missed; other users of the store wait meanwhile. O(objects).
//
// value is called once for each insertion and update, under the store's lock:
// it must be quick and must not call the indexer or what it belongs to. It must
// give the same result for the same object.
//
// If value panics, the write of the object is refused; see [FuncError]. An
// object that was in the store already stays there, is left out of this index
// until its next write, and is reported to [Options.OnError].
//
// The error is an [*ExistsError], [ErrClosed], or says which argument is missing.
func Add[K comparable, T any](ix *Indexer[T], name string, value func(object T) (K, bool)) (*Index[K, T], error) {
	return addSingle(ix, name, value, false)
}

// AddUnique is [Add] for an index in which no two objects should have the same
// value. An object that breaks that is reported as a [*UniqueError] and can be
// looked up all the same, as can the other.
func AddUnique[K comparable, T any](ix *Indexer[T], name string, value func(object T) (K, bool)) (*Index[K, T], error) {
	return addSingle(ix, name, value, true)
}

func addSingle[K comparable, T any](ix *Indexer[T], name string, value func(object T) (K, bool), unique bool) (*Index[K, T], error) {
	index := newIndex(ix.store, name, func(object T) []K {
		if one, has := value(object); has {
			return []K{one}
		}
		return nil
	})
	index.observer = func(index *Index[K, T], reports *reports) keeper[K, T] {
		return &single[K, T]{reports: reports, index: index, value: value, unique: unique}
	}
	return index, add(ix, index, value != nil)
}

// AddMulti adds an index in which each object has any number of values;
// otherwise it is like [Add]. The slice that values returns is read at once and
// not kept, so values may reuse it; a value that is in it twice counts once.
func AddMulti[K comparable, T any](ix *Indexer[T], name string, values func(object T) []K) (*Index[K, T], error) {
	index := newIndex(ix.store, name, values)
	index.observer = func(index *Index[K, T], reports *reports) keeper[K, T] {
		return &multi[K, T]{reports: reports, index: index, values: values}
	}
	return index, add(ix, index, values != nil)
}

// AddByKey adds an index that goes by the keys of the objects, otherwise like
// [Add]: the rack that is the first part of each name, say. value is called once
// for each insertion, since an update does not change the key. [Index.Like] of an
// example object finds nothing.
func AddByKey[K comparable, T any](ix *Indexer[T], name string, value func(key store.Key) (K, bool)) (*Index[K, T], error) {
	index := newByKey(ix, name, value)
	return index, add(ix, index, value != nil)
}

func newByKey[K comparable, T any](ix *Indexer[T], name string, value func(key store.Key) (K, bool)) *Index[K, T] {
	index := newIndex(ix.store, name, func(T) []K { return nil })
	index.byKey = true
	index.observer = func(index *Index[K, T], reports *reports) keeper[K, T] {
		return byKey[K, T]{&single[K, T]{reports: reports, index: index, ofKey: value}}
	}
	return index
}

func newIndex[K comparable, T any](s *store.Store[T], name string, values func(object T) []K) *Index[K, T] {
	return &Index[K, T]{name: name, store: s, values: values, lookup: newPostings[K]()}
}

func add[K comparable, T any](ix *Indexer[T], index *Index[K, T], hasFunc bool) error {
	name := index.name
	switch {
	case name == "":
		return errors.New("index: the name of an index is empty; give it one, such as the path of the field")
	case !hasFunc:
		return fmt.Errorf("index: the function of index %q is nil", name)
	}
	observer := index.keep(&ix.reports)
	refused, err := ix.register(name, index, observer)
	if err != nil {
		return err
	}
	observer.Settle()
	for _, err := range refused {
		var failure *FuncError
		if errors.As(err, &failure) {
			failure.Late = true
		}
		ix.reports.handle(err)
	}
	return nil
}

// register fills an index and makes it known, as one step: whoever finds it by
// its name finds it filled.
func (ix *Indexer[T]) register(name string, index named[T], observer store.Observer[T]) (refused []error, err error) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.closed {
		return nil, fmt.Errorf("index: adding %q: %w", name, ErrClosed)
	}
	if name == NamespaceIndex || ix.find(name) != nil {
		return nil, &ExistsError{Name: name}
	}
	index.join(ix, len(ix.indexes))
	refused = ix.store.Observe(observer)
	ix.indexes = append(ix.indexes, index)
	return refused, nil
}

// called returns the index of a name, nil if there is none.
func (ix *Indexer[T]) called(name string) named[T] {
	if name == NamespaceIndex {
		return ix.Namespaces()
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.find(name)
}

// find is called for the indexes that were added. There are few: a map of them
// would be larger and no faster. mu is held.
func (ix *Indexer[T]) find(name string) named[T] {
	for _, index := range ix.indexes[1:] {
		if index.Name() == name {
			return index
		}
	}
	return nil
}

// Close makes every later attempt to add an index fail with [ErrClosed]. Reading
// goes on, and so does the upkeep of the indexes there are.
func (ix *Indexer[T]) Close() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.closed = true
}

// Names returns the names of the indexes, sorted.
func (ix *Indexer[T]) Names() []string {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	names := []string{NamespaceIndex}
	for _, index := range ix.indexes[1:] {
		names = append(names, index.Name())
	}
	slices.Sort(names)
	return names
}

// Values returns the values of an index as text, sorted: access for tools that
// know an index by name alone, such as a debug page. O(values). The error is an
// [*UnknownError].
func (ix *Indexer[T]) Values(name string) ([]string, error) {
	index, err := ix.byName(name)
	if err != nil {
		return nil, err
	}
	return index.texts(), nil
}

// Lookup returns the objects that have a value with the given text in an index:
// access for tools that know an index by name alone. O(values + result). The
// error is an [*UnknownError].
func (ix *Indexer[T]) Lookup(name, text string) ([]T, error) {
	index, err := ix.byName(name)
	if err != nil {
		return nil, err
	}
	return index.byText(text), nil
}

func (ix *Indexer[T]) byName(name string) (named[T], error) {
	index := ix.called(name)
	if index == nil {
		return nil, &UnknownError{Name: name, Have: ix.Names()}
	}
	return index, nil
}
