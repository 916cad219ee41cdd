// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func TestDebugTellsTheHistoryOfAnObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		inf := informer.New(s, informer.Options{HistoryLimit: 40, OnError: func(error) {}})
		stop := run(t, inf)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
		id := "*informer_test.Widget: *informer_test.Widget"
		ask := func() debugged {
			synctest.Wait()
			return d.details("informer", id, "key", "a")
		}
		if got := ask(); *got.HistorySteps != 0 || got.Object.Cached || got.Object.Changes != nil {
			t.Errorf("before the first list: %+v", got.Object)
		}
		s.list("1", at(widget("a", 1), "1"))
		synctest.Wait()
		if got := ask(); !got.Object.Cached || got.Object.Version != "1" || got.Object.Changes != nil {
			t.Errorf("at the beginning: %+v", got.Object)
		}
		s.modified(at(widget("a", 2), "2"))
		s.added(at(widget("b", 1), "3"))
		s.deleted(at(widget("a", 2), "4"))
		s.added(at(widget("a", 3), "5"))
		s.expire()
		s.list("9", at(widget("b", 1), "3"))
		want := []debuggedChange{
			{Version: "9", Type: "Deleted", Listed: true},
			{Version: "5", Type: "Added"},
			{Version: "4", Type: "Deleted", Final: true},
			{Version: "2", Type: "Updated"},
		}
		if diff := cmp.Diff(want, ask().Object.Changes); diff != "" {
			t.Errorf("changes, the newest first (-want +got):\n%s", diff)
		}
		if page := d.get(http.StatusOK, "informer", id, "key", "a"); !strings.Contains(page, "noticed by a list") || !strings.Contains(page, "final state") {
			t.Errorf("the page does not tell the history:\n%s", page)
		}
		for i := range 100 { // more than is kept, and more than is read at a time
			s.modified(at(widget("b", i), fmt.Sprint(10+i)))
		}
		if got := ask(); got.Object.Changes != nil || *got.HistorySteps != 40 {
			t.Errorf("long after: %+v, %d steps", got.Object, *got.HistorySteps)
		}
		if got := d.details("informer", id, "key", "b").Object.Changes; len(got) != 40 || got[0].Version != "109" || got[39].Version != "70" {
			t.Errorf("of the other: %+v", got)
		}
		stop()
	})
}

// A look at an object begins no history: that would be a change.
func TestDebugOnlyLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a")
		inf := informer.New(s, quiet)
		stop := run(t, inf)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
		for range 2 {
			s.update("shop/a", 7)
			synctest.Wait()
			if got := d.details("informer", d.overview()[0].Informer, "key", "shop/a"); got.HistorySteps != nil || got.Object.Changes != nil || inf.Kept() != 0 {
				t.Errorf("a history: %+v", got)
			}
		}
		stop()
	})
}

// touchy is an object whose methods do not expect to be called.
type touchy struct{ Big string }

func (touchy) GetLabels() map[string]string { panic("no labels") }

func (o touchy) MarshalText() ([]byte, error) {
	if o.Big == "" {
		panic("no text")
	}
	return []byte(o.Big), nil
}

func TestDebugShowsWhatItCanOfAnObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		items := []store.Item[touchy]{
			{Key: store.Key{Name: "panics"}},
			{Key: store.Key{Name: "large"}, Object: touchy{strings.Repeat("x", 1<<20)}},
			{Key: store.Key{Name: "small"}, Object: touchy{"x"}},
		}
		inf := informer.New(listed(items), quiet)
		stop := run(t, inf)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}, ShowObjects: true})
		for name, why := range map[string]string{"panics": "making JSON of it panicked: no text", "large": "it is too large to be shown: 1048578 bytes of JSON", "small": ""} {
			got := d.details("informer", d.overview()[0].Informer, "key", name).Object
			if !got.Cached || got.Labels != nil || got.ObjectError != why || (why == "") != (string(got.Object) == `"x"`) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		stop()
	})
}
