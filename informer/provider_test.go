// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

var lamps = schema.GroupVersionResource{Version: "v1", Resource: "lamps"}

func TestAcquireGoesThroughWhatWasProvided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		object := func(handle *informer.Handle[*Widget], err error) string {
			t.Helper()
			if err != nil {
				return err.Error()
			}
			defer handle.Release()
			if err := handle.WaitForSync(t.Context()); err != nil {
				return err.Error()
			}
			return fmt.Sprint(handle.Reader().List(), " of ", handle.Scope())
		}
		want := func(want string, handle *informer.Handle[*Widget], err error) {
			t.Helper()
			synctest.Wait() // what was released before has ended
			if got := object(handle, err); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		get := func() (*informer.Handle[*Widget], error) { return informer.Get[*Widget](group) }
		inHand := newSupply(t, "in-hand").provider()
		handle := inHand.Acquire(group, informer.Scope{})
		want("[in-hand=1] of widgets.test.io", handle, nil)

		informer.Provide(group, newSupply(t, "provided").provider())
		handle, err := get()
		want("[provided=1] of widgets.test.io", handle, err)
		handle = inHand.Acquire(group, informer.Scope{})
		want("[provided=1] of widgets.test.io", handle, nil)

		informer.Provide(group, newSupply(t, "newer").provider())
		handle, err = informer.Acquire[*Widget](group, informer.Scope{Resource: widgets})
		want("[newer=1] of widgets.test.io", handle, err)

		// One provider for all that nothing more exact was provided for.
		every := newSupply(t, "every").provider()
		every.Resource = schema.GroupVersionResource{}
		informer.Provide(group, every)
		handle, err = informer.Acquire[*Widget](group, informer.Scope{Resource: lamps})
		want("[every=1] of lamps", handle, err)
		handle, err = informer.Acquire[*Widget](group, informer.Scope{Resource: widgets})
		want("[newer=1] of widgets.test.io", handle, err)
		handle, err = get()
		want("[every=1] of objects", handle, err)

		_, err = informer.Acquire[*Widget](group, informer.Scope{Namespace: "a", Namespaces: new(informer.NameSet)})
		if err == nil || !strings.Contains(err.Error(), "both Namespace and Namespaces") {
			t.Errorf("a scope that contradicts itself: %v", err)
		}
	})
}

// What is provided for all resources of a type is asked for that of the provider
// in hand.
func TestAProviderOfAllResourcesStandsInForOneOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		every := newSupply(t).provider()
		every.Resource = schema.GroupVersionResource{}
		informer.Provide(group, every)
		first := newSupply(t).acquire(group, "")
		defer first.Release()
		if got := first.Scope().Resource; got != widgets {
			t.Errorf("the scope is of %v, want %v", got, widgets)
		}
		second, err := informer.Acquire[*Widget](group, informer.Scope{Resource: widgets})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Release()
		if first.Reader() != second.Reader() {
			t.Error("one resource has two informers")
		}
	})
}

func TestWhatIsProvidedLaterIsForInformersThatAreMadeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		before, after := newSupply(t), newSupply(t)
		first := before.acquire(group, "")
		informer.Provide(group, after.provider())
		second := before.acquire(group, "")
		before.wantWatches(1)
		after.wantWatches(0)
		first.Release()
		second.Release()
		before.wantWatches(0)
		before.acquire(group, "")
		after.wantWatches(1)
	})
}

func TestNoProviderErrorNamesWhatThereIs(t *testing.T) {
	group := informer.NewGroup(informer.GroupOptions{})
	want := func(want string, scope informer.Scope) {
		t.Helper()
		_, err := informer.Acquire[*Widget](group, scope)
		var failure *informer.NoProviderError
		if !errors.As(err, &failure) || failure.Type != "*informer_test.Widget" || failure.Resource != scope.Resource {
			t.Fatalf("the error is %#v", err)
		}
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	want("informer: there is no provider of *informer_test.Widget: informer.Provide sets one; there is none at all", informer.Scope{})
	informer.Provide(group, informer.Provider[Host]{})
	informer.Provide(group, informer.Provider[int]{})
	want("informer: there is no provider of lamps as *informer_test.Widget: informer.Provide sets one; there are some of informer_test.Host, int", informer.Scope{Resource: lamps})
	informer.Provide(group, newSupply(t).provider())
	want("informer: there is no provider of lamps as *informer_test.Widget: informer.Provide sets one; of that type there are widgets.test.io", informer.Scope{Resource: lamps})
	informer.Provide(group, informer.Provider[*Widget]{Resource: lamps})
	want("informer: there is no provider of *informer_test.Widget: there are several, and Scope.Resource has to say which: lamps, widgets.test.io", informer.Scope{})
}

// Options are the provider's own, or else those of the group, whose resource is
// never that of an informer.
func TestOptionsOfAProviderComeBeforeThoseOfTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := fake.NewAPIServer(fake.Resource[*Widget](widgets.Group, widgets.Version, widgets.Resource), fake.Resource[*Widget]("", "v1", "lamps"))
		group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{Resource: lamps, MinVersion: "1", NoStreamingList: true}})
		defer run(t, group)()
		anything := anythingOf(api)
		groups := anything.Acquire(group, informer.Scope{Resource: widgets})
		synctest.Wait()
		anything.Options = &informer.Options{PageSize: 7, NoStreamingList: true, Consistency: informer.MostRecent}
		own := anything.Acquire(group, informer.Scope{Resource: lamps})
		synctest.Wait()
		var lists []string
		for _, request := range api.Requests() {
			if request.Verb == "list" {
				lists = append(lists, request.String())
			}
		}
		want := []string{
			"list widgets.test.io resourceVersion=1 resourceVersionMatch=NotOlderThan",
			"list lamps limit=7",
		}
		if diff := cmp.Diff(want, lists); diff != "" {
			t.Errorf("lists (-want +got):\n%s", diff)
		}
		s := newSupply(t)
		unnamed := informer.Provider[*Widget]{Source: s.source}.Acquire(group, informer.Scope{Namespace: "unnamed"})
		if got := unnamed.Stats().Resource; got != "*informer_test.Widget" {
			t.Errorf("the informer whose resource nobody has said is of %s", got)
		}
		if groups.Stats().Resource != "widgets.test.io" || own.Stats().Resource != "lamps" {
			t.Errorf("the informers are of %s and %s", groups.Stats().Resource, own.Stats().Resource)
		}
	})
}

func TestResyncOfAProviderIsForHandlersThatDoNotSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "a")
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		provider := s.provider()
		provider.Resync = time.Minute
		handle, without := provider.Acquire(group, informer.Scope{}), s.acquire(group, "")
		var silent, hour, never, none recorder
		for handler, options := range map[*recorder]informer.HandlerOptions[*Widget]{
			&silent: {}, &hour: {Resync: time.Hour}, &never: {Resync: -1},
		} {
			addHandler(t, handle, handler, options)
		}
		addHandler(t, without, &none, informer.HandlerOptions[*Widget]{})
		synctest.Wait()
		for _, handler := range []*recorder{&silent, &hour, &never, &none} {
			wantCalls(t, handler, "initial a=1")
		}
		time.Sleep(time.Minute)
		wantCalls(t, &silent, "update a 1→1")
		wantCalls(t, &hour)
		time.Sleep(59 * time.Minute)
		wantCalls(t, &hour, "update a 1→1")
		wantCalls(t, &never)
		wantCalls(t, &none)
	})
}
