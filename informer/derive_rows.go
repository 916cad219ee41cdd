// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	stdreflect "reflect"
	"slices"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// rows are the results of a view, each by the key of what it is made of, on their
// way to the cache: they get their keys, and those that have not changed are
// sorted out. They belong to the goroutine of the view.
type rows[T any] struct {
	view  *view[T]
	key   func(object T) (store.Key, error) // nil if a row's own is its key
	equal func(objects [2]T) (bool, error)
	stage listwatch.Stage // in which the function of the view fails
	of    string          // the resource that the rows are named by

	// With key only: who has a key, sorted by row, the first being the one that
	// is shown; which key a row has; and the keys to look at before the next batch.
	claims  map[store.Key][]claim[T]
	keys    map[store.Key]store.Key
	touched []store.Key

	troubled map[store.Key]store.Key // rows that the function fails on, and what they are called in quarantine
	batch    []queue.Delta[T]
	failures []*listwatch.ItemError // to be put into quarantine after the batch
	errors   []error                // to be told of after it
}

// claim is a row that has a key.
type claim[T any] struct {
	row    store.Key
	object T
}

func newRows[T any](v *view[T], options ViewOptions[T]) *rows[T] {
	r := &rows[T]{view: v, stage: listwatch.StageTransform, troubled: map[store.Key]store.Key{}}
	equal := options.Equal
	if equal == nil {
		// Reflection is for those who have not said how to compare T.
		equal = func(a, b T) bool { return stdreflect.DeepEqual(a, b) }
	}
	r.equal = func(objects [2]T) (bool, error) { return equal(objects[0], objects[1]), nil }
	if options.Key != nil {
		r.key = func(object T) (store.Key, error) {
			key := options.Key(object)
			return key, key.Validate()
		}
		r.claims, r.keys = map[store.Key][]claim[T]{}, map[store.Key]store.Key{}
	}
	return r
}

// set says what the function has made of a row.
func (r *rows[T]) set(row store.Key, object T, err error) {
	switch {
	case errors.Is(err, ErrSkip):
		r.remove(row)
		return
	case err != nil:
		r.fail(row, r.stage, err)
		return
	case r.key == nil:
		r.heal(row)
		r.write(row, object)
		return
	}
	key, err := attempt(r.key, object)
	if err != nil {
		r.fail(row, listwatch.StageKey, err)
		return
	}
	r.heal(row)
	if before, had := r.keys[row]; had && before != key {
		r.disclaim(row, before)
	}
	r.claim(row, key, object)
}

// remove says that there is nothing of a row any more.
func (r *rows[T]) remove(row store.Key) {
	r.heal(row)
	if r.key == nil {
		r.unwrite(left[T](row))
	} else if key, had := r.keys[row]; had {
		r.disclaim(row, key)
	}
}

// removeFinal is remove for a row whose last state was seen, and object made of
// it. If results have keys of their own it may be another's turn now, and the
// delete is not told apart from others.
func (r *rows[T]) removeFinal(row store.Key, object T) {
	if r.key != nil {
		r.remove(row)
		return
	}
	r.heal(row)
	r.unwrite(queue.Delta[T]{Type: queue.Deleted, Item: store.Item[T]{Key: row, Object: object}})
}

func (r *rows[T]) claim(row, key store.Key, object T) {
	all := r.claims[key]
	at, had := slices.BinarySearchFunc(all, row, func(c claim[T], row store.Key) int { return c.row.Compare(row) })
	if had {
		all[at].object = object
	} else {
		all = slices.Insert(all, at, claim[T]{row, object})
	}
	if !had && len(all) > 1 {
		r.errors = append(r.errors, r.collision(key, all))
	}
	r.claims[key], r.keys[row] = all, key
	if at == 0 { // the others are not shown
		r.touched = append(r.touched, key)
	}
}

func (r *rows[T]) disclaim(row, key store.Key) {
	all := r.claims[key]
	if all[0].row == row {
		r.touched = append(r.touched, key)
	}
	all = slices.DeleteFunc(all, func(c claim[T]) bool { return c.row == row })
	if r.claims[key] = all; len(all) == 0 {
		delete(r.claims, key)
	}
	delete(r.keys, row)
}

