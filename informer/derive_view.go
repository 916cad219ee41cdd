// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// view is what feeds an informer that is made of others. It reads their states
// and logs, and writes to the cache itself: what an input applied at once is one
// change of the view too, and what the view has not come to yet waits in the
// input's log and nowhere else.
type view[T any] struct {
	informer *Informer[T]
	rows     *rows[T]
	inlets   []anyInlet
	derive   func() // makes rows of what the inlets have gathered
	traces   []trace
	wake     chan struct{} // receives when an input has something new
	begun    bool          // the first state has been derived
}

var _ feed = (*view[int])(nil)

// newView returns an informer without anything to derive.
func newView[T any](options ViewOptions[T]) *view[T] {
	inf := newInformer[T](resourceOf[T](nil, options.Resource), Options{OnError: options.OnError, Logger: options.Logger})
	v := &view[T]{informer: inf, wake: make(chan struct{}, 1)}
	v.rows = newRows(v, options)
	return v
}

// of makes the view one of these inlets. If problem is not empty it is of none,
// and says so when it is run: a constructor that returned an error would break
// the chain in which views are written.
func (v *view[T]) of(problem string, derive func(), inlets ...anyInlet) *Informer[T] {
	inf := v.informer
	inf.view = v
	inf.parts[0] = barePart[T]("", 0)
	inf.parts[0].feed = v
	if problem != "" {
		inf.broken = fmt.Errorf("it is no view: %s", problem)
		return inf
	}
	v.derive, v.inlets = derive, inlets
	inf.origins, v.traces = traces(inlets)
	inf.addParts()
	return inf
}

// Run implements [feed], and is the loop of the informer too. It returns nil when an input has stopped, too: what is
// to be said of that, the input's Run says. The view has the input's last state
// then.
func (v *view[T]) Run(ctx context.Context) error {
	for _, in := range v.inlets {
		if err := in.open(v.wake); err != nil {
			return fmt.Errorf("an input: %w", err)
		}
		defer in.close(v.wake)
	}
	for over := v.turn(); !over; over = v.turn() {
		select {
		case <-ctx.Done():
			return nil
		case <-v.wake:
		}
	}
	return nil
}

// turn brings the view up to date, if all inputs have synced, and reports whether
// nothing more will come. That is asked first: what an input did before its end
// is in its log then.
func (v *view[T]) turn() (over bool) {
	ready := true
	for _, in := range v.inlets {
		over = over || in.over()
		ready = ready && in.ready()
	}
	if !ready {
		return over
	}
	for _, in := range v.inlets {
		if v.begun {
			in.gather()
		} else {
			in.begin()
		}
	}
	v.derive()
	v.publish()
	for _, in := range v.inlets {
		in.settle()
	}
	return over
}

// publish applies the rows that have changed, as one batch.
func (v *view[T]) publish() {
	batch := v.rows.take()
	if !v.begun {
		first := new(store.Batch[T])
		for i := range batch {
			first.Append(batch[i].Item)
		}
		batch = []queue.Delta[T]{{Type: queue.Replaced, Items: first}}
		v.begun = true
	}
	if batch = v.bookmarks(batch); len(batch) > 0 {
		v.informer.apply(batch)
	}
	v.rows.report()
}

// Stats implements [feed]: a view asks no source for anything.
func (v *view[T]) Stats() reflect.Stats { return reflect.Stats{Phase: v.Health().Phase} }

// Health implements [feed]: a view is as well as the input that is worst off.
func (v *view[T]) Health() reflect.Health {
	var worst PartHealth
	for i, in := range v.inlets {
		if health := in.health(); i == 0 || health.worseThan(worst) {
			worst = health
		}
	}
	return worst.SourceHealth
}

// notSynced says what the first input that has not synced waits for.
func (v *view[T]) notSynced(missing *NotSyncedError) *NotSyncedError {
	for _, in := range v.inlets {
		if of := in.notSynced(missing.Err); of != nil {
			return of
		}
	}
	return missing
}

// attempt calls one of the user's functions, and makes an error of a panic.
func attempt[A, R any](f func(A) (R, error), argument A) (result R, err error) {
	defer func() {
		if value := recover(); value != nil {
			result, err = *new(R), panicError(value)
		}
	}()
	return f(argument)
}

// panicError keeps the stack, and what errors.Is and errors.As find.
func panicError(value any) error {
	if err, ok := value.(error); ok {
		return fmt.Errorf("panic: %w\n%s", err, debug.Stack())
	}
	return fmt.Errorf("panic: %v\n%s", value, debug.Stack())
}
