// SPDX-License-Identifier: Apache-2.0

// Package index finds objects by what they have in common.
//
//	write ─▶ store ──(same lock)──▶ every index
//	                                   │
//	value ─▶ Index.Get ─▶ posting ─▶ slots ─▶ objects
//
// # Start here
//
// An [Indexer] is a store with indexes. [Add] gives it an index and returns a
// typed handle, which answers look-ups:
//
//	byNode, err := index.Add(pods, "node", func(p *corev1.Pod) (string, bool) {
//		return p.Spec.NodeName, p.Spec.NodeName != ""
//	})
//	for pod := range byNode.Get("node-7") { … }
//
// [AddMulti] is for several values an object, [AddUnique] for values that only
// one object should have. [AddLabel], [AddOwners] and [AddController] are the
// indexes that most controllers want. A [Lister] reads an indexer by namespace,
// name and label selector.
//
// # Views
//
// Two look-ups are answered from two states, between which something may have been
// written. Who needs several answers from one state takes a [View]: a snapshot of
// objects and indexes, with the version that it reflects.
//
//	view := pods.View()
//	for node := range nodes.All() {
//		for pod := range byNode.In(view).Get(node.Name) { … }
//	}
//
// # Concurrency
//
//   - Everything here is safe for concurrent use by multiple goroutines.
//   - A look-up is answered from one state: index and objects change under one
//     lock, and no lock is held while the body of a loop runs.
//   - Nobody holds a writer up for more than microseconds: views, iterations and
//     large results are read without the lock. Only an index that is added to
//     objects takes longer, some 10 ms for 100,000.
//   - Index functions run under that lock. They must be quick and must not call
//     the indexer.
//
// # Objects that an index cannot take
//
// An index function that panics on an object, or returns a value that cannot be
// looked up, refuses the write: [store.Tx.Put] and [store.Store.Add] return a
// [*FuncError], and the last good state stays in the store and in all indexes.
// Other objects are not concerned, and the next write of the key is tried again.
// So index and objects agree at any time, in this too: what is in the store is
// in each index that it belongs to.
//
// The one exception is an object that was there before the index: it stays in
// the store, without this index until its next write.
//
// # Costs
//
// A posting holds slot numbers of four bytes, not keys: a look-up reads the
// objects from their places, without hashing a key. Look-ups by Get allocate
// nothing once their buffers are warm. An update that leaves the value of a
// single-valued index alone costs one call of the index function, one comparison
// and no allocation. An index costs some 20 bytes an object, and some 150 a value;
// that of namespaces does so from when somebody asks for it, which is as if it was
// added then.
//
// A view copies nothing when it is taken. The first write after it copies the
// pages that it touches: some kilobytes for the store, and for an index only if
// the value of the object changes. Nobody pays for views that nobody takes.
package index
