// SPDX-License-Identifier: Apache-2.0

// Package krt measures istio's krt beside the views of this library, whose
// measurements are BenchmarkView in internal/bench:
//
//	go -C internal/bench run . -krt -only view
package krt

import (
	"slices"
	"testing"

	"istio.io/istio/pkg/kube/krt"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/internal/bench/views"
)

// The size of the measurements of ours.
const (
	viewed = 10_000
	read   = 100_000
)

// BenchmarkView measures the same as that of internal/bench, with the same
// functions. krt is fed by its static collections: what an informer does before a
// view comes in is part of the measurements of ours, and not of these.
func BenchmarkView(b *testing.B) {
	b.Run("map/krt", func(b *testing.B) { views.Stream(b, viewed, views.Addresses(viewed), startMap) })
	b.Run("chain/krt", func(b *testing.B) { views.Stream(b, viewed, views.Loads(viewed), startChain) })
	b.Run("single/krt", func(b *testing.B) { views.Single(b, viewed, views.Loads(viewed), startChain) })
	b.Run("get/krt", func(b *testing.B) { readView(b, views.Get) })
	b.Run("all/krt", func(b *testing.B) { readView(b, views.All) })
	b.Run("by-node/krt", func(b *testing.B) { readView(b, views.ByNode) })
}

func startMap(_ testing.TB, listed []*corev1.Pod, _ []*corev1.Service, heard func(generations, pods int64)) (func([]*corev1.Pod), func()) {
	ended := make(chan struct{})
	pods := krt.NewStaticCollection(nil, listed, krt.WithStop(ended), krt.WithName("pods"))
	addresses := mapped(pods, ended)
	listen(addresses, func(a views.Address) { heard(a.Generation, 1) })
	return sendTo(pods), func() { close(ended) }
}

func mapped(pods krt.Collection[*corev1.Pod], ended chan struct{}) krt.Collection[views.Address] {
	return krt.NewCollection(pods, func(_ krt.HandlerContext, pod *corev1.Pod) *views.Address {
		address := views.AddressOf(pod)
		return &address
	}, krt.WithStop(ended), krt.WithName("addresses"))
}

func startChain(_ testing.TB, listed []*corev1.Pod, listedServices []*corev1.Service, heard func(generations, pods int64)) (func([]*corev1.Pod), func()) {
	ended := make(chan struct{})
	pods := krt.NewStaticCollection(nil, listed, krt.WithStop(ended), krt.WithName("pods"))
	services := krt.NewStaticCollection(nil, listedServices, krt.WithStop(ended), krt.WithName("services"))
	byApp := krt.NewIndex(pods, "app", func(pod *corev1.Pod) []string { return []string{views.App(pod)} })
	endpoints := krt.NewCollection(services, func(ctx krt.HandlerContext, service *corev1.Service) *views.Endpoints {
		result := views.EndpointsOf(service, slices.Values(byApp.Fetch(ctx, views.SelectedApp(service))))
		return &result
	}, krt.WithStop(ended), krt.WithName("endpoints"))
	byNamespace := krt.NewIndex(endpoints, "namespace", func(e views.Endpoints) []string { return []string{e.Namespace} })
	loads := krt.NewCollection(byNamespace.AsCollection(krt.WithStop(ended)), func(_ krt.HandlerContext, group krt.IndexObject[string, views.Endpoints]) *views.Load {
		result := views.LoadOf(group.Key, slices.Values(group.Objects))
		return &result
	}, krt.WithStop(ended), krt.WithName("loads"))
	listen(loads, func(l views.Load) { heard(l.Generations, l.Pods) })
	return sendTo(pods), func() { close(ended) }
}

// sendTo changes pods one at a time, as they come from a watch.
func sendTo(pods krt.StaticCollection[*corev1.Pod]) func([]*corev1.Pod) {
	return func(changed []*corev1.Pod) {
		for _, pod := range changed {
			pods.UpdateObject(pod)
		}
	}
}

// listen has heard called for each result that is new.
func listen[T any](view krt.Collection[T], heard func(T)) {
	view.Register(func(event krt.Event[T]) {
		if event.New != nil {
			heard(*event.New)
		}
	})
}

func readView(b *testing.B, measure func(*testing.B, []*corev1.Pod, views.Reader)) {
	ended := make(chan struct{})
	defer close(ended)
	listed := views.Pods(read)
	pods := krt.NewStaticCollection(nil, listed, krt.WithStop(ended), krt.WithName("pods"))
	addresses := mapped(pods, ended)
	byNode := krt.NewIndex(addresses, "node", func(a views.Address) []string { return []string{a.Node} })
	if !addresses.WaitUntilSynced(b.Context().Done()) {
		b.Fatal("the view has not synced")
	}
	keys := make([]string, len(listed))
	for i, pod := range listed {
		keys[i] = krt.GetKey(pod)
	}
	measure(b, listed, views.Reader{
		Get:    func(i int) bool { return addresses.GetKey(keys[i]) != nil },
		All:    func() int { return visit(addresses.List()) },
		ByNode: func(node string) int { return visit(byNode.Lookup(node)) },
	})
}

func visit(addresses []views.Address) (visited int) {
	for range addresses {
		visited++
	}
	return visited
}
