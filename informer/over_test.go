// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// realm is an API server with widgets, and an informer over some of its
// namespaces.
type realm struct {
	server
	api        *fake.APIServer
	namespaces informer.NameSet
	*informer.Informer[*Widget]
}

func newRealm(t *testing.T, namespaces ...string) *realm {
	r := &realm{api: fake.NewAPIServer(fake.Resource[*Widget](widgets.Group, widgets.Version, widgets.Resource))}
	objects, err := fake.SourceOf[*Widget](r.api, widgets)
	if err != nil {
		t.Fatal(err)
	}
	r.server = server{objects, t}
	r.add(namespaces...)
	r.Informer = informer.NewOverNamespaces(&r.namespaces, r.source, informer.Options{
		OnError: func(err error) { t.Errorf("reported: %v", err) },
	})
	return r
}

func (r *realm) source(namespace string) listwatch.ListWatcher[*Widget] {
	return fake.ListWatcher[*Widget](r.api, widgets, fake.Scope{Namespace: namespace})
}

func (r *realm) add(namespaces ...string) {
	r.t.Helper()
	if err := r.namespaces.Add(namespaces...); err != nil {
		r.t.Fatal(err)
	}
}

// asked returns the requests since the last call, by namespace.
func (r *realm) asked() map[string]int {
	asked := map[string]int{}
	for _, request := range r.api.Requests() {
		asked[request.Namespace]++
	}
	r.api.ForgetRequests()
	return asked
}

func (r *realm) wantAsked(want map[string]int) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.asked()); diff != "" {
		r.t.Errorf("requests by namespace (-want +got):\n%s", diff)
	}
}

// wantUnion compares the cache with what the server has in the namespaces of the
// set.
func (r *realm) wantUnion() {
	r.t.Helper()
	want := r.state()
	maps.DeleteFunc(want, func(key store.Key, _ string) bool { return !r.namespaces.Has(key.Namespace) })
	if got := cached(r.Informer); !maps.Equal(want, got) {
		r.t.Errorf("the cache holds %v, the namespaces %v hold %v", got, r.namespaces.All(), want)
	}
}

func TestNamespacesComeAndGoWhileTheInformerRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		for i, key := range []string{"a/x", "b/x", "c/x", "c/y"} {
			r.create(key, i+1)
		}
		calls := &recorder{}
		addHandler(t, r.Informer, calls, informer.HandlerOptions[*Widget]{})
		defer run(t, r.Informer)()
		want := func(want ...string) {
			t.Helper()
			synctest.Wait()
			got := calls.take()
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			r.wantUnion()
		}
		want("initial a/x=1", "initial b/x=2")
		r.wantAsked(map[string]int{"a": 1, "b": 1})

		r.add("c")
		want("initial c/x=3", "initial c/y=4")
		r.wantAsked(map[string]int{"c": 1})

		r.create("c/z", 9)
		r.update("a/x", 5)
		want("add c/z=9", "update a/x 1→5")

		r.namespaces.Remove("a", "c")
		want("gone a/x=5", "gone c/x=3", "gone c/y=4", "gone c/z=9")
		r.update("a/x", 6)
		r.update("b/x", 7)
		want("update b/x 2→7")
		r.wantAsked(map[string]int{})

		r.add("c", "empty")
		want("initial c/x=3", "initial c/y=4", "initial c/z=9")
		r.wantAsked(map[string]int{"c": 1, "empty": 1})
		r.delete("c/y")
		want("delete c/y=4")
	})
}

