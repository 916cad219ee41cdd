// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"time"
)

// Sub-benchmarks are named after the implementation.
const (
	ours           = "typedinformer"
	oursChannel    = "typedinformer-on-client-go" // our informer, client-go's channel watch
	oursShared     = "typedinformer-by-client-go" // our informer made and used by client-go's interface
	oursBridged    = "typedinformer-bridged"      // our informer, used by client-go's interface
	oursCoalescing = "typedinformer-coalescing"   // our informer, handlers with a limit that they keep
	oursAwaited    = "typedinformer-awaited"      // our informer, on which ten thousand wait for a version
	peer           = "client-go"
	sourceOnly     = "-source" // appended: the source alone, whose cost is subtracted
)

// A measure is one row of the table.
type measure struct {
	name      string
	benchmark string // without Benchmark; sub-benchmarks below it are implementations
	time      string // what -benchtime is given
	ours      string // which implementation of ours is compared; empty means ours
	peer      string // what it is compared with; empty means client-go
	source    bool   // whether the source is measured too, and subtracted from allocations and bytes
	goals     []goal
}

// beside is the implementation that ours is compared with.
func (m measure) beside() string { return cmp.Or(m.peer, peer) }

// A goal is something to reach.
type goal struct {
	text    string
	reached func(r results) bool
}

// faster asks for a ratio of times of at least that much.
func faster(least float64) goal {
	return goal{
		text:    fmt.Sprintf("≥ %g × faster", least),
		reached: func(r results) bool { return r.ratio() >= least },
	}
}

func allocationsAtMost(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g allocs", most),
		reached: func(r results) bool { return r.ours.allocations <= most },
	}
}

func bytesAtMost(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g B", most),
		reached: func(r results) bool { return r.ours.bytes <= most },
	}
}

func timeAtMost(most time.Duration) goal {
	return goal{
		text:    fmt.Sprintf("≤ %v", most),
		reached: func(r results) bool { return r.ours.nanoseconds <= float64(most) },
	}
}

// tailNoLater asks for a 99th percentile that is no later than the peer's.
func tailNoLater() goal {
	return goal{
		text:    "p99 no later",
		reached: func(r results) bool { return r.ours.tail <= r.peer.tail },
	}
}

// moreAllocationsAtMost asks for about as many allocations as the peer has.
func moreAllocationsAtMost(most float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ %g allocs more", most),
		reached: func(r results) bool { return r.ours.allocations <= r.peer.allocations+most },
	}
}

func deliveries(want float64) goal {
	return goal{
		text:    fmt.Sprintf("%g deliveries", want),
		reached: func(r results) bool { return r.ours.deliveries == want },
	}
}

// retainedAtMost asks for a part of what the peer retains.
func retainedAtMost(part float64) goal {
	return goal{
		text:    fmt.Sprintf("≤ 1/%.0f retained", 1/part),
		reached: func(r results) bool { return r.ours.retained <= part*r.peer.retained },
	}
}

