// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"iter"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/internal/bench/views"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// BenchmarkView measures views of ours. What they are compared with is in the
// module krt.
func BenchmarkView(b *testing.B) {
	n := *objects / 10
	b.Run("map", only(func(b *testing.B) { views.Stream(b, n, views.Addresses(n), startMap) }))
	b.Run("chain", only(func(b *testing.B) { views.Stream(b, n, views.Loads(n), startChain) }))
	b.Run("single", only(func(b *testing.B) { views.Single(b, n, views.Loads(n), startChain) }))
	b.Run("get", only(func(b *testing.B) { readView(b, views.Get) }))
	b.Run("all", only(func(b *testing.B) { readView(b, views.All) }))
	b.Run("by-node", only(func(b *testing.B) { readView(b, views.ByNode) }))
}

// only is a benchmark of ours alone.
func only(benchmark func(*testing.B)) func(*testing.B) {
	return func(b *testing.B) { b.Run(ours, benchmark) }
}

func startMap(tb testing.TB, listed []*corev1.Pod, _ []*corev1.Service, heard func(generations, pods int64)) (func([]*corev1.Pod), func()) {
	s := newScript(listed)
	pods := informer.New(typedSource{s}, informer.Options{})
	addresses := mapped(pods)
	listen(tb, addresses, func(a views.Address) { heard(a.Generation, 1) })
	return s.send, runAll(tb, pods.Run, addresses.Run)
}

func mapped(pods *informer.Informer[*corev1.Pod]) *informer.Informer[views.Address] {
	return informer.Map(pods, func(pod *corev1.Pod) (views.Address, error) { return views.AddressOf(pod), nil },
		informer.ViewOptions[views.Address]{Equal: views.Same[views.Address]})
}

func startChain(tb testing.TB, listed []*corev1.Pod, listedServices []*corev1.Service, heard func(generations, pods int64)) (func([]*corev1.Pod), func()) {
	s := newScript(listed)
	pods := informer.New(typedSource{s}, informer.Options{})
	services := informer.New(servicesSource(listedServices), informer.Options{})
	endpoints := informer.Join(
		informer.By(services, func(service *corev1.Service) (string, bool) { return views.SelectedApp(service), true }),
		informer.By(pods, func(pod *corev1.Pod) (string, bool) { return views.App(pod), true }),
		func(service *corev1.Service, pods iter.Seq[*corev1.Pod]) (views.Endpoints, error) {
			return views.EndpointsOf(service, pods), nil
		}, informer.ViewOptions[views.Endpoints]{Equal: views.Same[views.Endpoints]})
	loads := informer.GroupBy(
		informer.By(endpoints, func(e views.Endpoints) (store.Key, bool) { return store.Key{Name: e.Namespace}, true }),
		func(namespace store.Key, all iter.Seq[views.Endpoints]) (views.Load, error) {
			return views.LoadOf(namespace.Name, all), nil
		}, informer.ViewOptions[views.Load]{Equal: views.Same[views.Load]})
	listen(tb, loads, func(l views.Load) { heard(l.Generations, l.Pods) })
	return s.send, runAll(tb, pods.Run, services.Run, endpoints.Run, loads.Run)
}

// servicesSource has services that do not change.
func servicesSource(listed []*corev1.Service) listwatch.ListWatcher[*corev1.Service] {
	return listwatch.FromFuncs(store.FromMeta[*corev1.Service],
		func(context.Context, listwatch.ListOptions) ([]*corev1.Service, listwatch.Page, error) {
			return listed, listwatch.Page{Version: "1"}, nil
		},
		func(ctx context.Context, _ listwatch.WatchOptions, _ func(listwatch.EventType, *corev1.Service) bool) error {
			<-ctx.Done()
			return nil
		})
}

// listen has heard called for each result that is new.
func listen[T any](tb testing.TB, view *informer.Informer[T], heard func(T)) {
	_, err := view.AddHandler(informer.HandlerFuncs[T]{
		OnAdd:    func(object T, _ bool) { heard(object) },
		OnUpdate: func(_, object T) { heard(object) },
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func runAll(tb testing.TB, all ...func(context.Context) error) (stop func()) {
	stops := make([]func(), len(all))
	for i, each := range all {
		stops[i] = run(tb, each)
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// readView measures reading the addresses of all pods.
func readView(b *testing.B, measure func(*testing.B, []*corev1.Pod, views.Reader)) {
	listed := views.Pods(*objects)
	pods := informer.New(typedSource{newScript(listed)}, informer.Options{})
	addresses := mapped(pods)
	byNode, err := index.Add(addresses.Indexer(), "node", func(a views.Address) (string, bool) { return a.Node, true })
	if err != nil {
		b.Fatal(err)
	}
	defer runAll(b, pods.Run, addresses.Run)()
	if err := addresses.WaitForSync(b.Context()); err != nil {
		b.Fatal(err)
	}
	keys := make([]store.Key, len(listed))
	for i, pod := range listed {
		keys[i] = store.Key{Namespace: pod.Namespace, Name: pod.Name}
	}
	measure(b, listed, views.Reader{
		Get: func(i int) bool {
			_, found := addresses.Reader().Get(keys[i])
			return found
		},
		All: func() (visited int) {
			for range addresses.Reader().All() {
				visited++
			}
			return visited
		},
		ByNode: func(node string) (seen int) {
			for range byNode.Get(node) {
				seen++
			}
			return seen
		},
	})
}
