// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// collect adds an item of a list to the batch that will replace the cache. An
// item that is cached in the same version already is added as the cached one, so
// that the new copy is garbage while the list is still being read (G17). One
// that cannot be used is reported, and what is cached of it stays.
func (r *Reflector[T]) collect(batch *store.Batch[T], item store.Item[T], err error) {
	if err == nil {
		err = r.checkKey(&item)
	}
	if err != nil {
		r.keep(batch, item, err)
		return
	}
	r.add(batch, item)
}

func (r *Reflector[T]) add(batch *store.Batch[T], item store.Item[T]) {
	known, isKnown := r.sink.Known(item.Key)
	if isKnown && item.Version != "" && item.Version == known.Version {
		item = known
	}
	batch.Append(item)
}

// keep reports an item of a list that cannot be used. It is listed, so it is not
// deleted: its last good state stays. What is known of its key is in the item, or
// else in the error.
func (r *Reflector[T]) keep(batch *store.Batch[T], item store.Item[T], err error) {
	var failure *listwatch.ItemError
	if !errors.As(err, &failure) {
		failure = r.itemError(item, listwatch.StageDecode, err)
		err = failure
	}
	key := item.Key
	if key == (store.Key{}) {
		key = failure.Key
	}
	if known, isKnown := r.sink.Known(key); isKnown {
		batch.Append(known)
	}
	r.options.OnError(err)
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
