// SPDX-License-Identifier: Apache-2.0

// Package listwatch holds the sources that informers read: what there is of one
// resource type, and what changes after that.
//
//	client-go client ─▶ FromClient ─┐
//	ListerWatcher    ─▶ FromCache  ─┼─▶ Map, Filter ─▶ reflect ─▶ queue ─▶ store + index
//	two functions    ─▶ FromFuncs  ─┘    Compact
//
// # Start here
//
// A [ListWatcher] has two methods, List and Watch, and T may be any type. Over a
// client it is one line; over anything else it is two functions:
//
//	pods := listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("shop"))
//	hosts := listwatch.FromFuncs(store.WithKey(hostKey), listHosts, watchHosts)
//
// [Map] changes objects or their type before they are cached, and [Filter]
// leaves some out. Both give a source again, so they nest:
//
//	busy := listwatch.Filter(pods, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != "" })
//	nodes := listwatch.Map(busy, func(pod *corev1.Pod) (string, error) { return pod.Spec.NodeName, nil })
//
// [Compact] makes the objects smaller without changing what is in them.
//
// # The header
//
// A source hands out each object as a [store.Item]: with its key, UID and
// version, read once, where the object comes in. Nothing behind it has to know
// what T is, and [Map] can turn a T that has metadata into one that has not.
//
// # Errors
//
// There are two kinds. An [*ItemError] concerns one item, and the list or watch
// that reports it goes on. Any other error ends it. [ErrNoInitialEvents] says
// that there is no streaming list to be had. What a server can make a client keep
// in memory is confined by [LimitReads]; what exceeds it is a [*LimitError].
//
// # Concurrency
//
//   - The sources of this package are safe for concurrent use by multiple
//     goroutines, if the client or the functions behind them are.
//   - A watch is a sequence that the reader pulls. There is no goroutine behind
//     it, and nothing to stop: leaving the loop, or ending the context, does.
//   - Functions given to [Map] and [Filter] run in the goroutine of the reader.
//
// # Ownership
//
// A source no longer changes what it has handed out, and neither may a reader
// that shares objects with others. Objects from [FromClient] and [FromCache]
// are decoded anew for each list and watch (by real clients, that is), and each
// is in memory by itself: keeping one keeps nothing else of its page. Objects
// that were made compact have parts in common, so writing to one would change
// others too.
package listwatch
