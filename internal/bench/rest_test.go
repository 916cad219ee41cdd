// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// BenchmarkRest runs informers over an API server that is a process of its own,
// with everything that belongs to a client: connections with HTTP/2 and TLS over
// loopback, decoding, the cache, and one handler.
//
//   - stream and list take the time from the start of an informer until it is
//     synced, with a streaming list or a plain one;
//   - watch takes the time of one change of each pod in a watch, from the word to
//     the server to the return of the handler's last call;
//   - relist lists again when a watch has expired, from the request to the return
//     of the handler's last call. One pod in a hundred has changed.
//
// The figures are for each pod: time, processor time of the client in user and
// system with that of its garbage collector, what the heap had to be at most, and
// what is in use of it afterwards.
func BenchmarkRest(b *testing.B) {
	for _, encoding := range []string{"json", "protobuf"} {
		b.Run(encoding, func(b *testing.B) {
			for name, measured := range map[string]func(b *testing.B, o *restRun){
				"stream": measureSync,
				"list":   measureSync,
				"watch":  measureWatch,
				"relist": measureRelist,
			} {
				b.Run(name, func(b *testing.B) {
					for implementation, start := range restStarters {
						b.Run(implementation, func(b *testing.B) {
							b.ReportAllocs()
							benchmarkRest(b, measured, restRun{
								client: restClient{encoding: encoding, streams: name != "list"}, start: start,
								unchanged: implementation == peer,
							})
						})
					}
				})
			}
		})
	}
}

// restPods is how many pods the server has.
func restPods() int { return *objects / 5 }

// A restRun is an informer and a server that are measured once, and what has been
// found.
type restRun struct {
	client    restClient
	start     restStarter
	unchanged bool // whether a relist delivers what has not changed, too

	server     *restServer
	all        *tally
	deliveries int
	processor  float64 // nanoseconds
	peak       float64 // of the heap, in bytes
	retained   float64 // beyond what the process has had before, in bytes
}

func benchmarkRest(b *testing.B, measured func(*testing.B, *restRun), planned restRun) {
	pods, once := float64(restPods()), planned
	for b.Loop() {
		b.StopTimer()
		once = planned
		once.server = startRestServer(b, restServing{Encoding: once.client.encoding, Pods: restPods(), HTTP1: *http1})
		once.client.config = once.server.config
		once.all = newTally(1)
		once.all.expect(restPods())
		measured(b, &once)
		once.server.stop()
		b.StartTimer()
	}
	b.ReportMetric(pods, unitObjects)
	b.ReportMetric(once.processor/pods, unitProcessor)
	b.ReportMetric(once.peak/pods, unitPeak)
	b.ReportMetric(once.retained/pods, unitRetained)
	if once.deliveries > 0 {
		b.ReportMetric(float64(once.deliveries), unitDeliveries)
	}
}

// begin starts the informer and waits until it is synced.
func (o *restRun) begin(b *testing.B) (stop func()) {
	synced, stop := o.start(b, o.client, o.all.counters[0])
	o.all.wait(b)
	<-synced
	return stop
}

// meter runs the clock and the meter while work runs.
func (o *restRun) meter(b *testing.B, figure string, work func()) {
	m := startMeter(b, figure)
	b.StartTimer()
	work()
	b.StopTimer()
	processor, peak := m.end(b)
	o.processor, o.peak = float64(processor), peak
}

func measureSync(b *testing.B, o *restRun) {
	before := reachableHeap()
	var stop func()
	o.meter(b, occupied, func() { stop = o.begin(b) })
	o.retained = reachableHeap() - before
	stop()
}

func measureWatch(b *testing.B, o *restRun) {
	before := reachableHeap()
	stop := o.begin(b)
	defer stop()
	runtime.GC()
	o.all.expect(restPods())
	o.meter(b, occupied, func() {
		o.server.take(b, restStep{Every: 1})
		o.all.wait(b)
	})
	o.retained = reachableHeap() - before
}

// measureRelist looks at what is held, not at what is garbage already: between the
// two it would be a matter of when the collector comes. So this comes often, and
// the peak is the most that it has found in use. What is retained is what the
// process has before it lists again, all of it.
func measureRelist(b *testing.B, o *restRun) {
	stop := o.begin(b)
	defer stop()
	o.server.wasAsked(b)
	o.retained = reachableHeap()
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	const every = 100
	o.deliveries = (restPods() + every - 1) / every
	if o.unchanged {
		o.deliveries = restPods()
	}
	o.all.expect(o.deliveries)
	o.server.take(b, restStep{Every: every, Expires: true})
	o.server.wasAsked(b)
	o.meter(b, reachable, func() { o.all.wait(b) })
	// One more change shows that nothing else was on its way.
	o.all.expect(1)
	o.server.take(b, restStep{Every: restPods()})
	o.all.wait(b)
	if c := o.all.counters[0]; c.adds != restPods() || c.updates != o.deliveries+1 || c.deletes != 0 {
		b.Errorf("%d adds, %d updates, %d deletes; want %d, %d and none", c.adds, c.updates, c.deletes, restPods(), o.deliveries+1)
	}
}

// reachableHeap returns the bytes in use when all garbage is gone.
func reachableHeap() float64 {
	var stats runtime.MemStats
	readHeap(&stats)
	return float64(stats.HeapAlloc)
}