// TestNamespaceSetsAgainstTheirUnion changes a set and the server at random: the
// cache is the union, each handler's events fold to it, and a namespace that
// stays is listed once and watched on. What was asked of names that have left
// counts on.
func TestNamespaceSetsAgainstTheirUnion(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) { unionTrial(t, rand.New(rand.NewPCG(seed, 3))) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func unionTrial(t *testing.T, random *rand.Rand) {
	r := newRealm(t)
	f := newFold(t)
	f.rejoins = true
	addHandler(t, r.Informer, f, informer.HandlerOptions[*Widget]{})
	defer run(t, r.Informer)()
	joined := map[string]int{}
	watches := 0
	name := func() string { return fmt.Sprint("n", random.IntN(6)) }
	for range 60 {
		switch namespace := name(); random.IntN(5) {
		case 0:
			if !r.namespaces.Has(namespace) {
				joined[namespace]++
			}
			r.add(namespace)
		case 1:
			r.namespaces.Remove(namespace)
		default:
			r.write(random, namespace)
		}
		if random.IntN(3) > 0 { // else the next one comes before anybody has looked
			synctest.Wait()
			r.wantUnion()
		}
		counted := r.Stats().Source.Watches
		if counted < watches {
			t.Errorf("%d requests count, after %d", counted, watches)
		}
		watches = counted
	}
	synctest.Wait()
	r.wantUnion()
	held := map[store.Key]*Widget{}
	maps.Insert(held, r.Reader().Items())
	if !maps.Equal(held, f.state) {
		t.Errorf("the events fold to %v, the cache holds %v", f.state, held)
	}
	total, joins := 0, 0
	for namespace, requests := range r.asked() {
		if requests > joined[namespace] {
			t.Errorf("%d requests for namespace %s, which joined %d times", requests, namespace, joined[namespace])
		}
		total += requests
	}
	for _, times := range joined {
		joins += times
	}
	// What has left at once may have given up before the server took note.
	if counted := r.Stats().Source.Watches; counted < total || counted > joins {
		t.Errorf("%d requests count; the server has had %d, and names have joined %d times", counted, total, joins)
	}
	for _, part := range r.Stats().Parts {
		if objects := len(r.Lister().Namespace(part.Name).List(nil)); !part.Synced || part.Objects != objects || part.Source.Lists != 1 {
			t.Errorf("the numbers of a namespace with %d objects are %+v", objects, part)
		}
	}
}

// write creates, updates or deletes an object of a namespace.
func (r *realm) write(random *rand.Rand, namespace string) {
	key, size := fmt.Sprintf("%s/w%d", namespace, random.IntN(3)), random.IntN(100)
	_, exists := r.Get(keyOf(widget(key, 0)))
	switch {
	case !exists:
		r.create(key, size)
	case random.IntN(3) == 0:
		r.server.delete(key)
	default:
		r.update(key, size)
	}
}

func TestANamespaceThatMayNotBeReadHoldsUpTheSyncAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "secret")
		r.create("a/x", 1)
		forbidden := fake.NewAPIServer(fake.Resource[*Widget](widgets.Group, widgets.Version, widgets.Resource))
		forbidden.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
		inf := informer.NewOverNamespaces(&r.namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
			if namespace == "secret" {
				return fake.ListWatcher[*Widget](forbidden, widgets, fake.Scope{Namespace: namespace})
			}
			return r.source(namespace)
		}, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := inf.WaitForSync(ctx)
		if text := fmt.Sprint(err); !strings.Contains(text, "of secret") || !strings.Contains(text, "widgets.test.io in secret") || !apierrors.IsForbidden(err) {
			t.Errorf("WaitForSync = %v, want it to name the namespace and the reason", err)
		}
		health := inf.Health()
		if health.Synced || health.Failures == 0 || len(health.Parts) != 2 || health.Parts[0].Failures != 0 || health.Parts[1].Name != "secret" {
			t.Errorf("Health = %+v, want that of secret first", health)
		}
		if inf.Reader().Len() != 1 {
			t.Error("the other namespace is not in the cache")
		}
		r.namespaces.Remove("secret")
		if err := inf.WaitForSync(t.Context()); err != nil {
			t.Errorf("without the namespace: %v", err)
		}
	})
}

