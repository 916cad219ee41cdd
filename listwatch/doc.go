// SPDX-License-Identifier: Apache-2.0

// Package listwatch holds the sources that informers read: what there is of one
// resource type, and what changes after that.
//
//	rest.Config      ─▶ REST       ─┐
//	client-go client ─▶ FromClient ─┼─▶ Map, Filter ─▶ reflect ─▶ queue ─▶ store + index
//	ListerWatcher    ─▶ FromCache  ─┤    Compact
//	two functions    ─▶ FromFuncs  ─┘
//
// # Start here
//
// A [ListWatcher] has two methods, List and Watch, and T may be any type. [REST]
// fills a struct with the fields that are wanted, or an API type, straight from
// what the server sends, and takes the least time and memory. Over a client that
// is there anyway it is one line too; over anything else it is two functions:
//
//	type Pod struct {
//		listwatch.Meta
//		Spec struct{ NodeName string }
//	}
//	slim, err := listwatch.REST[Pod](config, corev1.SchemeGroupVersion.WithResource("pods"), listwatch.RESTOptions{})
//	pods := listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("shop"))
//	hosts := listwatch.FromFuncs(store.WithKey(hostKey), listHosts, watchHosts)
//
// [Map] changes objects or their type before they are cached, and [Filter]
// leaves some out. Both give a source again, so they nest:
//
//	busy := listwatch.Filter(pods, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != "" })
//	nodes := listwatch.Map(busy, func(pod *corev1.Pod) (string, error) { return pod.Spec.NodeName, nil })
//
// [Compact] makes the objects smaller without changing what is in them. Those of
// REST are compact already.
//
// [ForKind] is REST for a kind that may come later, [Dynamic] and [Metadata] are
// REST for objects of any kind. A [Shard] divides objects among replicas.
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
// that reports it goes on. Any other error ends it; one of REST is a
// [*RequestError], which says what was asked of whom, what came back, and what may
// help. [ErrNoInitialEvents] says that there is no streaming list to be had.
// [ErrKnown] is no failure: the reader has that object already. What a server can make a client keep
// in memory is confined by [LimitReads]; what exceeds it is a [*LimitError].
//
// # Concurrency
//
//   - The sources of this package are safe for concurrent use by multiple
//     goroutines, if the client or the functions behind them are.
//   - A watch is a sequence that the reader pulls. There is nothing to stop:
//     leaving the loop, or ending the context, does. Behind a list or watch of REST
//     there is one goroutine that reads, and some that decode while there is much
//     to do; all of them have ended when the call, or the loop, has.
//   - Functions given to [Map] and [Filter] run in the goroutine of the reader.
//
// # Ownership
//
// A source no longer changes what it has handed out, and neither may a reader
// that shares objects with others. Objects from [REST], [FromClient] and
// [FromCache] are decoded anew for each list and watch (by real clients, that is), and each
// is in memory by itself: keeping one keeps nothing else of its page. Objects
// that were made compact have parts in common, so writing to one would change
// others too.
package listwatch
