// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// All informers of a group, those that are acquired later included.
func ExampleCollector_AddGroup() {
	group := informer.NewGroup(informer.GroupOptions{})
	collector := metrics.NewCollector(metrics.Options{})
	collector.AddGroup(group)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector)
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

func Example() {
	source := fake.NewSource[*corev1.Pod](fake.Options{})
	inf := informer.New(source, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()

	collector := metrics.NewCollector(metrics.Options{})
	remove := collector.Add("", inf)
	defer remove()
	registry := prometheus.NewRegistry() // served by promhttp.HandlerFor
	if err := registry.Register(collector); err != nil {
		fmt.Println(err)
	}

	// Whoever reads his own write says how long that takes.
	created, err := source.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
	if err != nil {
		fmt.Println(err)
	}
	err = collector.ObserveWait(ctx, "after a create", func(ctx context.Context) error {
		return informer.WaitForObject(ctx, inf, created)
	})
	if err != nil {
		fmt.Println(err)
	}

	scraped, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
	}
	for _, family := range scraped {
		switch metric := family.GetMetric()[0]; family.GetName() {
		case "typedinformer_cache_objects", "typedinformer_cache_synced":
			fmt.Println(family.GetName(), metric.GetGauge().GetValue())
		case "typedinformer_wait_for_version_seconds":
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetName()+"="+label.GetValue())
			}
			fmt.Println(family.GetName(), metric.GetHistogram().GetSampleCount(), strings.Join(labels, " "))
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// typedinformer_cache_objects 1
	// typedinformer_cache_synced 1
	// typedinformer_wait_for_version_seconds 1 result=reached waiter=after a create
	// <nil>
}