// plan is what is measured and what is to be reached. Sets are of 100,000 pods
// in 100 namespaces on 1,000 nodes where nothing else is said; figures of whole
// informers are for each object or event.
var plan = []measure{
	{
		name: "store update, 2 indexes unchanged, hot", benchmark: "Update/hot", time: "300ms",
		goals: []goal{faster(3), allocationsAtMost(0)},
	},
	{
		name: "store update, 2 indexes unchanged, cold caches", benchmark: "Update/cold", time: "300ms",
		goals: []goal{faster(3), allocationsAtMost(0)},
	},
	{
		name: "get by namespace and name, hot", benchmark: "Get/hot", time: "300ms",
		goals: []goal{faster(1), allocationsAtMost(0)},
	},
	{
		name: "get by namespace and name, cold caches", benchmark: "Get/cold", time: "300ms",
		goals: []goal{faster(1), allocationsAtMost(0)},
	},
	{
		name: "iterate over 100,000", benchmark: "Iterate", time: "300ms",
		goals: []goal{faster(5), allocationsAtMost(2)},
	},
	{
		name: "longest wait of a writer for the lock while 4 go through 300,000", benchmark: "WriterWait", time: "1x",
		goals: []goal{timeAtMost(time.Millisecond)},
	},
	{
		name: "look up 100 of 100,000 by index", benchmark: "ByIndex", time: "300ms",
		goals: []goal{faster(10), allocationsAtMost(0)},
	},
	{
		name: "list a namespace of 1,000", benchmark: "Namespace", time: "300ms",
		goals: []goal{faster(20), allocationsAtMost(0)},
	},
	{
		name: "list a namespace of 1,000 into a slice", benchmark: "NamespaceSlice", time: "300ms",
	},
	{
		name: "initial sync of 100,000, an object", benchmark: "InitialSync", time: "3x", source: true,
		goals: []goal{faster(4.5), allocationsAtMost(0.2), bytesAtMost(250)},
	},
	{
		// Once a process: client-go waits for its backoff before each relist.
		name: "relist of 100,000 with 1 % changed", benchmark: "Relist", time: "1x",
		goals: []goal{faster(4), deliveries(1_000)},
	},
	streamOwn(1, 5, 0.05), streamOwn(10, 12, 0.05), streamOwn(100, 60, 0.05),
	streamCoalescing(1, 2.5), streamCoalescing(10, 6), streamCoalescing(100, 30),
	streamAwaited(),
	latencyOwn(), latencyOverChannel(), latencyAwaited(),
	{
		name: "1,000 updates of 1,000 while a handler stands still, an event", benchmark: "Stuck", time: "1x",
		goals: []goal{retainedAtMost(1.0 / 300)},
	},
	streamOverChannel(1, 4), streamOverChannel(10, 6), streamOverChannel(100, 30),
	streamShared(1, 2), streamShared(10, 4), streamShared(100, 20),
	streamOfBridge(),
	decoded("protobuf", slowerAtMost(1.5), bytesShare(0.55), allocationsShare(0.5)),
	decoded("json", slowerAtMost(1.5), bytesShare(0.55), allocationsShare(0.5)),
	decodedDropping("protobuf", slowerAtMost(1.5), bytesShare(0.55), allocationsShare(0.5)),
	decodedDropping("json", slowerAtMost(1.5), bytesShare(0.55), allocationsShare(0.5)),
	{
		name: "create, sync and stop with 100 objects", benchmark: "Lifecycle", time: "300ms",
		goals: []goal{faster(3)},
	},
	{
		name: "start and stop 1,000 shared informers of 100 objects, an informer", benchmark: "Churn", time: "10x",
		goals: []goal{faster(3)},
	},
}

func streamOwn(handlers int, speed, allocations float64) measure {
	return measure{
		name:      "update stream, " + counted(handlers) + ", an event",
		benchmark: fmt.Sprintf("UpdateStream/handlers=%d", handlers),
		time:      "1s",
		source:    true,
		goals:     []goal{faster(speed), allocationsAtMost(allocations)},
	}
}

// streamOf is the stream through another of our informers; how says which.
func streamOf(informer, how string, handlers int, speed float64) measure {
	m := streamOwn(handlers, speed, 0)
	m.name = "update stream, " + counted(handlers) + how + ", an event"
	m.ours, m.source, m.goals = informer, false, []goal{faster(speed)}
	return m
}

func streamOverChannel(handlers int, speed float64) measure {
	return streamOf(oursChannel, ", client-go's watch", handlers, speed)
}

// streamShared is what a user gains who replaces client-go's constructor, and
// nothing else.
func streamShared(handlers int, speed float64) measure {
	return streamOf(oursShared, ", client-go's interface", handlers, speed)
}

// streamOfBridge is what the interface costs.
func streamOfBridge() measure {
	m := streamOf(oursBridged, ", client-go's interface for our own", 1, 0)
	m.peer = oursChannel
	m.goals = []goal{slowerAtMost(1.5), moreAllocationsAtMost(1)}
	return m
}

func streamCoalescing(handlers int, speed float64) measure {
	return streamOf(oursCoalescing, " that may coalesce", handlers, speed)
}

// streamAwaited is about what those cost who wait for a version: nothing.
func streamAwaited() measure {
	m := streamOwn(1, 0, 0)
	m.name = "update stream, 1 handler, 10,000 wait for a version, an event"
	m.ours, m.peer = oursAwaited, ours
	m.goals = []goal{slowerAtMost(1.1), moreAllocationsAtMost(0.01)}
	return m
}

func latencyOwn() measure {
	return measure{
		name:      "one change to an idle informer's handler, p50",
		benchmark: "Latency",
		time:      "1s",
		source:    true,
		goals:     []goal{faster(1), tailNoLater()},
	}
}

func latencyOverChannel() measure {
	m := latencyOwn()
	m.name = "one change to an idle informer's handler, client-go's watch, p50"
	m.ours, m.source = oursChannel, false
	return m
}

func latencyAwaited() measure {
	m := latencyOwn()
	m.name = "one change to an idle informer's handler, 10,000 wait for a version, p50"
	m.ours, m.peer = oursAwaited, ours
	m.goals = []goal{slowerAtMost(1.1), moreAllocationsAtMost(0.01)}
	return m
}

func counted(handlers int) string {
	if handlers == 1 {
		return "1 handler"
	}
	return fmt.Sprintf("%d handlers", handlers)
}
