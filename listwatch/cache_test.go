// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/listwatch"
)

// plainCache is a ListerWatcher from before there were contexts.
type plainCache struct {
	list  runtime.Object
	watch watch.Interface
}

func (c plainCache) List(metav1.ListOptions) (runtime.Object, error)   { return c.list, nil }
func (c plainCache) Watch(metav1.ListOptions) (watch.Interface, error) { return c.watch, nil }

// noStreams says of itself that it has no streaming list.
type noStreams struct{ plainCache }

func (noStreams) IsWatchListSemanticsUnSupported() bool { return true }

func TestFromCache(t *testing.T) {
	list := &WidgetList{Items: []Widget{*widget("a", 7, 1)}}
	results := func() watch.Interface {
		return streamOf(watch.Event{Type: watch.Deleted, Object: widget("a", 8, 1)})
	}
	type contextKey struct{}
	ctx := context.WithValue(t.Context(), contextKey{}, "passed on")
	checked := func(ctx context.Context) {
		if ctx.Value(contextKey{}) == nil {
			t.Error("the context was not passed on")
		}
	}
	withContext := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
			checked(ctx)
			return list, nil
		},
		WatchFuncWithContext: func(ctx context.Context, _ metav1.ListOptions) (watch.Interface, error) {
			checked(ctx)
			return results(), nil
		},
	}
	sources := map[string]listwatch.ListWatcher[*Widget]{
		"without context":   listwatch.FromCache[*Widget](plainCache{list, results()}),
		"with context":      listwatch.FromCache[*Widget](withContext),
		"with context only": listwatch.FromCacheWithContext[*Widget](withContext),
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			items, _, err := listAll(ctx, source)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]listed[*Widget]{{Item: item(widget("a", 7, 1))}}, items); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			want := []watched[*Widget]{{Event: listwatch.Event[*Widget]{Type: listwatch.Deleted, Item: item(widget("a", 8, 1))}}}
			if diff := cmp.Diff(want, watchAll(ctx, source, listwatch.WatchOptions{})); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromCacheKnowsWhatHasNoStreamingList(t *testing.T) {
	source := listwatch.FromCache[*Widget](noStreams{})
	err := lastError(t.Context(), source, listwatch.WatchOptions{InitialEvents: true})
	if !errors.Is(err, listwatch.ErrNoInitialEvents) {
		t.Errorf("error = %v, want ErrNoInitialEvents", err)
	}
}
