// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// everything is a collector with a series of every family.
func everything(t *testing.T) *metrics.Collector {
	server := newServer()
	create(t, server, "shop/web-0", "shop/web-1", "bank/db-0")
	group := newGroup(t, server)
	acquire(t, group, informer.Scope{})
	acquire(t, group, informer.Scope{Namespace: "shop", LabelSelector: "app=web"})
	namespaces := &informer.NameSet{}
	if err := namespaces.Add("bank", "shop"); err != nil {
		t.Fatal(err)
	}
	set := acquire(t, group, informer.Scope{Namespaces: namespaces})
	if _, err := set.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{}, informer.HandlerOptions[*corev1.Pod]{Name: "audit"}); err != nil {
		t.Fatal(err)
	}
	alone := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
	run(t, alone.Run)

	collector := metrics.NewCollector(metrics.Options{Parts: true})
	collector.AddGroup(group)
	collector.AddGroup(group) // which changes nothing
	collector.Add("alone", alone)
	collector.Add("told", told{
		informer.Stats{Resource: "pods", Source: informer.SourceStats{Lists: 4, Relists: 3}},
		informer.Health{SourceHealth: informer.SourceHealth{Relists: map[informer.Cause]int{"expired": 2, "went back": 1}}},
	})
	settle(42 * time.Second)
	if err := collector.ObserveWait(t.Context(), "test", func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	return collector
}

// The whole text of a scrape, in testdata/scrape.txt; UPDATE_SCRAPE=1 writes it.
func TestScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		collector := everything(t)
		if os.Getenv("UPDATE_SCRAPE") != "" {
			registry := prometheus.NewPedanticRegistry()
			registry.MustRegister(collector)
			if err := prometheus.WriteToTextfile("testdata/scrape.txt", registry); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.Open("testdata/scrape.txt")
		if err != nil {
			t.Fatal(err)
		}
		defer want.Close()
		if err := testutil.CollectAndCompare(collector, want); err != nil {
			t.Error(err)
		}
	})
}

func TestNamesAreThoseOfPrometheus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		problems, err := testutil.CollectAndLint(everything(t))
		if err != nil || len(problems) > 0 {
			t.Errorf("%v, error %v", problems, err)
		}
	})
}

// A server that is away, forbids, and has forgotten what was: each shows where the
// alerts look.
func TestABadDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
		create(t, server, "shop/web-0")
		inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
		run(t, inf.Run)
		collector := metrics.NewCollector(metrics.Options{})
		collector.Add("", inf)

		settle(time.Minute)
		got := gather(t, collector)
		if got["source_failures{resource=pods}"] < 3 || got["source_errors_total{resource=pods}"] < 3 {
			t.Errorf("forbidden for a minute, and it says %v", of(got, "source_failures", "source_errors_total"))
		}
		delete(got, "source_failures{resource=pods}")
		want := map[string]float64{"cache_objects{resource=pods}": 0, "cache_synced{resource=pods}": 0}
		if diff := cmp.Diff(want, of(got, "cache_objects", "cache_synced", "cache_staleness_seconds", "cache_resource_version")); diff != "" {
			t.Errorf("before the first list (-want +got):\n%s", diff)
		}
		if got["source_phase{phase=wait,resource=pods}"] != 1 || got["source_phase{phase=watch,resource=pods}"] != 0 {
			t.Errorf("it waits to try again, and says %v", of(got, "source_phase"))
		}

		server.Play(fake.Script{}) // it heals
		settle(10 * time.Minute)
		// From here on a watch breaks off, is refused, and finds that its version has
		// expired when it is let in again.
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", To: 1, Fault: fake.Fault{Compact: true, Status: 410}}}})
		settle(10 * time.Minute)
		got = gather(t, collector)
		want = map[string]float64{
			"cache_objects{resource=pods}":                      1,
			"cache_synced{resource=pods}":                       1,
			"cache_resource_version{resource=pods}":             2,
			"source_failures{resource=pods}":                    0,
			"source_lists_total{resource=pods}":                 2,
			"source_relists_total{cause=expired,resource=pods}": 1,
		}
		if diff := cmp.Diff(want, of(got, "cache_objects", "cache_synced", "cache_resource_version", "source_failures", "source_lists_total", "source_relists_total")); diff != "" {
			t.Errorf("after it (-want +got):\n%s", diff)
		}
		if stale := got["cache_staleness_seconds{resource=pods}"]; stale > 120 { // a watch may end before its first bookmark
			t.Errorf("all is well, and the cache is %v s old", stale)
		}

		server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Refuse: true}}}})
		settle(time.Hour)
		if stale := gather(t, collector)["cache_staleness_seconds{resource=pods}"]; stale < 2700 || stale > 3700 {
			t.Errorf("after an hour without the server, the cache is %v s old", stale)
		}
	})
}

func TestHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0", "shop/web-1")
		inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
		never := make(chan struct{})
		add := func(name string, onAdd func(*corev1.Pod, bool)) {
			handler := informer.HandlerFuncs[*corev1.Pod]{OnAdd: onAdd}
			if _, err := inf.AddHandlerWithOptions(handler, informer.HandlerOptions[*corev1.Pod]{Name: name, Backlog: informer.Coalesce(1)}); err != nil {
				t.Fatal(err)
			}
		}
		add("quick", nil)
		add("panics", func(*corev1.Pod, bool) { panic("as it does") })
		add("twice", nil)
		add("twice", func(*corev1.Pod, bool) { <-never })
		stop := run(t, inf.Run)
		defer stop()
		defer close(never)
		collector := metrics.NewCollector(metrics.Options{})
		collector.Add("", inf)
		settle(time.Second)
		create(t, server, "shop/web-2", "shop/web-3", "shop/web-4")
		settle(41 * time.Second)

		want := map[string]float64{
			"handler_synced{handler=quick,resource=pods}":          1,
			"handler_events_total{handler=quick,resource=pods}":    5,
			"handler_backlog_changes{handler=quick,resource=pods}": 0,
			"handler_lag_seconds{handler=quick,resource=pods}":     0,
			"handler_coalesced_total{handler=quick,resource=pods}": 0,
			"handler_panics_total{handler=quick,resource=pods}":    0,

			"handler_synced{handler=panics,resource=pods}":          1,
			"handler_events_total{handler=panics,resource=pods}":    5,
			"handler_backlog_changes{handler=panics,resource=pods}": 0,
			"handler_lag_seconds{handler=panics,resource=pods}":     0,
			"handler_coalesced_total{handler=panics,resource=pods}": 0,
			"handler_panics_total{handler=panics,resource=pods}":    5,

			"handler_synced{handler=twice,resource=pods}":          0,
			"handler_events_total{handler=twice,resource=pods}":    5,
			"handler_backlog_changes{handler=twice,resource=pods}": 5,
			"handler_lag_seconds{handler=twice,resource=pods}":     42,
			"handler_coalesced_total{handler=twice,resource=pods}": 0,
			"handler_panics_total{handler=twice,resource=pods}":    0,
		}
		got := of(gather(t, collector), "handler_synced", "handler_events_total", "handler_backlog_changes", "handler_lag_seconds", "handler_coalesced_total", "handler_panics_total")
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Of two handlers of a name, and of two namespaces that were listed again, one
// leaves and takes its counts along; the counters stay where they were.
func TestCountersDoNotGoBack(t *testing.T) {
	handlers := func(delivered ...uint64) (all []informer.HandlerStats) {
		for _, events := range delivered {
			all = append(all, informer.HandlerStats{Name: "queue", Delivered: events})
		}
		return all
	}
	parts := func(relists ...int) (all []informer.PartHealth) {
		for _, expired := range relists {
			all = append(all, informer.PartHealth{SourceHealth: informer.SourceHealth{Relists: map[informer.Cause]int{"expired": expired}}})
		}
		return all
	}
	pods := &told{stats: informer.Stats{Resource: "pods", Source: informer.SourceStats{Relists: 3}}}
	collector := metrics.NewCollector(metrics.Options{})
	collector.Add("", pods)
	for _, step := range []struct {
		handlers        []informer.HandlerStats
		parts           []informer.PartHealth
		events, relists float64
	}{
		{handlers(5, 3), parts(1, 2), 8, 3},
		{handlers(5), parts(1), 8, 3},
		{handlers(6), parts(2), 9, 4},
		{handlers(6, 1), parts(2, 1), 10, 5},
	} {
		pods.stats.Handlers, pods.health.Parts = step.handlers, step.parts
		want := map[string]float64{
			"handler_events_total{handler=queue,resource=pods}": step.events,
			"source_relists_total{cause=expired,resource=pods}": step.relists,
		}
		if diff := cmp.Diff(want, of(gather(t, collector), "handler_events_total", "source_relists_total")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestCountersOfASetOutliveItsNamespaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0", "bank/db-0", "mail/mx-0")
		namespaces := &informer.NameSet{}
		if err := namespaces.Add("bank", "mail", "shop"); err != nil {
			t.Fatal(err)
		}
		group := newGroup(t, server)
		handle := acquire(t, group, informer.Scope{Namespaces: namespaces})
		collector := metrics.NewCollector(metrics.Options{})
		collector.AddGroup(group)
		lists := "source_lists_total{resource=pods,scope=in a set of namespaces}"
		settle(time.Second)
		if got := gather(t, collector)[lists]; got != 3 {
			t.Fatalf("%v lists of 3 namespaces", got)
		}
		namespaces.Remove("bank", "mail")
		settle(time.Second)
		if got := gather(t, collector)[lists]; got != 3 {
			t.Errorf("%v lists counted after 2 namespaces were removed", got)
		}
		if err := namespaces.Add("mail"); err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		if got := gather(t, collector)[lists]; got != 4 {
			t.Errorf("%v lists counted after one was added again, want 4", got)
		}
		// An informer that is new begins anew.
		handle.Release()
		<-handle.Done()
		if got := of(gather(t, collector), "source_lists_total"); len(got) != 0 {
			t.Errorf("it was released, and there is %v", got)
		}
		acquire(t, group, informer.Scope{Namespaces: namespaces})
		settle(time.Second)
		if got := gather(t, collector)[lists]; got != 2 {
			t.Errorf("%v lists counted of a new informer of 2 namespaces", got)
		}
	})
}

