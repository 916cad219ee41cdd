// SPDX-License-Identifier: Apache-2.0

// Package informer keeps a local, indexed copy of a resource and tells handlers
// what has changed. T is known to the compiler from the source to the handler,
// and may be any type.
//
//	source ─▶ reflector ─▶ queue ─batch─▶ loop ─▶ store + indexes ─▶ Reader, Lister, Index
//	                                        └───▶ event log ─▶ handler, handler, … ; Events
//
// # Start here
//
//	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
//	byNode, err := index.Add(pods.Indexer(), "node", func(p *corev1.Pod) (string, bool) {
//		return p.Spec.NodeName, p.Spec.NodeName != ""
//	})
//	registration, err := pods.AddHandler(informer.HandlerFuncs[*corev1.Pod]{
//		OnAdd: func(p *corev1.Pod, initial bool) { … },
//	})
//	go pods.Run(ctx)                   // blocks until ctx is done and all has ended
//	err = pods.WaitForSync(ctx)        // says why, if it does not come
//	for pod := range byNode.Get("node-7") { … }
//	for event := range pods.Events(ctx) { … } // what a handler would be told
//
// # What is promised
//
// The numbers are those of the tests that hold them: a search for G07 finds the
// rule and its proof.
//
// The cache:
//
//   - G01 For one key, the cached states are a subsequence of the server's, in
//     order. Nothing is promised across keys.
//   - G02 Identity is namespace and name. An object that was deleted and made
//     anew may arrive as one update; [HandlerOptions].RecreateAsDeleteAdd makes
//     that a delete and an add, as the UID tells.
//   - G03 Every query is answered from one state: never from half of a relist,
//     nor from an index that disagrees with the objects.
//   - G04 Store and indexes change before handlers hear of it. Later changes may
//     be visible already.
//   - G05 Objects are shared and read-only. [Options].DetectMutations finds those
//     that were changed all the same, and reports which, and what in them.
//   - G06 The text form of a key is "namespace/name", or "name".
//   - G07 A lister's Get of an absent object returns the API machinery's
//     NotFound error, with the right group and resource.
//   - G39 A snapshot or iteration sees one state. Writers do not wait for it.
//
// Read your writes:
//
//   - G38 WaitForVersion returns when store and indexes reflect a resource version
//     or a later one; that of a registration, when its handler has returned from
//     all up to it. Bookmarks count, so a write that changes nothing here is
//     reached too. Versions are compared as KEP-5504 says.
//
// Events:
//
//   - G08 One handler is called serially and in order. A slow one delays nobody
//     else.
//   - G09 What is an add and what an update is decided by what the cache holds.
//   - G10 A delete of a key that the cache does not hold reaches nobody.
//   - G11 A delete carries the last known object and says whether that is the
//     final state. There is no tombstone to unwrap.
//   - G12 A deletion seen on the watch carries the deletion's resource version.
//   - G13 A handler with a filter sees an add when an object begins to match,
//     and a delete, with the last matching state, when it ceases to.
//   - G14 An update that leaves the resource version unchanged reaches only
//     handlers that asked for resync.
//
// Relists:
//
//   - G15 A relist is applied at once: deletions first, then the items in the
//     order of the list.
//   - G16 A known object that is not listed is deleted with its last known
//     state.
//   - G17 An object that is listed unchanged keeps its pointer and causes no
//     event. The new copy is dropped while the list is being read.
//   - G18 Changes that were received before a relist are applied before it.
//
// Sync:
//
//   - G19 Synced fires once the first list is in store and indexes; a
//     registration's once its handler has returned from every initial add.
//     Neither is taken back, and neither fires if the informer stopped first.
//   - G20 A handler's panic does not keep its registration from syncing.
//   - G21 A handler that is added late gets the whole state as initial adds, then
//     changes, with no gap and no duplicate.
//   - G22 Waiting for sync returns why it did not happen: the last error of the
//     source, how far the list is, or which handler is behind, and how far.
//   - G23 Resync tells a handler that asked for it of all objects again, at its
//     own period, and asks the server nothing.
//
// Life:
//
//   - G24 Handlers are added and removed at any time, from any goroutine, the
//     handler itself included. After Remove no new call begins; Done says when
//     the last one has returned. What was pending is dropped by
//     [Registration.Remove], and delivered by [Registration.Drain].
//   - G25 A handler's panic is recovered and reported with its stack, and
//     delivery goes on with the next event at once; by [PanicPolicy] it is
//     raised again.
//   - G26 Each handler, and each loop over events, has a [Backlog]: EveryEvent
//     skips nothing, Coalesce merges by key what is beyond a limit, Disconnect
//     ends the delivery there. What a stuck handler that coalesces costs is
//     bounded by the number of keys, however long it is stuck.
//   - G27 Run blocks, and when it returns every goroutine that the informer
//     started has ended. Stopping takes no longer than the handlers' running
//     calls.
//   - G28 Adding a handler or an index after the end is an error. An index that
//     is added while running is filled first.
//
// Indexes and sources:
//
//   - G29 An object that the function of an index panics on is put into
//     quarantine (G34). The others stay indexed.
//   - G30 Index values are typed, and empty entries are removed.
//   - G31 A unique index reports a violation and keeps both objects.
//   - G37 A transform ([listwatch.Map], [listwatch.Filter]) runs once for each
//     received object, and may change its type.
//
// The server:
//
//   - G32 The start is a streaming list where the server offers it. One that says
//     no gets a plain list at once; one that ends the streaming list too early,
//     or says nothing for 30 s, gets it after a second try.
//   - G33 The first plain list takes what the server has at hand (or nothing
//     older than [Options].MinVersion), later ones nothing older than what was
//     seen, in pages of 500 where the server would page; after "expired" and "too
//     large" it is the newest state. Watches ask for bookmarks and 5 to 10
//     minutes, and start from the last version seen.
//   - G34 An object that cannot be decoded, transformed, keyed or indexed is put
//     into quarantine: its last good state stays, [Informer.Quarantined] tells of
//     it, and its next state is tried again. The rest goes on.
//   - G35 Every loop that talks to the server waits between tries: 800 ms,
//     doubling to 30 s, with jitter and with Retry-After honoured, and anew after
//     two quiet minutes. Refused connections and 429 do not make it list again.
//   - G36 Every such error reaches [Options].OnError by its type, and
//     [Informer.Health] tells how things are.
//
// # Controllers
//
// A [Reconciler] calls a function for each key that is queued, and handlers queue
// the keys: [Enqueue] that of each object that has changed, [EnqueueController]
// that of the controller of a child, [EnqueueFunc] what a function says. Errors
// are tried again, with the rate limit of client-go's workqueue:
//
//	sets := &informer.Reconciler[store.Key]{Name: "replicasets", Workers: 2,
//		Reconcile: func(ctx context.Context, key store.Key) error {
//			set, found := replicaSets.Reader().Get(key)
//			…
//		},
//	}
//	_, err := informer.Enqueue(replicaSets, sets)
//	_, err = informer.EnqueueController(pods, informer.Owner{Group: "apps", Kind: "ReplicaSet"}, sets)
//	err = sets.Run(ctx) // when both have synced; blocks
//
// Who wants to see the changes themselves, of several resources and one at a
// time, adds handlers through a [Dispatcher]. A handler that wants the keys of
// objects too is an [EventHandler].
//
// # Concurrency
//
//   - Everything exported is safe for concurrent use by multiple goroutines.
//   - Handlers, Reconcile and OnError are called with no lock held, and may call anything
//     but Run. Index functions run under the store's lock, and may not.
//
// # When things go wrong
//
// The informer goes on, whatever the server does. [Options].OnError hears of each
// failure, as a [*ListError], [*WatchError] or [*StreamError], with its [Cause]
// and what comes next; without it, what changes is logged. [Informer.Health] says
// how long ago the source gave a sign of life, and which objects are out of date
// in the cache because their newest state could not be used:
//
//	if health := pods.Health(); health.Staleness > 5*time.Minute || health.Failures > 0 {
//		log.Printf("pods: %v, last error: %v", health.Phase, health.LastError)
//	}
//
// [DebugHandler] shows all of that as a page, for the informers of a group and others.
//
// # Read your writes
//
// A cache lags behind its server, by little mostly and by much on a bad day. Who
// has written and goes on from the cache waits until it has what he wrote, or more:
//
//	pod, err := clientset.CoreV1().Pods("shop").Create(ctx, pod, metav1.CreateOptions{})
//	err = informer.WaitForObject(ctx, pods, pod) // now the cache has it, unless it is gone again
//	err = registration.WaitForObject(ctx, pod)   // and the handler has returned from it
//
// Who has a version and no object, from a list say, calls
// [Informer.WaitForVersion], and [Informer.WaitForVersionOf] for one name of a
// [NameSet]. A [*VersionError] says why a version was not reached, which was, and
// the last error of a source that is failing. Ten thousand may wait, and it costs
// one comparison a batch; if nobody does, nothing.
//
// # Several questions about one state
//
// Between two look-ups something may have been written. A view of the indexer
// answers all from one state, with the version that it reflects; it copies nothing
// when it is taken, does not change, and holds no writer up (G39):
//
//	view := pods.Indexer().View()
//	for pod := range view.Namespaces().Get("shop") { … }
//	for pod := range byNode.In(view).Get("node-7") { … }
//
// # What has changed since
//
// [Informer.Events] begins with all there is. A reader that was there before, and
// remembers up to which version, goes on from that with [Informer.Changes]: as
// long as [Options].HistoryLimit has not been passed, with no loss and no
// repetition. Else it gets a [*GapError], takes an [Informer.Snapshot], and goes on
// with the changes of that. Such a reader keeps nothing alive, however slow it is.
//
// # A slow handler
//
// Events are kept in one log, once for all handlers, until the slowest has been
// through them. A handler that stands still keeps what it has not read, unless
// its [HandlerOptions].Backlog says otherwise:
//
//	EveryEvent        keeps all, and skips nothing; the default
//	Coalesce(limit)   beyond the limit, one change for each key: from the state
//	                  that the handler knows to the newest
//	Disconnect(limit) beyond the limit, the registration ends with a [*BacklogError]
//
// Coalesce is for handlers that act on the newest state: its memory is bounded by
// the number of keys. Disconnect is for those that cannot miss a state and would
// rather begin anew. [Informer.EventsWithOptions] has the same for loops.
//
//	registration, err := pods.AddHandlerWithOptions(handler, informer.HandlerOptions[*corev1.Pod]{
//		Backlog: informer.Coalesce(1000),
//	})
//
// [HandlerStats] tell how far a handler is behind: Backlog in changes, Lag in
// time, and Coalesced how many changes it was spared. One that works faster on
// many changes at a time is a [BatchHandler].
//
// A handler that is not needed any more is removed: by Remove, with what is
// pending dropped; by Drain, with that delivered; or when its
// [HandlerOptions].Context is done. [Registration.Err] says why one has ended.
//
// # Groups
//
// A program whose parts need the same informers has a [Group]. Its informers are
// shared by the type and the [Scope]: resource, namespaces, selectors, projection
// and shard. The first who acquires one starts it; it ends when the last has
// released it.
//
//	Provide ──▶ Group ──▶ informer of pods ─────────────▶ Handle, Handle, …
//	              │  └──▶ informer of pods in shop ─────▶ Handle
//	              └─────▶ informer of nodes ────────────▶ Handle
//
//	group := informer.NewGroup(informer.GroupOptions{Linger: time.Minute})
//	informer.Provide(group, informer.Provider[*corev1.Pod]{
//		Resource: corev1.SchemeGroupVersion.WithResource("pods"),
//		Source: func(scope informer.Scope) listwatch.ListWatcher[*corev1.Pod] {
//			return listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods(scope.Namespace))
//		},
//	})
//	go group.Run(ctx)
//	pods, err := informer.Acquire[*corev1.Pod](group, informer.Scope{Namespace: "shop"})
//	defer pods.Release()
//	err = group.WaitForSync(ctx) // names each informer that is late, and says why
//
// What holds for them beside the promises above:
//
//   - A scope is never watched twice at once. Who acquires one anew while the
//     informer before is still ending, in a handler's call, gets a new informer
//     that starts when that has returned; so no handler may wait for it.
//   - An informer that was released lingers for [GroupOptions].Linger: acquired
//     within that time, it goes on with its cache.
//   - At most [GroupOptions].ConcurrentLists of them list at once. While one that
//     has failed waits to try again, another has its turn.
//   - [Handle.Release] waits for nothing, and [Handle.Done] tells when all has
//     ended. Nothing is left of an informer that has.
//   - [Group.Run] returns when every goroutine of the group has ended. What is
//     acquired after that has stopped.
//
// # Some namespaces, several clusters
//
// [NewOverNamespaces] makes one informer of the namespaces in a [NameSet], which
// may change while it runs, by hand or by [FollowNames]; a [Scope] can have such a
// set too. [NewOverClusters] does the same with API servers.
//
//		var namespaces informer.NameSet
//		err := namespaces.Add("shop", "cart")
//		pods := informer.NewOverNamespaces(&namespaces, func(namespace string) listwatch.ListWatcher[*corev1.Pod] {
//			return listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods(namespace))
//		}, informer.Options{})
//		go pods.Run(ctx)
//		namespaces.Remove("cart") // its pods go; the others are asked nothing
//
//	  - Each name has a list, a watch, a version and a health of its own, in
//	    [Stats].Parts and [Health].Parts. What is promised of relists holds for
//	    each: one is applied at once, and the others stay as they are.
//	  - A name that is added arrives as adds that say they are initial, one that is
//	    removed goes as deletes that are not final.
//	  - No object takes the place of another's: keys of clusters have the name of
//	    the cluster in them, and what a source brings of another namespace is
//	    reported and left out.
//
// # Views
//
// A view is an informer that is made of other informers in place of a source. It
// has all that an informer has: readers, indexes, handlers, [Informer.Events],
// waiting, health; and it can be the input of a view.
//
//	pods ────▶ Map ─────▶ Join ─────▶ GroupBy ─────▶ readers, indexes, handlers
//	services ─────────────┘
//
//	ready := informer.Filter(pods, isReady, informer.ViewOptions[*corev1.Pod]{})
//	endpoints := informer.Join(
//		informer.By(services, func(s *corev1.Service) (string, bool) { return s.Spec.Selector["app"], true }),
//		informer.By(ready, func(p *corev1.Pod) (string, bool) { return p.Labels["app"], true }),
//		func(s *corev1.Service, pods iter.Seq[*corev1.Pod]) (*Endpoints, error) { … },
//		informer.ViewOptions[*Endpoints]{})
//	go ready.Run(ctx)     // a view is run like its inputs, in any order
//	go endpoints.Run(ctx)
//
// [Map] makes one object of each, [Filter] leaves some out, [Join] brings together
// what shares a value, [GroupBy] makes one object of all that share one.
//
//   - A view computes anew what a change concerns, and nothing else. A result that
//     equals the one before ([ViewOptions].Equal) changes nothing, and no handler
//     hears of it.
//   - It follows its inputs soon, not at once. What an input changed in one step,
//     as by a relist, the view changes in one step; changes that come faster than
//     it computes are folded by key. It holds up no input.
//   - All that it holds follows from one state of each input. Those of two inputs
//     need not be of one moment.
//   - The inputs' versions travel along, bookmarks included, up to what the view
//     reflects: [Stats].Version, or for a view of several resources the Version of
//     each in [Stats].Parts. Names of a [NameSet] have none there.
//   - The functions of a view are called by one goroutine, with no lock held. They
//     must not wait for the view. An object that one of them fails on is in
//     quarantine (G34), as with [listwatch.Map].
//   - A view syncs when its inputs have, and says what it waits for if they have
//     not. [Health] is that of the input that is worst off.
//   - When an input has stopped, or was released, the view takes its last state
//     and stops; its Run returns nil then.
//
// Deletes in a Map and a Filter are final if the input's are, unless the view has
// keys of its own; others never are.
//
// [listwatch.Map] and [listwatch.Filter] do the like before objects are cached.
// They are cheaper, in memory above all, and the choice if nobody needs what the
// server sent; views are for several ways to see one cache.
//
// # Costs
//
// An idle informer is two goroutines and one for each handler; one of a group is
// one more, one over a set one more for each name. A view is one instead of
// two; a [Join] and a [GroupBy] hold pointers to the objects of their inputs, by
// value. A change costs no allocation on its way from the source to a handler,
// apart from the log's chunks: one for each 256 events, however many handlers
// there are. Where a history is kept, which is where somebody has asked for one, it
// is one more.
package informer
