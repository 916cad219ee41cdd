// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// FromCache makes a source of what client-go's informers are made of, for
// programs that have one: a [cache.ListWatch], or a type of their own. T is the
// type of its objects. All that is said at [FromClient] holds here.
//
// If lw is a [cache.ListerWatcherWithContext] too, as [cache.ListWatch] is, its
// methods with a context are used. If it is not, a list in flight cannot be
// cut short, and List returns only when lw does.
func FromCache[T metav1.Object](lw cache.ListerWatcher, options ...Options) ListWatcher[T] {
	if isNil(lw) {
		return FromCacheWithContext[T](nil, options...)
	}
	return newClientSource[T](cacheClient{cache.ToListerWatcherWithContext(lw)}, lw, options)
}

// FromCacheWithContext is [FromCache] for a type that has the methods with a
// context only.
func FromCacheWithContext[T metav1.Object](lw cache.ListerWatcherWithContext, options ...Options) ListWatcher[T] {
	return newClientSource[T](cacheClient{lw}, lw, options)
}

// cacheClient gives the methods of client-go's interface the names of a Client.
type cacheClient struct {
	lw cache.ListerWatcherWithContext
}

func (c cacheClient) List(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	return c.lw.ListWithContext(ctx, options)
}

func (c cacheClient) Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return c.lw.WatchWithContext(ctx, options)
}