// deaf is a source whose list takes a minute to notice that it is over.
type deaf struct{ listwatch.ListWatcher[*Widget] }

func (deaf) List(ctx context.Context, _ listwatch.ListOptions, _ func(store.Item[*Widget], error)) (listwatch.Page, error) {
	<-ctx.Done()
	time.Sleep(time.Minute)
	return listwatch.Page{}, ctx.Err()
}

func TestANamespaceThatLeavesHoldsUpTheSyncNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "slow")
		inf := informer.NewOverNamespaces(&r.namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
			if namespace == "slow" {
				return deaf{r.source(namespace)}
			}
			return r.source(namespace)
		}, informer.Options{NoStreamingList: true})
		stop := run(t, inf)
		if closed(inf.Synced()) {
			t.Error("synced without a list")
		}
		r.namespaces.Remove("slow")
		synctest.Wait()
		if !closed(inf.Synced()) {
			t.Error("not synced, though nothing is waited for")
		}
		time.Sleep(time.Hour)
		stop()
	})
}

func TestWaitForSyncWaitsForTheNamesThatWereAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t)
		r.create("late/x", 1)
		defer run(t, r.Informer)()
		if err := r.WaitForSync(t.Context()); err != nil { // of nothing
			t.Fatal(err)
		}
		r.api.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Delay: 5 * time.Second}}}})
		began := time.Now()
		r.add("late", "later")
		if err := r.WaitForSync(t.Context()); err != nil || r.Reader().Len() != 1 || time.Since(began) < 5*time.Second {
			t.Errorf("after %v: %v, with %d objects", time.Since(began), err, r.Reader().Len())
		}
		r.add("gone")
		time.AfterFunc(time.Second, func() { r.namespaces.Remove("gone") })
		if err := r.WaitForSync(t.Context()); err != nil {
			t.Errorf("a name that was removed meanwhile: %v", err)
		}
	})
}

func TestASourceThatBringsOtherNamespacesIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		r.create("a/x", 1)
		r.create("b/x", 2)
		var told troubles
		inf := informer.NewOverNamespaces(&r.namespaces, func(string) listwatch.ListWatcher[*Widget] {
			return r.source("") // of all namespaces
		}, informer.Options{OnError: told.report})
		defer run(t, inf)()
		stray := r.create("b/y", 3)
		startWaiting(t, func() error { return inf.WaitForVersionOf(t.Context(), "a", stray.ResourceVersion) }).ended("with what was left out")
		r.namespaces.Remove("a")
		synctest.Wait()
		if want, got := 2, inf.Reader().Len(); got != want {
			t.Errorf("%d objects are left, want the %d of b", got, want)
		}
		var item *listwatch.ItemError
		reported := told.take()
		for _, err := range reported {
			if !errors.As(err, &item) || item.Stage != listwatch.StageKey {
				t.Errorf("reported: %v", err)
			}
		}
		if len(reported) != 3 {
			t.Errorf("%d objects were reported, want each that came from the source of the other namespace: %v", len(reported), reported)
		}
	})
}

func TestAQuarantinedObjectStaysSoWhenAnotherNamespaceIsListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a")
		r.create("a/broken", 2)
		r.create("b/x", 1)
		inf := informer.NewOverNamespaces(&r.namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
			return listwatch.Map(r.source(namespace), func(w *Widget) (*Widget, error) {
				if w.Size == 2 {
					return nil, errBroken
				}
				return w, nil
			})
		}, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		r.add("b")
		synctest.Wait()
		if _, found := inf.Quarantined(store.Key{Namespace: "a", Name: "broken"}); !found {
			t.Error("the list of b took an object of a out of quarantine")
		}
		r.namespaces.Remove("a")
		synctest.Wait()
		if all := inf.Health().Quarantined; len(all) != 0 {
			t.Errorf("of a namespace that has left there are %v", all)
		}
	})
}

