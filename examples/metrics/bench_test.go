// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// What a scrape costs: reading the informers, without the registry that sorts and
// writes what was read.
func BenchmarkCollect(b *testing.B) {
	for _, count := range []int{1, 100} {
		b.Run(fmt.Sprintf("informers=%d", count), func(b *testing.B) {
			server := newServer()
			collector := metrics.NewCollector(metrics.Options{})
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error)
			for i := range count {
				inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
				for range 3 {
					if _, err := inf.AddHandler(informer.HandlerFuncs[*corev1.Pod]{}); err != nil {
						b.Fatal(err)
					}
				}
				go func() { ended <- inf.Run(ctx) }()
				if err := inf.WaitForSync(ctx); err != nil {
					b.Fatal(err)
				}
				collector.Add(fmt.Sprint(i), inf)
			}
			into := make(chan prometheus.Metric, 100*count)
			for b.Loop() {
				collector.Collect(into)
				for len(into) > 0 {
					<-into
				}
			}
			cancel()
			for range count {
				if err := <-ended; err != nil {
					b.Error(err)
				}
			}
		})
	}
}
