// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// troubles is an OnError that keeps what it is told.
type troubles struct {
	mu   sync.Mutex
	errs []error
}

func (r *troubles) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// take returns what has come since the last take.
func (r *troubles) take() []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := r.errs
	r.errs = nil
	return errs
}

// wantNone is for the end of a test.
func (r *troubles) wantNone(t *testing.T) {
	t.Helper()
	if errs := r.take(); len(errs) > 0 {
		t.Errorf("reported: %v", errors.Join(errs...))
	}
}

// listen notes the events of an informer as text.
func listen[T any](t *testing.T, inf registrar[T]) *recorder {
	t.Helper()
	calls := &recorder{}
	addHandler(t, inf, informer.EventFunc[T](func(event informer.Event[T]) {
		switch {
		case event.Type == informer.Added && event.Initial:
			calls.note(fmt.Sprintf("initial %v: %v", event.Key, event.Object))
		case event.Type == informer.Added:
			calls.note(fmt.Sprintf("add %v: %v", event.Key, event.Object))
		case event.Type == informer.Updated:
			calls.note(fmt.Sprintf("update %v: %v→%v", event.Key, event.Old, event.Object))
		case event.Final:
			calls.note(fmt.Sprintf("delete %v: %v", event.Key, event.Object))
		default:
			calls.note(fmt.Sprintf("gone %v: %v", event.Key, event.Object))
		}
	}), informer.HandlerOptions[T]{})
	return calls
}

// want checks the calls since the last check, which may come in any order if
// they are those of one change of several objects.
func (r *recorder) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	got := r.take()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// contents returns what is cached as text, sorted by key.
func contents[T any](inf interface{ Reader() store.Reader[T] }) []string {
	objects := map[store.Key]T{}
	var keys []store.Key
	for key, object := range inf.Reader().Items() {
		objects[key] = object
		keys = append(keys, key)
	}
	slices.SortFunc(keys, store.Key.Compare)
	var lines []string
	for _, key := range keys {
		lines = append(lines, fmt.Sprintf("%v: %v", key, objects[key]))
	}
	return lines
}

func wantContents[T any](t *testing.T, inf *informer.Informer[T], want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, contents(inf)); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}

// names returns the keys of widgets in their order, as text.
func names(all iter.Seq[*Widget]) string {
	var keys []string
	for w := range all {
		keys = append(keys, keyOf(w).String())
	}
	return fmt.Sprint(keys)
}

// sameSize finds widgets by their size, those of size 0 not at all.
func sameSize(input informer.Input[*Widget]) informer.Keyed[int, *Widget] {
	return informer.By(input, func(w *Widget) (int, bool) { return w.Size, w.Size != 0 })
}

// steady is a server that waits after each write until nothing moves, for those
// who want to see each change: views fold those that come together.
type steady struct{ server }

func newSteady(t *testing.T, keys ...string) steady { return steady{newServer(t, keys...)} }

func (s steady) create(key string, size int) {
	s.t.Helper()
	s.server.create(key, size)
	synctest.Wait()
}

func (s steady) update(key string, size int) {
	s.t.Helper()
	s.server.update(key, size)
	synctest.Wait()
}

func (s steady) delete(key string) {
	s.t.Helper()
	s.server.delete(key)
	synctest.Wait()
}