func TestAnInformerOverNothingSaysWhatIsMissing(t *testing.T) {
	for name, inf := range map[string]*informer.Informer[*Widget]{
		"set":    informer.NewOverNamespaces[*Widget](nil, func(string) listwatch.ListWatcher[*Widget] { return nil }, informer.Options{}),
		"source": informer.NewOverClusters[*Widget](new(informer.NameSet), nil, informer.Options{}),
	} {
		if err := inf.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the "+name+" is nil") {
			t.Errorf("Run = %v, want it to miss the %s", err, name)
		}
		if err := inf.WaitForSync(expired(t)); err == nil {
			t.Errorf("without a %s it has synced", name)
		}
	}
}

// lingering is a source whose watch takes a second to notice that it is over.
type lingering struct{ listwatch.ListWatcher[*Widget] }

func (l lingering) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		l.ListWatcher.Watch(ctx, options)(yield)
		time.Sleep(time.Second)
	}
}

func TestANamespaceThatComesBackWaitsForItsFormerSelf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		r.create("a/x", 1)
		inf := informer.NewOverNamespaces(&r.namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
			return lingering{r.source(namespace)}
		}, informer.Options{})
		calls := &recorder{}
		addHandler(t, inf, calls, informer.HandlerOptions[*Widget]{})
		stop := run(t, inf)
		for range 2 {
			r.namespaces.Remove("a")
			synctest.Wait()
			r.add("a")
			synctest.Wait()
		}
		r.asked()
		if got := inf.Reader().Len(); got != 1 {
			t.Errorf("%d objects before the namespace has left, want 1", got)
		}
		time.Sleep(5 * time.Second)
		r.wantAsked(map[string]int{"a": 1})
		if diff := cmp.Diff([]string{"initial a/x=1", "gone a/x=1", "initial a/x=1"}, calls.take()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if got := cached(inf); !maps.Equal(got, r.state()) {
			t.Errorf("the cache holds %v", got)
		}
		r.namespaces.Remove("a", "b")
		time.Sleep(5 * time.Second)
		if left := inf.Leaving(); left != 0 {
			t.Errorf("%d namespaces are kept that have left", left)
		}
		stop()
	})
}

func TestASetFollowsTheObjectsThatASelectorMatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t)
		teams := newServer(t, "a", "b", "c:d") // the size is the team
		r.create("a/x", 1)
		r.create("b/x", 2)
		namespaces := informer.New(teams, informer.Options{})
		first := func(w *Widget) bool { return w.Size == 1 || w.Name == "c:d" }
		follows, err := informer.FollowNames(&r.namespaces, namespaces, first)
		if err != nil {
			t.Fatal(err)
		}
		defer run(t, namespaces)()
		if err := namespaces.WaitForSync(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer run(t, r.Informer)()
		want := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, r.namespaces.All()); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			r.wantUnion()
		}
		want("a")
		teams.update("b", 1)
		want("a", "b")
		teams.update("a", 2)
		want("b")
		teams.delete("b")
		want()
		follows.Remove()
		teams.update("a", 1)
		want()
		if _, err := informer.FollowNames(nil, namespaces, first); err == nil {
			t.Error("a set that is nil was taken")
		}
	})
}

func TestAnEndWhileANamespaceLeavesIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		hold := make(chan struct{})
		inf := informer.NewOverNamespaces(&r.namespaces, r.source, informer.Options{QueueLimit: 1, OnError: func(error) { <-hold }})
		if _, err := index.Add(inf.Indexer(), "size", func(w *Widget) (int, bool) {
			if w.Size == 9 {
				panic("nine")
			}
			return w.Size, true
		}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- inf.Run(ctx) }()
		synctest.Wait()
		r.create("a/x", 9) // the loop tells of it, and takes nothing meanwhile
		synctest.Wait()
		r.create("b/x", 1) // there is no more room than for this
		synctest.Wait()
		r.namespaces.Remove("a")
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(hold)
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}
