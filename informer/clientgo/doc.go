// SPDX-License-Identifier: Apache-2.0

// Package clientgo is the bridge to and from client-go's informers: nobody has to
// rewrite a controller to try this cache.
//
//	an Informer or Handle ──Shared, SharedHandle, Install──▶ cache.SharedIndexInformer
//	a cache.ListerWatcher ──NewSharedIndexInformer─────────▶ cache.SharedIndexInformer
//	a cache.SharedIndexInformer ──FromShared───────────────▶ an Informer
//
// # From client-go to this library
//
// A program with a factory installs informers, and everything else stays as it is:
//
//	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
//	err := clientgo.Install(factory, pods)
//	factory.Core().V1().Pods().Lister() // reads the cache of pods
//
// One that calls cache.NewSharedIndexInformer calls [NewSharedIndexInformer] instead,
// and one with controller-runtime's manager gives that to its cache:
//
//	cache.Options{NewInformer: clientgo.NewSharedIndexInformer}
//
// Package factories has the factories of the dynamic and the metadata client. Part by
// part, code then goes over to the typed informer behind: both ways of reading and
// both kinds of handlers work on one cache, at the same time.
//
// # From this library to client-go
//
// A program that has to keep its SharedIndexInformer reads it by [FromShared], with
// typed indexes, events and views.
//
// # What differs
//
// DIFFERENCES.md beside this file has all that a program may notice, each with the
// promise of package informer that it comes from. The conformance suite of package
// fake runs over informers of both libraries by this interface. Programs before and
// after are in examples/migrate.
//
// Objects are found by the keys of the cache. Those of an informer over clusters, or
// of a view with keys of its own, are not what the objects' metadata says: GetByKey
// and ListKeys know them, Get and IndexKeys go by the metadata.
//
// # Costs
//
// An event costs nothing more by client-go's interface: a pointer goes into an
// interface as it is. A delete that was noticed on a list is one allocation, for its
// tombstone. Store.List and Indexer.ByIndex make a slice of interfaces, as they do in
// client-go: O(result). GetByKey parses the key and allocates nothing.
//
// # Concurrency
//
// Everything here is safe for concurrent use by multiple goroutines.
package clientgo
