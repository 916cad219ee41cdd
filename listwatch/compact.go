// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"sync"
	"unsafe"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// CompactOptions are the options of [Compact]. With the zero value nothing of an
// object is lost.
type CompactOptions struct {
	// DropManagedFields leaves out metadata.managedFields, in which the server
	// notes who has set which field. It is often the greater part of an object,
	// and only those who apply objects by fields of their own need it.
	DropManagedFields bool
	// SharedStrings is how many strings the source remembers to share them, in
	// powers of two. Zero means 8,192, which is at most 4 MiB and usually a
	// tenth of that, and grows up to there as there is need; less than zero
	// means that none are shared.
	SharedStrings int
	// SharedValues is the same for maps, the arrays of slices, and what pointers
	// point to, as far as the strings in them are shared. Zero means 8,192, which
	// is at most 16 MiB and usually a tenth of that. Less than zero means that none
	// are shared: for programs that change objects of a cache, which they should
	// not.
	SharedValues int
}

// Compact makes a source whose objects take less memory, and are otherwise
// equal to those of source. What comes again and again is in memory once for all
// objects: strings (label keys and values, images, node names), and whatever is
// made of nothing else than such strings and numbers (the labels of a workload's
// pods, their environment, probes and tolerations). Slices have no more capacity
// than they need, apart from a little that would not pay.
//
// So who writes to an object of this source may write to many. Like all objects
// of a cache they are read-only, and a deep copy is what may be changed. A [Map]
// that changes objects in place belongs before Compact, not behind it.
//
// Objects are changed in place, once each, in the goroutine of the reader. So
// source must hand out objects that nobody else has, and that are trees, as a
// decoder leaves them: those of [FromClient] over a real client, or the results of
// a [Map] that makes objects of its own. Over a source that is compact already,
// Compact only changes the options, and nothing is gone through twice.
//
// It must not be used over a [FromCache], a fake or functions that hand out an
// object that they keep.
//
// What can be reached through exported fields, pointers, slices, and maps with
// keys that are strings is looked at. What is behind an interface is left as it is,
// but for the content of an [unstructured.Unstructured], in which strings are
// shared. A struct with fields that are not exported is never shared, but for times
// and quantities.
//
// The cost of an object is some ten microseconds for a pod: somewhat more than half
// of what decoding it from protobuf takes, and a fifth of what JSON takes. What is
// shared is a copy of its own: no object, and no buffer that an object was decoded
// from, is kept in memory by another one.
//
// [unstructured.Unstructured]: https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1/unstructured#Unstructured
func Compact[T any](source ListWatcher[T], options CompactOptions) ListWatcher[T] {
	if source == nil {
		return &broken[T]{errors.New("listwatch: Compact needs a source, and it is nil")}
	}
	c := newCompactor[T](options)
	if client, ok := source.(interface {
		compactedBy(c *compactor[T]) ListWatcher[T]
	}); ok {
		return client.compactedBy(c)
	}
	return &compacted[T]{source, c}
}

type compacted[T any] struct {
	source    ListWatcher[T]
	compactor *compactor[T]
}

// Resource implements [Described].
func (c *compacted[T]) Resource() schema.GroupVersionResource { return resourceOf(c.source) }

// Untimed implements [Untimed].
func (c *compacted[T]) Untimed() bool { return isUntimed(c.source) }

func (c *compacted[T]) compactedBy(other *compactor[T]) ListWatcher[T] {
	return &compacted[T]{c.source, other}
}

func (c *compacted[T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	return c.source.List(ctx, options, func(item store.Item[T], err error) {
		if err == nil {
			c.compactor.item(&item)
		}
		each(item, err)
	})
}

func (c *compacted[T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		for event, err := range c.source.Watch(ctx, options) {
			if err == nil && carriesObject(event.Type) {
				c.compactor.item(&event.Item)
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

// compactor makes the objects of one source compact. It is safe for concurrent
// use by multiple goroutines: they take turns.
type compactor[T any] struct {
	options CompactOptions

	mu      sync.Mutex // guards all below
	strings *sharedStrings
	compact *step // made for the first object; nil if there is nothing to do in a T
	planned bool
	// subject is the object being worked on. A variable would be moved to the
	// heap for each object, since its address is handed on.
	subject T
}

func newCompactor[T any](options CompactOptions) *compactor[T] {
	return &compactor[T]{options: options}
}

// object returns the object made compact.
func (c *compactor[T]) object(object T) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.work(object)
}

// item makes an item compact whose header has been read already.
func (c *compactor[T]) item(item *store.Item[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item.Object = c.work(item.Object)
	// The header shares the memory of the object, so it has to follow.
	item.Key.Namespace = c.strings.held(item.Key.Namespace)
	item.Key.Name = c.strings.held(item.Key.Name)
	item.UID = heldAs(c.strings, item.UID)
	item.Version = c.strings.held(item.Version)
}

// heldAs is held for a string of a type of its own.
func heldAs[S ~string](strings *sharedStrings, text S) S { return S(strings.held(string(text))) }

// work does it. mu is held.
func (c *compactor[T]) work(object T) T {
	if !c.planned {
		planner := newPlanner(c.options)
		c.planned, c.strings, c.compact = true, planner.strings, planner.root(reflect.TypeFor[T]())
	}
	if c.compact == nil {
		return object
	}
	defer func() {
		var none T
		c.subject = none
	}()
	c.subject = object
	c.compact.compact(unsafe.Pointer(&c.subject))
	return c.subject
}
