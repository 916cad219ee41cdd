// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// clientGoSource plays a script as client-go's informers want it: a list object
// and a watch over a channel. The channel has no buffer, as that of
// [watch.StreamWatcher], which all of client-go's watches come from, has none.
func clientGoSource(s *script) cache.ListerWatcher {
	return cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
			pods, version, err := s.list(ctx)
			if err != nil {
				return nil, err
			}
			return &podPointers{ListMeta: metav1.ListMeta{ResourceVersion: version}, Items: pods}, nil
		},
		WatchFuncWithContext: func(context.Context, metav1.ListOptions) (watch.Interface, error) {
			return newChannelWatch(s), nil
		},
	}, listsOnly{})
}

// listsOnly says that there is no streaming list, as typedSource does.
type listsOnly struct{}

func (listsOnly) IsWatchListSemanticsUnSupported() bool { return true }

// podPointers is a list of the same objects that the other implementation gets.
// The items of a PodList would be copied twice on the way to an informer; that
// is the decoder's business and not measured here.
type podPointers struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []*corev1.Pod
}

func (l *podPointers) DeepCopyObject() runtime.Object {
	copied := *l
	return &copied
}

type channelWatch struct {
	events  chan watch.Event
	stopped chan struct{}
	stop    sync.Once
}

func newChannelWatch(s *script) *channelWatch {
	w := &channelWatch{events: make(chan watch.Event), stopped: make(chan struct{})}
	go w.play(s) // until Stop
	return w
}

func (w *channelWatch) ResultChan() <-chan watch.Event { return w.events }
func (w *channelWatch) Stop()                          { w.stop.Do(func() { close(w.stopped) }) }

func (w *channelWatch) play(s *script) {
	defer close(w.events)
	for {
		select {
		case <-w.stopped:
			return
		case <-s.expire:
			status := apierrors.NewResourceExpired("the script says so").Status()
			w.send(watch.Event{Type: watch.Error, Object: &status})
			return
		case pods := <-s.changes:
			for _, pod := range pods {
				s.hand()
				if !w.send(watch.Event{Type: watch.Modified, Object: pod}) {
					return
				}
			}
		}
	}
}

func (w *channelWatch) send(event watch.Event) bool {
	select {
	case w.events <- event:
		return true
	case <-w.stopped:
		return false
	}
}
