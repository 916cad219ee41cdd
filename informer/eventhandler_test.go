// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

// noteEvents returns a handler that notes events as text.
func noteEvents(r *recorder) informer.EventFunc[*Widget] {
	return func(event informer.Event[*Widget]) {
		text := fmt.Sprintf("%v %v: %v", event.Type, event.Key, event.Object)
		if event.Old != nil {
			text += fmt.Sprintf(" old %v", event.Old)
		}
		if event.Initial {
			text += " initial"
		}
		if event.Final {
			text += " final"
		}
		r.note(text)
	}
}

func TestAnEventHandlerIsHandedWholeEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a", "shop/b")
		inf := informer.New(s, informer.Options{})
		var all, large recorder
		addHandler(t, inf, noteEvents(&all), informer.HandlerOptions[*Widget]{Resync: time.Hour})
		addHandler(t, inf, noteEvents(&large), informer.HandlerOptions[*Widget]{Filter: func(w *Widget) bool { return w.Size > 1 }})
		defer run(t, inf)()
		wantCalls(t, &all, "Added shop/a: shop/a=1 initial", "Added shop/b: shop/b=2 initial")
		wantCalls(t, &large, "Added shop/b: shop/b=2 initial")
		s.update("shop/a", 3)
		s.update("shop/b", 1)
		s.delete("shop/a")
		wantCalls(t, &all,
			"Updated shop/a: shop/a=3 old shop/a=1", "Updated shop/b: shop/b=1 old shop/b=2",
			"Deleted shop/a: shop/a=3 old shop/a=3 final")
		wantCalls(t, &large, // as the filter makes them
			"Added shop/a: shop/a=3", "Deleted shop/b: shop/b=2 old shop/b=2",
			"Deleted shop/a: shop/a=3 old shop/a=3 final")
		time.Sleep(time.Hour)
		wantCalls(t, &all, "Updated shop/b: shop/b=1 old shop/b=1")
		wantCalls(t, &large)
	})
}

// A handler that wraps another may know nothing of events.
func TestAnEventFuncIsAHandlerToo(t *testing.T) {
	var calls recorder
	handler := informer.Handler[*Widget](noteEvents(&calls))
	handler.HandleAdd(widget("a", 1), true)
	handler.HandleUpdate(widget("a", 1), widget("a", 2))
	handler.HandleDelete(widget("a", 2), true)
	want := []string{"Added : a=1 initial", "Updated : a=2 old a=1", "Deleted : a=2 old a=2 final"}
	if diff := cmp.Diff(want, calls.take()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestANilEventFuncIsNoHandler(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	_, err := inf.AddHandler(informer.EventFunc[*Widget](nil))
	if err == nil || !strings.Contains(err.Error(), "the handler is nil") {
		t.Errorf("AddHandler: %v", err)
	}
}
