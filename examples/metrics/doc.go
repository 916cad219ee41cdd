// SPDX-License-Identifier: Apache-2.0

// Package metrics shows the numbers of informers to Prometheus.
//
//	Informer.Stats, Health ─┐
//	Group.Stats, Health ────┴─▶ Collector ─▶ Registry ─▶ /metrics
//	         WaitForVersion ─▶ ObserveWait ─┘
//
// It is an example to be copied or imported: informers count for themselves, and
// all this package does is to read the counts at each scrape and to give them
// names. A program registers one [Collector] and tells it of its groups, and of
// the informers that are in none:
//
//	collector := metrics.NewCollector(metrics.Options{})
//	collector.AddGroup(group)
//	remove := collector.Add("in the shop", pods)
//	err := registry.Register(collector)
//
// README.md says what each metric is good for, with rules for alerts and the
// panels of a dashboard. Start reading in collector.go.
//
// Everything exported is safe for concurrent use by multiple goroutines.
package metrics
