// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

var pods = corev1.SchemeGroupVersion.WithResource("pods")

// quiet is for informers whose failures are the point.
var quiet = informer.Options{OnError: func(error) {}}

func newServer() *fake.APIServer {
	return fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: time.Minute}, fake.Resource[*corev1.Pod]("", "v1", "pods"))
}

// create creates pods, by "namespace/name".
func create(t *testing.T, server *fake.APIServer, keys ...string) {
	t.Helper()
	source, err := fake.SourceOf[*corev1.Pod](server, pods)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		namespace, name, _ := strings.Cut(key, "/")
		if _, err := source.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
}

// newGroup returns a group of informers of pods, which runs until the test ends.
func newGroup(t *testing.T, server *fake.APIServer) *informer.Group {
	t.Helper()
	group := informer.NewGroup(informer.GroupOptions{Options: quiet})
	informer.Provide(group, informer.Provider[*corev1.Pod]{
		Resource: pods,
		Source: func(scope informer.Scope) listwatch.ListWatcher[*corev1.Pod] {
			return fake.ListWatcher[*corev1.Pod](server, pods, fake.Scope{Namespace: scope.Namespace})
		},
	})
	run(t, group.Run)
	return group
}

func acquire(t *testing.T, group *informer.Group, scope informer.Scope) *informer.Handle[*corev1.Pod] {
	t.Helper()
	handle, err := informer.Acquire[*corev1.Pod](group, scope)
	if err != nil {
		t.Fatal(err)
	}
	return handle
}

// run runs something until the test ends, or the function it returns is called.
func run(t *testing.T, what func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- what(ctx) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil // for the next time
	}
	t.Cleanup(stop)
	return stop
}

// told is an informer that says what it is told to.
type told struct {
	stats  informer.Stats
	health informer.Health
}

func (i told) Stats() informer.Stats   { return i.stats }
func (i told) Health() informer.Health { return i.health }

// settle lets time pass, and all happen that follows.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// gather scrapes with a registry that looks closely, and returns the values of all
// series as "name{label=value,…}"; of histograms, sum and count.
func gather(t *testing.T, collector *metrics.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(collector); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, pair := range metric.GetLabel() {
				if pair.GetValue() != "" { // which is none, to Prometheus
					labels = append(labels, pair.GetName()+"="+pair.GetValue())
				}
			}
			set := func(suffix string, value float64) {
				name := strings.TrimPrefix(family.GetName(), "typedinformer_") + suffix
				values[fmt.Sprintf("%s{%s}", name, strings.Join(labels, ","))] = value
			}
			switch {
			case metric.GetGauge() != nil:
				set("", metric.GetGauge().GetValue())
			case metric.GetCounter() != nil:
				set("", metric.GetCounter().GetValue())
			default:
				set("_sum", metric.GetHistogram().GetSampleSum())
				set("_count", float64(metric.GetHistogram().GetSampleCount()))
			}
		}
	}
	return values
}

// of returns those of some families.
func of(values map[string]float64, families ...string) map[string]float64 {
	some := map[string]float64{}
	for name, value := range values {
		family, _, _ := strings.Cut(name, "{")
		if slices.Contains(families, family) {
			some[name] = value
		}
	}
	return some
}
