// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// Part is a second type, of which only the metadata count.
type Part = metav1.PartialObjectMetadata

func newParts(t *testing.T, keys ...string) *fake.Source[*Part] {
	t.Helper()
	source := fake.NewSource[*Part](fake.Options{Kind: "Part"})
	for _, key := range keys {
		if _, err := source.Create(part(key)); err != nil {
			t.Fatal(err)
		}
	}
	return source
}

// part returns a part with owners.
func part(key string, owners ...metav1.OwnerReference) *Part {
	parsed := keyOf(widget(key, 0))
	return &Part{ObjectMeta: metav1.ObjectMeta{Namespace: parsed.Namespace, Name: parsed.Name, OwnerReferences: owners}}
}

// line is a queue that notes what is added, as often as it is.
type line[K comparable] struct{ keys []K }

func (l *line[K]) Add(key K) { l.keys = append(l.keys, key) }

// wantQueued looks at what has been added since it last looked.
func wantQueued[K comparable](t *testing.T, l *line[K], want ...K) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, l.keys); diff != "" {
		t.Errorf("queued: -want +got\n%s", diff)
	}
	l.keys = nil
}

func TestEnqueueQueuesTheKeyOfEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a", "node")
		inf := informer.New(s, informer.Options{})
		var queued line[store.Key]
		registration, err := informer.Enqueue(inf, &queued)
		if err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		wantQueued(t, &queued, store.Key{Name: "node"}, store.Key{Namespace: "shop", Name: "a"})
		s.update("shop/a", 2)
		s.delete("shop/a")
		s.create("b", 1)
		wantQueued(t, &queued, store.Key{Namespace: "shop", Name: "a"}, store.Key{Namespace: "shop", Name: "a"}, store.Key{Name: "b"})
		registration.Remove()
		s.delete("b")
		wantQueued(t, &queued)
	})
}

func TestEnqueueFuncQueuesWhatBothStatesLeadTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		var reported []error
		inf := informer.New(source, informer.Options{OnError: func(err error) { reported = append(reported, err) }})
		var queued line[int]
		calls := 0
		_, err := informer.EnqueueFunc(inf, &queued, func(w *Widget, add func(int)) {
			calls++
			add(w.Size)
			add(w.Size % 10)
			if w.Size == 666 {
				panic("666")
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 12), "1"), at(widget("gone", 4), "1"))
		wantQueued(t, &queued, 1, 12, 2, 4)
		source.modified(at(widget("a", 21), "2"))
		wantQueued(t, &queued, 1, 21)
		source.modified(at(widget("b", 17), "3"))
		wantQueued(t, &queued, 12, 2, 17, 7)
		source.deleted(at(widget("b", 18), "4")) // was 17
		wantQueued(t, &queued, 17, 7, 18, 8)
		source.added(at(widget("c", 666), "5")) // is reported, and does not spoil the next
		source.added(at(widget("d", 666), "6"))
		wantQueued(t, &queued, 666, 6, 666, 6)
		if len(reported) != 2 {
			t.Errorf("reported %v, want two panics", reported)
		}
		calls = 0
		source.left("gone", "7") // there is one state only
		wantQueued(t, &queued, 4)
		if calls != 1 {
			t.Errorf("%d calls for an object of one state, want 1", calls)
		}
	})
}

// resyncing is a registrar whose handlers all get resync, as a handle's may.
type resyncing struct{ *informer.Informer[*Widget] }

func (r resyncing) AddHandlerWithOptions(handler informer.Handler[*Widget], options informer.HandlerOptions[*Widget]) (*informer.Registration, error) {
	options.Resync = time.Hour
	return r.Informer.AddHandlerWithOptions(handler, options)
}

func TestResyncQueuesWhatOneStateLeadsTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newServer(t, "a"), informer.Options{})
		var queued line[int]
		calls := 0
		if _, err := informer.EnqueueFunc(resyncing{inf}, &queued, func(w *Widget, add func(int)) {
			calls++
			add(w.Size)
		}); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		time.Sleep(time.Hour)
		wantQueued(t, &queued, 1, 1)
		if calls != 2 {
			t.Errorf("%d calls, want one for each time", calls)
		}
	})
}

// One event that leads to many keys queues each once, and the next one too.
func TestEnqueueFuncOfManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var queued line[int]
		if _, err := informer.EnqueueFunc(inf, &queued, func(_ *Widget, add func(int)) {
			for key := range 1000 {
				add(key)
			}
		}); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		var want []int
		for key := range 1000 {
			want = append(want, key)
		}
		wantQueued(t, &queued, want...)
		s.update("a", 2)
		wantQueued(t, &queued, want...)
	})
}

func TestEnqueueingToNothingIsAnError(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	parts := informer.New(newParts(t), informer.Options{})
	var queued line[store.Key]
	_, nilQueue := informer.Enqueue(inf, nil)
	_, nilQueueFunc := informer.EnqueueFunc(inf, informer.Queue[int](nil), func(*Widget, func(int)) {})
	_, nilQueueOwner := informer.EnqueueController(parts, informer.Owner{Kind: "Set"}, nil)
	_, nilKeys := informer.EnqueueFunc[*Widget](inf, &queued, nil)
	_, nilKind := informer.EnqueueController(parts, informer.Owner{Group: "apps"}, &queued)
	for _, test := range []struct {
		err  error
		want string
	}{
		{nilQueue, "the queue is nil"}, {nilQueueFunc, "the queue is nil"}, {nilQueueOwner, "the queue is nil"},
		{nilKeys, "keys is nil"}, {nilKind, "has no Kind"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v does not say %q", test.err, test.want)
		}
	}
}
