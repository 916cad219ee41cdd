// SPDX-License-Identifier: Apache-2.0

// Package fake is an API server's storage in memory, for tests and
// demonstrations.
//
//	Create, Update, Delete ─▶ history ─┬─▶ List, Watch  (a listwatch.ListWatcher)
//	                                   └─▶ Handler      (HTTP, for any client)
//
// # Start here
//
// A [Source] holds the objects of one resource. It is a source for an informer
// as it stands; tests write to it and see what the informer makes of that:
//
//	pods := fake.NewSource[*corev1.Pod](fake.Options{})
//	inf := informer.New(pods, informer.Options{})
//	…
//	pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
//	pods.Delete(store.Key{Namespace: "shop", Name: "web-0"})
//
// [Source.Namespace] and [Source.Within] give the part of it that a client with
// a namespace or selectors would see.
//
// # In a bubble of testing/synctest
//
// A watch waits on channels and timers only, in the goroutine that reads it.
// After [testing/synctest.Wait] everything that follows from a write has
// happened, and time is the bubble's: a source makes no wait of its own, and
// its timestamps are exact. The file bubble_test.go shows such a test.
//
// # Versions and history
//
// Every write, a deletion included, raises the version of the source by one,
// and that is the resource version of the object written. The last writes
// ([Options].History) are kept: a watch can start at any version among them,
// and a list can be paged through. Below, there is "expired" (410), which
// [Source.Compact] brings about at will; [Source.Bookmark] sends a bookmark. So
// the bad days of a client can be played through:
//
//	pods.Compact() // a watch that is taken up again from an older version must relist
//
// # Over HTTP
//
// An [APIServer] serves several resources by the rules of the protocol, to real
// clients: in the same process and without a socket, in a bubble too, or on
// loopback.
//
//	server := fake.NewAPIServer(fake.Resource[*corev1.Pod]("", "v1", "pods"))
//	clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
//	loopback := httptest.NewServer(server.Handler())
//
// [Source.Handler] does so for one source alone.
//
// # Concurrency
//
//   - A [Source] is safe for concurrent use by multiple goroutines.
//   - Writers wait for nobody. A watch whose reader is too slow for the kept
//     history ends with "expired", as it does on a server.
//   - There are no goroutines and nothing to close, but for a watch of a client
//     of [APIServer.RESTConfig]: it has one, until the client stops it.
//
// # Ownership
//
// What is given to Create and Update is copied; what those, Delete and Get
// return belongs to the caller. What List and Watch hand out is shared by all
// readers: treat it as read-only.
package fake
