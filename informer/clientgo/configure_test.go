// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// troubles are errors that were reported.
type troubles struct {
	mu  sync.Mutex
	all []error
}

func (t *troubles) report(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, err)
}

// take returns the errors since the last take, once nothing moves.
func (t *troubles) take() []error {
	synctest.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.all
	t.all = nil
	return all
}

// doubled is a transform. It cannot take the state "odd".
func doubled(object any) (any, error) {
	w := object.(*Widget).DeepCopy()
	if w.Annotations["rev"] == "odd" {
		return nil, errors.New("that is odd")
	}
	w.Annotations["rev"] += w.Annotations["rev"]
	return w, nil
}

func TestSetTransform(t *testing.T) {
	for name, c := range map[string]struct {
		transforms []cache.TransformFunc
		want       []string // in the cache
		failures   int
	}{
		"none":       {nil, []string{"a/odd@odd", "a/one@1"}, 0},
		"one":        {[]cache.TransformFunc{doubled}, []string{"a/one@11"}, 1},
		"the last":   {[]cache.TransformFunc{wrongType, doubled}, []string{"a/one@11"}, 1},
		"taken away": {[]cache.TransformFunc{doubled, nil}, []string{"a/odd@odd", "a/one@1"}, 0},
		"wrong type": {[]cache.TransformFunc{wrongType}, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t, "a/one")
				server.create("a/odd", "odd")
				var reported troubles
				inf := clientgo.Shared(informer.New(server.source(), informer.Options{OnError: reported.report}))
				for _, transform := range c.transforms {
					if err := inf.SetTransform(transform); err != nil {
						t.Fatal(err)
					}
				}
				defer run(t, inf)()
				wantEqual(t, "what is cached", c.want, texts(inf.GetStore().List()))
				if failures := reported.take(); len(failures) != c.failures {
					t.Errorf("reported: %v; want %d", failures, c.failures)
				}
				wantError(t, inf.SetTransform(doubled), "widgets", "SetTransform", "Run has been called")
			})
		})
	}
}

func wrongType(any) (any, error) { return "a text", nil }

func TestTransformOfTheWrongTypeIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported troubles
		inf := clientgo.Shared(informer.New(newServer(t, "a/one").source(), informer.Options{OnError: reported.report}))
		if err := inf.SetTransform(wrongType); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		for _, err := range reported.take() {
			wantError(t, err, "a/one", "has made string of *v1.PartialObjectMetadata")
		}
	})
}

// A handler of watch errors is told of lists and watches, with a reflector that
// client-go's default handler can use, and OnError of everything else.
func TestWatchErrorHandler(t *testing.T) {
	for name, set := range map[string]func(cache.SharedIndexInformer, func(*cache.Reflector, error)) error{
		"without a context": func(inf cache.SharedIndexInformer, told func(*cache.Reflector, error)) error {
			return inf.SetWatchErrorHandler(told)
		},
		"with a context": func(inf cache.SharedIndexInformer, told func(*cache.Reflector, error)) error {
			return inf.SetWatchErrorHandlerWithContext(func(ctx context.Context, r *cache.Reflector, err error) {
				told(r, err)
				if ctx.Value(contextKey{}) != "of Run" {
					told(r, errors.New("this is not the context of Run"))
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var reflector *cache.Reflector
			var all []error
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				var reported, told troubles
				inf := clientgo.Shared(informer.New(server.source(), informer.Options{OnError: reported.report}))
				err := set(inf, func(r *cache.Reflector, err error) {
					reflector = r
					told.report(err)
				})
				if err != nil {
					t.Fatal(err)
				}
				addHandler(t, inf, cache.ResourceEventHandlerFuncs{AddFunc: func(any) { panic("a handler that panics") }})
				server.api.Play(fake.Script{Rules: []fake.Rule{
					{To: 1, Fault: fake.Fault{Status: http.StatusForbidden}},
					{Verb: "stream", To: 2, Fault: fake.Fault{DropAtInitialEventsEnd: true}},
				}})
				defer start(t, func(ctx context.Context) { inf.RunWithContext(context.WithValue(ctx, contextKey{}, "of Run")) })()
				time.Sleep(time.Minute)
				server.create("a/one", "1")
				all = told.take()
				var panicked *informer.PanicError
				if rest := reported.take(); len(rest) != 1 || !errors.As(rest[0], &panicked) {
					t.Errorf("OnError was told of %v, want the panic", rest)
				}
				wantError(t, set(inf, nil), "widgets", "Run has been called")
			})
			if len(all) < 2 {
				t.Errorf("the handler was told of %v alone", all)
			}
			for _, err := range all {
				var broken *informer.StreamError
				if !apierrors.IsForbidden(err) && !errors.As(err, &broken) {
					t.Errorf("told of %v", err)
				}
				// It sleeps by a clock that all of a process share, so outside of the bubble.
				cache.DefaultWatchErrorHandler(t.Context(), reflector, err)
			}
		})
	}
}

type contextKey struct{}

// Nil takes the handler away, in both forms.
func TestNilWatchErrorHandler(t *testing.T) {
	for name, unset := range map[string]func(cache.SharedIndexInformer) error{
		"without a context": func(inf cache.SharedIndexInformer) error { return inf.SetWatchErrorHandler(nil) },
		"with a context":    func(inf cache.SharedIndexInformer) error { return inf.SetWatchErrorHandlerWithContext(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				var reported troubles
				inf := clientgo.Shared(informer.New(server.source(), informer.Options{OnError: reported.report}))
				if err := inf.SetWatchErrorHandler(func(*cache.Reflector, error) { t.Error("it was taken away") }); err != nil {
					t.Fatal(err)
				}
				if err := unset(inf); err != nil {
					t.Fatal(err)
				}
				server.play(fake.Fault{Refuse: true})
				defer run(t, inf)()
				if len(reported.take()) == 0 {
					t.Error("OnError was told of nothing")
				}
			})
		})
	}
}
