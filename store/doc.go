// SPDX-License-Identifier: Apache-2.0

// Package store holds the last known state of one resource type.
//
//	server ─▶ listwatch ─▶ reflect ─▶ queue ─▶ store + index ─▶ handlers
//
// # Start here
//
// A [Key] names an object, an [Item] is an object with its header, a [Store]
// keeps the items of one type T, and a [Reader] is what those are handed who
// only read. T may be any type; [FromMeta] reads the header of a Kubernetes
// object, [WithKey] makes do with a key.
//
//	pods := store.New(store.FromMeta[*corev1.Pod])
//	err := pods.Add(pod)
//	pod, found := pods.Get(store.Key{Namespace: "shop", Name: "web-0"})
//	for pod := range pods.All() { … }
//
// A [Batch] is a complete list for [Tx.Replace], in which a key may also be kept
// without a state: its object is there, but cannot be used as it is.
//
// [Undelta] pushes the complete state on each change; [Expiring] forgets
// objects after a time.
//
// # Concurrency
//
//   - Every type except [Batch] and [Tx] is safe for concurrent use by multiple
//     goroutines.
//   - Every query is answered from one state, never from half of a write.
//     [Store.Apply] makes any number of writes one.
//   - A write that an [Observer] refuses, such as an index whose function panics
//     on the object, leaves no trace: the last good state stays, for the store and
//     for all observers. Other objects of the same [Store.Apply] or [Tx.Replace]
//     are not concerned, and the next write of the key is tried again.
//   - No lock is held while the body of a loop runs, or while a caller looks at
//     a [Snapshot].
//
// # Ownership
//
// Objects are shared, not copied: what Get and All return is what was put in,
// and what everybody else gets. Treat it as read-only.
//
// # Costs
//
// Get and an update are O(1) without an allocation. A snapshot copies nothing,
// and neither does an iteration, which reads one: what is copied after it are the
// pages of 64 objects that are written to, and with the first of them 8 bytes for
// each page. So nothing is paid for snapshots that nobody takes, and readers hold
// a writer up for nanoseconds. An insertion allocates a page for every 64 objects.
package store
