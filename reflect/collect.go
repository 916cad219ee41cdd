// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// collect adds an item of a list to the batch that will replace the cache. An
// item that is cached in the same version already is added as the cached one, so
// that the new copy is garbage while the list is still being read (G17). One
// that cannot be used is reported, and what is cached of it stays.
func (r *Reflector[T]) collect(batch *store.Batch[T], item store.Item[T], err error) {
	if err == nil {
		err = r.check(item)
	}
	known, isKnown := r.sink.Known(item.Key)
	switch {
	case err != nil && isKnown:
		batch.Append(known)
	case err != nil:
	case isKnown && item.Version != "" && item.Version == known.Version:
		batch.Append(known)
	default:
		batch.Append(item)
	}
	if err != nil {
		r.options.OnError(err)
	}
}

// check returns an error for an item that no cache can hold.
func (r *Reflector[T]) check(item store.Item[T]) error {
	if err := item.Key.Validate(); err != nil {
		return &listwatch.ItemError{
			Resource: r.options.Resource, Key: item.Key, Version: item.Version,
			Stage: listwatch.StageKey, Err: err,
		}
	}
	return nil
}