// The health of a set is that of the namespace that fails most, which need not be
// the one whose cache is oldest, nor the one that was listed most.
func TestOfASetTheWorstOfEach(t *testing.T) {
	part := func(name string, silent time.Duration, relists int) informer.PartHealth {
		source := informer.SourceHealth{LastContact: time.Now(), Relists: map[informer.Cause]int{"expired": relists}}
		return informer.PartHealth{Name: name, SourceHealth: source, Staleness: silent}
	}
	bank, shop := part("bank", time.Minute, 1), part("shop", time.Hour, 2)
	collector := metrics.NewCollector(metrics.Options{})
	collector.Add("", told{
		informer.Stats{Resource: "pods", Source: informer.SourceStats{Relists: 3}},
		informer.Health{SourceHealth: bank.SourceHealth, Staleness: bank.Staleness, Parts: []informer.PartHealth{bank, shop}},
	})
	want := map[string]float64{
		"cache_staleness_seconds{resource=pods}":            3600,
		"source_relists_total{cause=expired,resource=pods}": 3,
	}
	if diff := cmp.Diff(want, of(gather(t, collector), "cache_staleness_seconds", "source_relists_total", "part_objects")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The view is as well as its input, whose relists are not its own.
func TestAViewListsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0")
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", To: 1, Fault: fake.Fault{Status: 410}}}})
		inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
		view := informer.Filter(inf, func(*corev1.Pod) bool { return true }, informer.ViewOptions[*corev1.Pod]{})
		run(t, inf.Run)
		run(t, view.Run)
		collector := metrics.NewCollector(metrics.Options{Parts: true})
		collector.Add("all", inf)
		collector.Add("view", view)
		settle(15 * time.Minute)
		want := map[string]float64{
			"cache_objects{resource=pods,scope=all}":                      1,
			"cache_objects{resource=pods,scope=view}":                     1,
			"source_lists_total{resource=pods,scope=all}":                 2,
			"source_lists_total{resource=pods,scope=view}":                0,
			"source_relists_total{cause=expired,resource=pods,scope=all}": 1,
		}
		if diff := cmp.Diff(want, of(gather(t, collector), "cache_objects", "source_lists_total", "source_relists_total")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestQuarantine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0", "shop/web-1")
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "stream", Fault: fake.Fault{Broken: 2}}}})
		inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
		run(t, inf.Run)
		collector := metrics.NewCollector(metrics.Options{})
		collector.Add("", inf)
		settle(time.Minute)
		want := map[string]float64{"cache_objects{resource=pods}": 1, "cache_quarantined_objects{resource=pods}": 1}
		if diff := cmp.Diff(want, of(gather(t, collector), "cache_objects", "cache_quarantined_objects")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if _, quarantined := inf.Quarantined(store.Key{Namespace: "shop", Name: "web-1"}); !quarantined {
			t.Error("shop/web-1 is not in quarantine")
		}
	})
}

// Informers come and go while several scrape: each scrape is whole.
func TestScrapesWhileInformersComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0", "bank/db-0")
		group := newGroup(t, server)
		collector := metrics.NewCollector(metrics.Options{Parts: true})
		collector.AddGroup(group)
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(collector)

		const rounds = 30
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				for range rounds {
					if _, err := registry.Gather(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for _, scope := range []informer.Scope{{}, {Namespace: "shop"}, {Namespaces: &informer.NameSet{}}, {Namespaces: &informer.NameSet{}}} {
			all.Go(func() {
				for range rounds {
					handle := acquire(t, group, scope)
					if scope.Namespaces != nil {
						scope.Namespaces.Remove("bank")
						_ = scope.Namespaces.Add("shop", "bank") // good names
					}
					if _, err := handle.AddHandler(informer.HandlerFuncs[*corev1.Pod]{}); err != nil {
						t.Error(err)
					}
					remove := collector.Add("by itself", handle)
					if err := handle.WaitForSync(t.Context()); err != nil {
						t.Error(err)
					}
					remove()
					handle.Release()
				}
			})
		}
		all.Wait()
		synctest.Wait()
		if left := of(gather(t, collector), "cache_objects"); len(left) > 0 {
			t.Errorf("all have gone, but there is %v", left)
		}
	})
}
