// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// lateOf returns what each joined error of Group.WaitForSync says.
func lateOf(t *testing.T, err error) (late []*informer.NotSyncedError) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("the error joins none: %v", err)
	}
	for _, err := range joined.Unwrap() {
		var one *informer.NotSyncedError
		if !errors.As(err, &one) {
			t.Fatalf("no NotSyncedError: %v", err)
		}
		late = append(late, one)
	}
	return late
}

func TestGroupWaitForSyncNamesEachLaggardWithItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a", "yard/b")
		group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{OnError: func(error) {}}})
		acquire := func(source listwatch.ListWatcher[*Widget], namespace string) *informer.Handle[*Widget] {
			return only(source).Acquire(group, informer.Scope{Namespace: namespace})
		}
		forbidden := acquire(answers{err: apierrors.NewForbidden(widgets.GroupResource(), "", errors.New("not you"))}, "forbidden")
		acquire(answers{}, "silent")
		if err := s.acquire(group, "shop").WaitForSync(expired(t)); err == nil || !strings.Contains(err.Error(), "Run has not been called") {
			t.Errorf("before Run: %v", err)
		}
		hold := make(chan struct{})
		addHandler(t, s.acquire(group, "yard"), informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{Name: "slow"})
		released := acquire(answers{}, "released")
		defer run(t, group)()

		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		time.AfterFunc(time.Second, released.Release)
		var got []string
		tries := regexp.MustCompile(`\d+ tries`) // there is jitter
		err := group.WaitForSync(ctx)
		for _, late := range lateOf(t, err) {
			got = append(got, late.Resource+": "+tries.ReplaceAllString(late.Waiting, "some tries"))
		}
		want := []string{
			"widgets.test.io in forbidden: the first list (some tries have failed)",
			"widgets.test.io in silent: the first list (no answer for 5s)",
			`widgets.test.io in yard: handler "slow", which has 1 initial adds to go`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("laggards (-want +got):\n%s", diff)
		}
		if !apierrors.IsForbidden(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("neither forbidden nor late: %v", err)
		}
		close(hold)
		forbidden.Release()
		synctest.Wait()
		if late := lateOf(t, group.WaitForSync(expired(t))); len(late) != 1 || late[0].Resource != "widgets.test.io in silent" {
			t.Errorf("laggards %v, want the silent one", late)
		}
	})
}

// expired returns a context that has ended.
func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// What is released while it is being waited for is waited for no longer, though
// it lingers.
func TestGroupWaitForSyncEndsWithTheReleaseOfTheLaggard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{Linger: time.Hour})
		defer run(t, group)()
		handle := only(answers{}).Acquire(group, informer.Scope{})
		time.AfterFunc(time.Second, handle.Release)
		start := time.Now()
		if err := group.WaitForSync(t.Context()); err != nil || time.Since(start) != time.Second {
			t.Errorf("WaitForSync after %v: %v, want nil after 1s", time.Since(start), err)
		}
		if err := group.WaitForSync(t.Context()); err != nil {
			t.Errorf("WaitForSync of what nobody holds: %v", err)
		}
	})
}

// manyResources are those of a server.
func manyResources(count int) (all []schema.GroupVersionResource, api *fake.APIServer) {
	definitions := make([]fake.ResourceDefinition, count)
	for i := range definitions {
		resource := schema.GroupVersionResource{Group: "test.io", Version: "v1", Resource: fmt.Sprintf("things%02d", i)}
		all = append(all, resource)
		definitions[i] = fake.Resource[*Widget](resource.Group, resource.Version, resource.Resource)
	}
	return all, fake.NewAPIServer(definitions...)
}