func (r *rows[T]) collision(key store.Key, all []claim[T]) error {
	collision := &CollisionError{Resource: r.view.informer.resource, Key: key}
	for _, c := range all {
		collision.Rows = append(collision.Rows, c.row)
	}
	return collision
}

// take returns what has changed since the last take, each key at most once.
func (r *rows[T]) take() []queue.Delta[T] {
	slices.SortFunc(r.touched, store.Key.Compare)
	for _, key := range slices.Compact(r.touched) {
		if all := r.claims[key]; len(all) > 0 {
			r.write(key, all[0].object)
		} else {
			r.unwrite(left[T](key))
		}
	}
	r.touched = r.touched[:0]
	return r.batch
}

// report puts what has failed into quarantine, and tells of it. A batch heals
// what it writes, so this comes after it.
func (r *rows[T]) report() {
	clear(r.batch)
	if r.batch = r.batch[:0]; cap(r.batch) > mostKept {
		r.batch = nil
	}
	inf := r.view.informer
	for _, failure := range r.failures {
		inf.quarantine.add(failure)
		inf.report(failure)
	}
	for _, err := range r.errors {
		inf.report(err)
	}
	r.failures, r.errors = nil, nil
}

// write has the cache hold an object, unless it holds the same.
func (r *rows[T]) write(key store.Key, object T) {
	inf := r.view.informer
	if held, found := inf.store.Item(key); found && r.same(key, held.Object, object) {
		inf.quarantine.remove(key) // an index may have refused what came between
		return
	}
	r.batch = append(r.batch, queue.Delta[T]{Type: queue.Updated, Item: store.Item[T]{Key: key, Object: object}})
}

// same takes objects that cannot be compared for different.
func (r *rows[T]) same(key store.Key, held, object T) bool {
	same, err := attempt(r.equal, [2]T{held, object})
	if err != nil {
		r.errors = append(r.errors, &listwatch.ItemError{
			Resource: r.view.informer.gvr, Key: key, Stage: listwatch.StageTransform,
			Err: fmt.Errorf("ViewOptions.Equal, whose arguments are taken for different: %w", err),
		})
	}
	return same
}

// unwrite has the cache hold an object no more, if it does.
func (r *rows[T]) unwrite(how queue.Delta[T]) {
	inf := r.view.informer
	if _, held := inf.store.Get(how.Item.Key); !held {
		inf.quarantine.remove(how.Item.Key) // where an index that refused it has put it
		return
	}
	r.batch = append(r.batch, how)
}

func left[T any](key store.Key) queue.Delta[T] {
	return queue.Delta[T]{Type: queue.Left, Item: store.Item[T]{Key: key}}
}

// fail puts a row into quarantine; what the view has of it stays.
func (r *rows[T]) fail(row store.Key, stage listwatch.Stage, err error) {
	r.failAs(row, r.nameInQuarantine(row), stage, err)
}

// failAs is fail for what is called something in quarantine.
func (r *rows[T]) failAs(row, name store.Key, stage listwatch.Stage, err error) {
	if before, troubled := r.troubled[row]; troubled && before != name {
		r.heal(row)
	}
	r.troubled[row] = name
	r.failures = append(r.failures, &listwatch.ItemError{Resource: r.view.informer.gvr, Key: name, Stage: stage, Err: err})
}

// nameInQuarantine returns the key that the view shows a row by. If it shows none,
// and rows are not called by their own, the row's may be another's in the view.
func (r *rows[T]) nameInQuarantine(row store.Key) store.Key {
	if r.key == nil {
		return row
	}
	if key, has := r.keys[row]; has && r.claims[key][0].row == row {
		return key
	}
	return foreignKey(r.of, row)
}

// foreignKey names an object of another resource among those of a view.
func foreignKey(resource string, key store.Key) store.Key {
	if key.Namespace == "" {
		return store.Key{Name: resource + ":" + key.Name}
	}
	return store.Key{Namespace: resource + ":" + key.Namespace, Name: key.Name}
}

// heal takes a row out of quarantine. It costs nothing as long as none is there.
func (r *rows[T]) heal(row store.Key) {
	if name, troubled := r.troubled[row]; troubled {
		delete(r.troubled, row)
		r.view.informer.quarantine.remove(name)
	}
}
