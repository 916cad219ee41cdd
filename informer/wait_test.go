// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// answers is a source with the same answer to everything: so many items, and
// then err, or silence if there is none.
type answers struct {
	items     []store.Item[*Widget]
	err       error
	streaming bool
}

func (a answers) List(ctx context.Context, _ listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	for _, item := range a.items {
		each(item, nil)
	}
	if a.err == nil {
		<-ctx.Done()
		return listwatch.Page{}, ctx.Err()
	}
	return listwatch.Page{}, a.err
}

func (a answers) Watch(ctx context.Context, _ listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		if !a.streaming {
			yield(listwatch.Event[*Widget]{}, listwatch.ErrNoInitialEvents)
			return
		}
		for _, item := range a.items {
			if !yield(listwatch.Event[*Widget]{Type: listwatch.Added, Item: item}, nil) {
				return
			}
		}
		err := a.err
		if err == nil {
			<-ctx.Done()
			err = ctx.Err()
		}
		yield(listwatch.Event[*Widget]{}, err)
	}
}

func TestG22_WaitForSyncSaysWhyItDidNotHappen(t *testing.T) {
	widgets := schema.GroupResource{Resource: "widgets"}
	two := []store.Item[*Widget]{itemOf(at(widget("a", 1), "1")), itemOf(at(widget("b", 2), "2"))}
	for name, test := range map[string]struct {
		source answers
		want   []string // in the text
		is     func(error) bool
	}{
		"forbidden":                    {answers{err: apierrors.NewForbidden(widgets, "", errors.New("no rights"))}, []string{"tries have failed", "no rights", "verbs list and watch"}, apierrors.IsForbidden},
		"unauthorized":                 {answers{err: apierrors.NewUnauthorized("who are you")}, []string{"who are you", "credentials"}, apierrors.IsUnauthorized},
		"unknown resource":             {answers{err: apierrors.NewGenericServerResponse(404, "list", widgets, "", "", 0, true)}, []string{"could not find the requested resource", "installed"}, apierrors.IsNotFound},
		"server down":                  {answers{err: syscall.ECONNREFUSED}, []string{"connection refused", "is the server up"}, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		"no answer to a list":          {answers{}, []string{"no answer for 10s"}, nil},
		"half a list":                  {answers{items: two}, []string{"2 objects in 10s"}, nil},
		"no answer to a stream":        {answers{streaming: true}, []string{"a streaming list has brought nothing in 10s"}, nil},
		"no end of the initial events": {answers{items: two, streaming: true}, []string{"has brought 2 objects in 10s, and not the bookmark that ends it"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inf := informer.New(listwatch.ListWatcher[*Widget](test.source), informer.Options{Backoff: time.Second, MaxBackoff: time.Second, OnError: func(error) {}})
				stop := run(t, inf)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				err := inf.WaitForSync(ctx)
				var notSynced *informer.NotSyncedError
				if !errors.As(err, &notSynced) || !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("WaitForSync = %v, want a NotSyncedError and the deadline", err)
				}
				if test.is != nil && !test.is(err) {
					t.Errorf("the error of the source cannot be seen in %v", err)
				}
				for _, want := range test.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("WaitForSync = %v\nwant it to say %q", err, want)
					}
				}
				stop()
			})
		})
	}
}

func TestG22_BeforeRunWaitForSyncSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newServer(t), informer.Options{})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBroken)
		defer cancel()
		err := inf.WaitForSync(ctx)
		if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "Run has not been called") {
			t.Errorf("WaitForSync = %v, want the cause of the context, and that Run has not been called", err)
		}
	})
}

func TestG22_WaitForSyncNamesTheHandlerThatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b", "c")
		inf := informer.New(s, informer.Options{})
		hold := make(chan struct{})
		handler := informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}
		addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Name: "slow"})
		stop := run(t, inf)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := inf.WaitForSync(ctx)
		if want := `handler "slow", which has 3 initial adds to go`; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("WaitForSync = %v, want it to say %s", err, want)
		}
		close(hold)
		if err := inf.WaitForSync(t.Context()); err != nil {
			t.Errorf("WaitForSync = %v once the handler goes on", err)
		}
		stop()
	})
}

func TestG22_AnInformerThatStoppedSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(listwatch.ListWatcher[*Widget](answers{}), informer.Options{})
		run(t, inf)()
		if err := inf.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync = %v, want ErrStopped", err)
		}
	})
}
