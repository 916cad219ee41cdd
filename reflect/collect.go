// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A collection is a list while it is being read.
type collection[T any] struct {
	*Reflector[T]
	items  *store.Batch[T]
	broken map[store.Key]*listwatch.ItemError
	order  []store.Key // in which the broken ones came
	// unnamed says that there was an item whose key cannot be read. It may be
	// any of those that are not listed.
	unnamed bool
	// outdated says that there was an item whose listed state is not known.
	outdated bool
	// empty says that the cache held nothing when the list began.
	empty bool
}

func (r *Reflector[T]) collect() *collection[T] {
	r.received.Store(0)
	return &collection[T]{Reflector: r, items: new(store.Batch[T]), empty: r.sink.Empty()}
}

// take adds an item of a list. An item that is cached in the same version
// already is added as the cached one, so that the new copy is garbage while the
// list is still being read (G17). One that cannot be used is reported, and what
// is cached of it stays (G34).
func (c *collection[T]) take(item store.Item[T], err error) {
	c.received.Add(1)
	if err == listwatch.ErrKnown {
		c.takeKnown(item)
		return
	}
	if err == nil {
		err = c.checkKey(&item)
	}
	if err != nil {
		failure := c.asItemError(item, err)
		c.options.OnError(failure)
		c.keep(failure)
		return
	}
	if !c.empty && item.Version != "" {
		if known, ok := c.sink.Known(item.Key); ok && known.Version == item.Version {
			item = known
		}
	}
	c.add(item)
}

// takeKnown adds an item that the source has not decoded, since it is cached in
// that version.
func (c *collection[T]) takeKnown(header store.Item[T]) {
	if known, ok := c.sink.Known(header.Key); ok && known.Version == header.Version {
		c.add(known)
		return
	}
	// It has changed since it was asked for, by what was queued before the list.
	// So it is at least as new as the list, if versions mean anything. It stays,
	// and another list makes sure.
	c.items.Keep(header.Key)
	c.outdated = true
}

// known returns what a source may ask before it decodes an item; nil if the answer
// is always no.
func (r *Reflector[T]) known() func(key store.Key, version string) bool {
	if r.sink.Empty() {
		return nil
	}
	return r.isKnown
}

func (r *Reflector[T]) isKnown(key store.Key, version string) bool {
	known, ok := r.sink.Known(key)
	return ok && version != "" && known.Version == version
}

func (c *collection[T]) add(item store.Item[T]) {
	c.items.Append(item)
	if c.broken != nil {
		delete(c.broken, item.Key)
	}
}

// keep notes an item that cannot be used. It is listed, so it is not deleted: its
// last good state stays, whatever that is when the list takes effect.
func (c *collection[T]) keep(failure *listwatch.ItemError) {
	if failure.Key == (store.Key{}) {
		c.unnamed = true
		c.items.KeepUnlisted()
		return
	}
	c.items.Keep(failure.Key)
	if c.broken == nil {
		c.broken = map[store.Key]*listwatch.ItemError{}
	}
	c.broken[failure.Key] = failure
	c.order = append(c.order, failure.Key)
}

// drop takes an item out again.
func (c *collection[T]) drop(key store.Key) {
	c.items.Drop(key)
	delete(c.broken, key)
}

// handOver makes the collection the state of the cache.
func (c *collection[T]) handOver(ctx context.Context, version string) error {
	if err := c.sink.Replace(ctx, c.items, version); err != nil {
		return err
	}
	for _, key := range c.order {
		failure := c.broken[key]
		if failure == nil { // it came again, whole, or was deleted
			continue
		}
		delete(c.broken, key)
		if err := c.sink.Quarantine(ctx, failure); err != nil {
			return err
		}
	}
	c.listed(version)
	c.unsure = c.unnamed || c.outdated
	return nil
}

// asItemError returns the error of an item with all that is known of it, be it
// in the item or in the error.
func (r *Reflector[T]) asItemError(item store.Item[T], err error) *listwatch.ItemError {
	var failure *listwatch.ItemError
	if !errors.As(err, &failure) {
		return r.itemError(item, listwatch.StageDecode, err)
	}
	if item.Key != (store.Key{}) && failure.Key != item.Key || failure.Version == "" && item.Version != "" {
		full := *failure // that of the source may be shared
		if item.Key != (store.Key{}) {
			full.Key = item.Key
		}
		if full.Version == "" {
			full.Version = item.Version
		}
		return &full
	}
	return failure
}

// checkKey returns an error for an item that no cache can hold.
func (r *Reflector[T]) checkKey(item *store.Item[T]) error {
	if err := item.Key.Validate(); err != nil {
		return r.itemError(*item, listwatch.StageKey, err)
	}
	return nil
}

func (r *Reflector[T]) itemError(item store.Item[T], stage listwatch.Stage, err error) *listwatch.ItemError {
	return &listwatch.ItemError{
		Resource: r.options.Resource, Key: item.Key, Version: item.Version, Stage: stage, Err: err,
	}
}
