// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Widget is an API type of the usual form.
type Widget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Size              int `json:"size"`
}

func (w *Widget) DeepCopyObject() runtime.Object {
	return &Widget{w.TypeMeta, *w.ObjectMeta.DeepCopy(), w.Size}
}

func (w *Widget) String() string { return fmt.Sprintf("%s=%d", keyOf(w), w.Size) }

func keyOf(w *Widget) store.Key { return store.Key{Namespace: w.Namespace, Name: w.Name} }

func widget(key string, size int) *Widget {
	parsed, err := store.ParseKey(key)
	if err != nil {
		panic(err)
	}
	return &Widget{ObjectMeta: metav1.ObjectMeta{Namespace: parsed.Namespace, Name: parsed.Name}, Size: size}
}

// server is a fake source with writes that must succeed.
type server struct {
	*fake.Source[*Widget]
	t *testing.T
}

func newServer(t *testing.T, keys ...string) server {
	s := server{fake.NewSource[*Widget](fake.Options{}), t}
	for i, key := range keys {
		s.create(key, i+1)
	}
	return s
}

func (s server) create(key string, size int) *Widget {
	s.t.Helper()
	w, err := s.Create(widget(key, size))
	return s.must(w, err)
}

func (s server) update(key string, size int) *Widget {
	s.t.Helper()
	w, err := s.Update(widget(key, size))
	return s.must(w, err)
}

func (s server) delete(key string) *Widget {
	s.t.Helper()
	w, err := s.Delete(keyOf(widget(key, 0)))
	return s.must(w, err)
}

// toss creates an object or, if it is there, updates or deletes it.
func (s server) toss(random *rand.Rand, key string, size int) {
	s.t.Helper()
	_, exists := s.Get(keyOf(widget(key, 0)))
	switch {
	case !exists:
		s.create(key, size)
	case random.IntN(3) == 0:
		s.delete(key)
	default:
		s.update(key, size)
	}
}

func (s server) must(w *Widget, err error) *Widget {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// state is what the server holds.
func (s server) state() map[store.Key]string {
	state := map[store.Key]string{}
	_, err := s.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*Widget], err error) {
		if err != nil {
			s.t.Error(err)
		}
		state[item.Key] = item.Object.String() + "@" + item.Version
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return state
}

// cached is what an informer holds, in the form of server.state.
func cached(inf *informer.Informer[*Widget]) map[store.Key]string {
	state := map[store.Key]string{}
	for key, w := range inf.Reader().Items() {
		state[key] = w.String() + "@" + w.ResourceVersion
	}
	return state
}

func wantSameState(t *testing.T, s server, inf *informer.Informer[*Widget]) {
	t.Helper()
	if want, got := s.state(), cached(inf); !maps.Equal(want, got) {
		t.Errorf("the cache holds %v, the server %v", got, want)
	}
}

// wantAlike compares two states of thousands of objects, and names one that
// differs.
func wantAlike[V comparable](t *testing.T, what string, want, got map[store.Key]V) {
	t.Helper()
	for key, value := range want {
		if other, found := got[key]; other != value {
			t.Errorf("%s differ: %v is %v in the first, %v in the second (%v)", what, key, value, other, found)
			return
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s differ: %d objects in the first, %d in the second", what, len(want), len(got))
	}
}

// runner is an informer or a group.
type runner interface {
	Run(ctx context.Context) error
}

// mutable is an informer whose objects somebody might change.
type mutable interface {
	DetectMutations()
	CheckMutations() error
}

// run starts an informer in a bubble and waits until nothing moves. stop ends
// it, and fails the test unless Run then returns nil at once, and no cached
// object was changed.
func run(t *testing.T, inf runner) (stop func()) {
	t.Helper()
	shared, _ := inf.(mutable) // a group is not
	if shared != nil {
		shared.DetectMutations()
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- inf.Run(ctx) }()
	synctest.Wait()
	return sync.OnceFunc(func() {
		t.Helper()
		cancel()
		synctest.Wait()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		default:
			t.Error("Run has not returned though its context has ended")
		}
		if shared != nil {
			if err := shared.CheckMutations(); err != nil {
				t.Error(err)
			}
		}
	})
}

// runOutside starts an informer outside of a bubble. stop ends it.
func runOutside[T any](t *testing.T, inf *informer.Informer[T]) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- inf.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// recorder is a handler that notes its calls as text.
type recorder struct {
	mu    sync.Mutex
	calls []string
}

func (r *recorder) HandleAdd(w *Widget, initial bool) {
	if initial {
		r.note("initial " + w.String())
		return
	}
	r.note("add " + w.String())
}

func (r *recorder) HandleUpdate(old, w *Widget) {
	r.note(fmt.Sprintf("update %s %d→%d", keyOf(w), old.Size, w.Size))
}

func (r *recorder) HandleDelete(last *Widget, final bool) {
	if final {
		r.note("delete " + last.String())
		return
	}
	r.note("gone " + last.String())
}

func (r *recorder) note(call string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
}

// take returns the calls since the last take.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

// registrar is an informer or a handle.
type registrar[T any] interface {
	AddHandlerWithOptions(handler informer.Handler[T], options informer.HandlerOptions[T]) (*informer.Registration, error)
}

func addHandler[T any](t *testing.T, inf registrar[T], handler informer.Handler[T], options informer.HandlerOptions[T]) *informer.Registration {
	t.Helper()
	registration, err := inf.AddHandlerWithOptions(handler, options)
	if err != nil {
		t.Fatal(err)
	}
	return registration
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
