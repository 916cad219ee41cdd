// SPDX-License-Identifier: Apache-2.0

// Package fake is an API server in memory, for tests and demonstrations. Real
// clients work against it, in virtual time too, and whatever can go wrong with a
// server goes wrong when a test wants it to.
//
//	                                          ┌─▶ ListWatcher   typed, no HTTP
//	Source, Source, … ─▶ APIServer ─▶ Script ─┼─▶ RESTConfig    HTTP, no socket
//	                                          └─▶ Handler       HTTP on loopback
//
// # Start here
//
// A [Source] holds the objects of one resource. It is a source for an informer
// as it stands; tests write to it and see what the informer makes of that:
//
//	pods := fake.NewSource[*corev1.Pod](fake.Options{})
//	inf := informer.New(pods, informer.Options{})
//	go inf.Run(t.Context())
//
//	_, err := pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
//	synctest.Wait() // what follows from that has happened
//	_, found := inf.Reader().Get(store.Key{Namespace: "shop", Name: "web-0"})
//
// [Source.Namespace] and [Source.Within] give the part of it that a client with
// a namespace or selectors would see.
//
// An [APIServer] holds several resources, typed or unstructured, whose writes
// are one sequence of versions:
//
//	server := fake.NewAPIServer(
//		fake.Resource[*corev1.Pod]("", "v1", "pods"),
//		fake.Resource("", "v1", "nodes", fake.ResourceOptions[*corev1.Node]{ClusterScoped: true}),
//		fake.Resource("example.com", "v1", "robots", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot", Status: true}),
//	)
//
// There are three ways to it, one for tests of informers, one for tests of
// programs with the client that they have anyway, and one for other processes:
//
//	pods := fake.ListWatcher[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods")) // no HTTP
//	clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())                                // HTTP, no socket
//	loopback := httptest.NewServer(server.Handler())                                              // HTTP, for kubectl too
//
// All of them obey the script and show in the log of requests. [SourceOf] is the
// test's own side, which does neither: what is written there is taken as it is,
// while clients are served by the rules of the protocol. An update keeps the
// status, finalizers hold up a deletion, and a conflict is one.
//
// # Testing a controller
//
// In a bubble of testing/synctest there is no waiting and no polling. After
// [testing/synctest.Wait] all that follows from a write has happened, in the
// controller, its informers and its clients. All of them have to be made in the
// bubble.
//
//	server := fake.NewAPIServer(
//		fake.Resource("", "v1", "namespaces", fake.ResourceOptions[*corev1.Namespace]{ClusterScoped: true}),
//		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
//	)
//	clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
//	controller, err := publisher.New(clientset, slog.New(slog.NewTextHandler(t.Output(), nil)))
//	if err != nil {
//		t.Fatal(err)
//	}
//	go controller.Run(t.Context()) // ends with the test
//
// A user comes along, and the test looks at what has become of that:
//
//	shop := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}
//	if _, err := clientset.CoreV1().Namespaces().Create(t.Context(), shop, metav1.CreateOptions{}); err != nil {
//		t.Fatal(err)
//	}
//	synctest.Wait() // the controller has done all it is going to do
//	if _, err := clientset.CoreV1().ConfigMaps("shop").Get(t.Context(), publisher.Name, metav1.GetOptions{}); err != nil {
//		t.Errorf("no copy: %v; the server was asked for %v", err, server.Requests())
//	}
//
// A goroutine that is left when the test ends makes it fail. This controller, a
// small one, is in examples/publisher, with more such tests.
//
// # Proving that nothing happened
//
// A test that polls cannot tell never from not yet. The log of requests can:
//
//	server.ForgetRequests()
//	time.Sleep(time.Minute) // of the bubble: it takes no time
//	synctest.Wait()
//	if requests := server.Requests(); len(requests) != 0 {
//		t.Errorf("with nothing to do, it asked for %v", requests)
//	}
//
// A watch ends after some minutes, and is asked for again: who sleeps for longer
// than that finds it in the log, and looks at [Request].Verb. A [Source] alone
// has no log; there it is the handlers that have not been told of anything.
//
// # Scripting a fault
//
// A [Script] says which calls go wrong, by verb, resource and number, and a
// [Fault] how: refused, turned away, delayed, cut off, left open in silence,
// spoilt, or answered from the past.
//
//	server.Play(fake.Script{Rules: []fake.Rule{
//		{Verb: "create", Resource: "configmaps", To: 2, Fault: fake.Fault{Status: 500}},
//		{Verb: "watch", From: 3, Fault: fake.Fault{DropAfter: 10 * time.Second}},
//	}})
//
// Where it matters when something is tried again, [Request].Time is exact.
//
// A script can be drawn at random, and is printed as Go code: what a seed has
// found becomes a test by pasting it.
//
//	for seed := range uint64(20) {
//		script := fake.RandomScript(seed)
//		synctest.Test(t, func(t *testing.T) {
//			server := newServer()
//			server.Play(script)
//			maps := fake.ListWatcher[*corev1.ConfigMap](server, corev1.SchemeGroupVersion.WithResource("configmaps"))
//			inf := informer.New(maps, informer.Options{OnError: func(error) {}})
//			go inf.Run(t.Context())
//			time.Sleep(time.Minute)
//			server.Play(fake.Script{}) // the bad day is over
//			time.Sleep(5 * time.Minute)
//			synctest.Wait()
//			if !inf.Health().Synced {
//				t.Errorf("not synced after\n%v", script)
//			}
//		})
//	}
//
// # Proving an informer or a server
//
// [Conformance] is for those who write one, not for tests of programs. It is a
// suite of what informers promise, one subtest for each promise, that runs over
// any informer and any API server. This module runs it over its own informer, on
// an [APIServer] and on a real API server, so that neither the informer nor the
// fake drifts away from those.
//
// # Versions, history, compaction
//
// Every write, a deletion included, raises the version by one, and that is the
// resource version of the object written. The first write makes version 2. UIDs
// and generated names are the same in each run, too, and timestamps are those of
// the bubble, in whole seconds as on the wire.
//
// The last writes are kept ([Options].History, [ServerOptions].History): a watch
// can start at any version among them, and a list can be paged through. Below,
// there is "expired" (410). Compact and CompactTo bring that about at will:
//
//	time.Sleep(time.Minute) // its watch is dropped, and the next one is refused
//	synctest.Wait()
//	_, err = maps.Create(missed)
//	server.Compact() // the watch after that gets "expired" (410), and it has to list
//
// Bookmark sends a bookmark to the watches that asked for them; there are none
// by the clock unless [Options].BookmarkPeriod says so.
//
// # What is not there
//
//   - Objects are taken as they are. Their metadata is validated and nothing
//     else; there is no defaulting, no pruning of fields that are not known, no
//     admission, and no conversion between versions.
//   - The namespace of an object need not exist, and its deletion deletes
//     nothing in it.
//   - Nothing is deleted gracefully, pods neither, and there is no garbage
//     collector: what an object owns stays, and the finalizers of the policies
//     Foreground and Orphan wait for somebody to remove them.
//   - Every object has a generation; on a server some types have none.
//   - Server-side apply is answered with 415, and there are no managedFields.
//   - Of the subresources there is the status: no scale, eviction, binding or
//     log.
//   - Everybody may do everything: 401, 403 and 429 come from scripts.
//   - There is no OpenAPI, YAML, CBOR or compression; see [APIServer.Handler].
//   - Field selectors know the fields that a resource was defined with
//     ([ResourceOptions]), and tables have the columns of a custom resource that
//     defines none.
//
// # Concurrency
//
//   - A [Source] and an [APIServer] are safe for concurrent use by multiple
//     goroutines.
//   - Writers wait for nobody. A watch whose reader is too slow for the kept
//     history ends with "expired", as it does on a server.
//   - There are no goroutines and nothing to close, but for a watch of a client
//     of [APIServer.RESTConfig]: it has one, until the client stops it. All waits
//     are on channels and timers, so a bubble knows that they are idle.
//
// # Ownership
//
// What is given to Create and Update is copied; what those, Delete and Get
// return belongs to the caller. What List and Watch hand out is shared by all
// readers: treat it as read-only.
//
// # Costs
//
// Without HTTP a write costs two copies of the object, however many objects
// there are and however many watch, and a list or an event costs none. Over HTTP
// an object is encoded for each client that gets it. The history keeps what was
// replaced or deleted, 10,000 writes of each resource unless told otherwise, and
// the log keeps all requests until it is told to forget them.
package fake
