// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"iter"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// Map makes a source of T of a source of W: f runs exactly once for each object
// that is received, in the goroutine of the reader, whichever way the object
// comes (listed, in a streaming list, as an event, a deleted one's last state
// included). T may be any type: the header is that of W. With W and T the same
// it trims objects before they are cached:
//
//	names := listwatch.Map(pods, func(pod *corev1.Pod) (string, error) {
//		return pod.Spec.NodeName, nil
//	})
//
// An object for which f returns an error, or panics, is reported as an
// [*ItemError] of [StageTransform] and left out; the rest goes on. If it was
// deleted, a [Left] event follows the error, so that the delete is not lost.
//
// f must not change what it is given if the source shares its objects with
// others (those of [FromClient] are nobody else's, those of [Compact] have parts
// in common), and must be safe for concurrent use if the source is read by
// several goroutines. Map passes on everything else as it is: versions,
// bookmarks, errors, [Described].
func Map[W, T any](source ListWatcher[W], f func(object W) (T, error)) ListWatcher[T] {
	if source == nil || f == nil {
		return &broken[T]{errors.New("listwatch: Map needs a source and a function, and one of them is nil")}
	}
	return &mapped[W, T]{source, f}
}

type mapped[W, T any] struct {
	source ListWatcher[W]
	f      func(W) (T, error)
}

// Resource implements [Described].
func (m *mapped[W, T]) Resource() schema.GroupVersionResource { return resourceOf(m.source) }

// Untimed implements [Untimed].
func (m *mapped[W, T]) Untimed() bool { return isUntimed(m.source) }

func (m *mapped[W, T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	return m.source.List(ctx, options, func(received store.Item[W], err error) {
		item := headerOf[T](received)
		if err == nil {
			item.Object, err = m.apply(received)
		}
		each(item, err)
	})
}

func (m *mapped[W, T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		for received, err := range m.source.Watch(ctx, options) {
			event := Event[T]{
				Type:             received.Type,
				Item:             headerOf[T](received.Item),
				InitialEventsEnd: received.InitialEventsEnd,
			}
			if err == nil && carriesObject(received.Type) {
				event.Item.Object, err = m.apply(received.Item)
				if err != nil && received.Type == Deleted {
					if !yield(event, err) {
						return
					}
					event.Type, err = Left, nil
				}
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

// apply runs f for one object and makes an *ItemError of what goes wrong.
func (m *mapped[W, T]) apply(item store.Item[W]) (object T, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicked(value)
		}
		if err != nil {
			var none T // what f returned beside an error is not used
			object, err = none, itemError(m.Resource(), item, StageTransform, err)
		}
	}()
	return m.f(item.Object)
}

// Filter makes a source that leaves out the objects for which keep returns
// false, so that no reader ever sees one of them. keep runs exactly once for
// each object that is received, in the goroutine of the reader.
//
// In a list, a streaming one included, such an object is missing. In a watch its
// event becomes [Left], with the header alone: it may have been kept in an
// earlier state, and only the cache knows. That holds for a delete too: one
// whose last state passes comes as [Deleted], any other as [Left].
//
// An object for which keep panics is reported as an [*ItemError] of
// [StageFilter] and left out; a [Left] event follows if it was deleted. Filter
// passes on everything else as it is: versions, bookmarks, errors, [Described].
//
// Where the server can select (by label, by field), [Options] save the way of
// the objects; Filter is for what it cannot.
func Filter[T any](source ListWatcher[T], keep func(object T) bool) ListWatcher[T] {
	if source == nil || keep == nil {
		return &broken[T]{errors.New("listwatch: Filter needs a source and a function, and one of them is nil")}
	}
	return &filtered[T]{source, keep}
}

type filtered[T any] struct {
	source ListWatcher[T]
	keep   func(T) bool
}

// Resource implements [Described].
func (f *filtered[T]) Resource() schema.GroupVersionResource { return resourceOf(f.source) }

// Untimed implements [Untimed].
func (f *filtered[T]) Untimed() bool { return isUntimed(f.source) }

func (f *filtered[T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	return f.source.List(ctx, options, func(item store.Item[T], err error) {
		passes := true
		if err == nil {
			if passes, err = f.passes(item); err != nil {
				item = headerOf[T](item)
			}
		}
		if passes || err != nil {
			each(item, err)
		}
	})
}

func (f *filtered[T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		listing := options.InitialEvents
		for event, err := range f.source.Watch(ctx, options) {
			listing = listing && !event.InitialEventsEnd
			if err == nil && carriesObject(event.Type) {
				passes, failure := f.passes(event.Item)
				if listing && event.Type == Added && failure == nil && !passes {
					continue // missing, as in any list: nobody can have kept it
				}
				if !passes {
					event.Item = headerOf[T](event.Item)
				}
				if failure != nil {
					if !yield(event, failure) {
						return
					}
					if event.Type != Deleted {
						continue // nothing is known of the new state: what is cached stays
					}
				}
				if !passes {
					event.Type = Left
				}
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

// passes runs keep for one object and makes an *ItemError of a panic.
func (f *filtered[T]) passes(item store.Item[T]) (passes bool, err error) {
	defer func() {
		if value := recover(); value != nil {
			passes, err = false, itemError(f.Resource(), item, StageFilter, panicked(value))
		}
	}()
	return f.keep(item.Object), nil
}

// carriesObject says whether events of this type have an object.
func carriesObject(t EventType) bool {
	return t == Added || t == Modified || t == Deleted
}

// broken is a source that was put together wrongly, and says so when it is used:
// a constructor that returned an error would break the chain in which sources
// are written.
type broken[T any] struct{ err error }

func (b *broken[T]) List(context.Context, ListOptions, func(store.Item[T], error)) (Page, error) {
	return Page{}, b.err
}

func (b *broken[T]) Watch(context.Context, WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) { yield(Event[T]{}, b.err) }
}