func TestOneForbiddenResourceHoldsUpNoOtherAndIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resources, api := manyResources(20)
		api.Play(fake.Script{Rules: []fake.Rule{{Resource: "things07", Fault: fake.Fault{Status: 403}}}})
		group := informer.NewGroup(informer.GroupOptions{ConcurrentLists: 2, Options: informer.Options{OnError: func(error) {}}})
		defer run(t, group)()
		handles := map[string]*informer.Handle[*Widget]{}
		for _, resource := range resources {
			handles[resource.Resource] = anythingOf(api).Acquire(group, informer.Scope{Resource: resource})
		}
		synctest.Wait() // no time has passed
		for name, handle := range handles {
			if want := name != "things07"; closed(handle.Synced()) != want {
				t.Errorf("%s has synced: %v, want %v", name, !want, want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		late := lateOf(t, group.WaitForSync(ctx))
		if len(late) != 1 || late[0].Resource != "things07.test.io" || !apierrors.IsForbidden(late[0]) {
			t.Errorf("laggards: %v", late)
		}
		api.Play(fake.Script{})
		if err := group.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestGroupListsSoManyResourcesAtOnceAndNoMore(t *testing.T) {
	for name, test := range map[string]struct {
		verb    string // of the lists
		options informer.GroupOptions
		most    int
	}{
		"streaming lists": {"stream", informer.GroupOptions{}, 10},
		"plain lists":     {"list", informer.GroupOptions{ConcurrentLists: 3, Options: informer.Options{NoStreamingList: true}}, 3},
		"without a limit": {"stream", informer.GroupOptions{ConcurrentLists: -1}, 100},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				resources, api := manyResources(100)
				// A slow server: all that may list at once do.
				api.Play(fake.Script{Rules: []fake.Rule{{Verb: test.verb, Fault: fake.Fault{Delay: time.Second}}}})
				lists, watches := &gauge{}, &gauge{}
				provider := informer.Provider[*Widget]{Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
					return gauged{fake.ListWatcher[*Widget](api, scope.Resource), lists, watches}
				}}
				group := informer.NewGroup(test.options)
				for _, resource := range resources {
					provider.Acquire(group, informer.Scope{Resource: resource})
				}
				defer run(t, group)()
				start := time.Now()
				if err := group.WaitForSync(t.Context()); err != nil {
					t.Error(err)
				}
				rounds := time.Duration((100 + test.most - 1) / test.most)
				if took := time.Since(start); took != rounds*time.Second {
					t.Errorf("it took %v, want %v", took, rounds*time.Second)
				}
				synctest.Wait() // the watches begin right behind
				if now, most, ever := lists.read(); now != 0 || most != test.most || ever != 100 {
					t.Errorf("%d lists are under way, %d were at once, and %d in all; want 0, %d, 100", now, most, ever, test.most)
				}
				if now, _, _ := watches.read(); now != 100 {
					t.Errorf("%d watches are open, want 100", now)
				}
			})
		})
	}
}

func TestAListThatWaitsForItsTurnSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{ConcurrentLists: 1})
		defer run(t, group)()
		only(answers{}).Acquire(group, informer.Scope{Namespace: "first"})
		synctest.Wait()
		only(answers{}).Acquire(group, informer.Scope{Namespace: "second"})
		time.Sleep(3 * time.Second)
		late := lateOf(t, group.WaitForSync(expired(t)))
		if len(late) != 2 || !strings.Contains(late[1].Error(), "widgets.test.io in second: not synced: context canceled while waiting for the first list (as many others as may be are under way, for 3s)") {
			t.Errorf("laggards: %v", late)
		}
	})
}

// A live set in a scope is one informer, shared by those who name the same set.
func TestAGroupSharesInformersOverALiveSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "a/x", "b/x", "c/x")
		var namespaces, others informer.NameSet
		if err := errors.Join(namespaces.Add("a", "b"), others.Add("a")); err != nil {
			t.Fatal(err)
		}
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		first := s.provider().Acquire(group, informer.Scope{Namespaces: &namespaces})
		second := s.provider().Acquire(group, informer.Scope{Namespaces: &namespaces})
		other := s.provider().Acquire(group, informer.Scope{Namespaces: &others})
		s.wantWatches(3)
		if err := namespaces.Add("c"); err != nil {
			t.Fatal(err)
		}
		s.wantWatches(4)
		if first.Reader() != second.Reader() || first.Reader().Len() != 3 || other.Reader().Len() != 1 {
			t.Errorf("the caches hold %d, %d and %d objects", first.Reader().Len(), second.Reader().Len(), other.Reader().Len())
		}
		first.Release()
		s.wantWatches(4)
		second.Release()
		s.wantWatches(1)
	})
}
