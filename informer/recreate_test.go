// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/types"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

// born gives a widget a UID and a version.
func born(w *Widget, uid types.UID, version string) *Widget {
	w.UID = uid
	return at(w, version)
}

// A relist that missed a deletion brings the next object of the same name.
func TestG02_ARecreatedObjectIsAnUpdateOrOnRequestADeleteAndAnAdd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		var plain, apart, filtered, events recorder
		addHandler(t, inf, &plain, informer.HandlerOptions[*Widget]{})
		addHandler(t, inf, &apart, informer.HandlerOptions[*Widget]{RecreateAsDeleteAdd: true})
		addHandler(t, inf, noteEvents(&events), informer.HandlerOptions[*Widget]{RecreateAsDeleteAdd: true})
		addHandler(t, inf, &filtered, informer.HandlerOptions[*Widget]{
			RecreateAsDeleteAdd: true, Filter: func(w *Widget) bool { return w.Size < 5 },
		})
		defer run(t, inf)()
		source.list("1", born(widget("a", 1), "u1", "1"), born(widget("b", 2), "u2", "1"))
		synctest.Wait()
		source.expire()
		source.list("9", born(widget("a", 7), "u9", "8"), born(widget("b", 3), "u2", "9"))
		wantCalls(t, &plain, "initial a=1", "initial b=2", "update a 1→7", "update b 2→3")
		wantCalls(t, &apart, "initial a=1", "initial b=2", "gone a=1", "add a=7", "update b 2→3")
		wantCalls(t, &events, "Added a: a=1 initial", "Added b: b=2 initial",
			"Deleted a: a=1 old a=1", "Added a: a=7", "Updated b: b=3 old b=2")
		wantCalls(t, &filtered, "initial a=1", "initial b=2", "gone a=1", "update b 2→3")
		if diff := cmp.Diff([]string{"initial a=7", "initial b=3"}, initialCalls(t, inf)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// initialCalls is what a new handler is told.
func initialCalls(t *testing.T, inf *informer.Informer[*Widget]) []string {
	var calls recorder
	addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
	synctest.Wait()
	return calls.take()
}

// A source without UIDs has no second object of a name.
func TestG02_WithoutAUIDNothingIsRecreated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{RecreateAsDeleteAdd: true})
		defer run(t, inf)()
		source.list("1", born(widget("a", 1), "", "1"))
		source.modified(born(widget("a", 2), "u1", "2"))
		source.modified(born(widget("a", 3), "", "3"))
		source.modified(born(widget("a", 4), "u2", "4"))
		source.modified(born(widget("a", 5), "u3", "5"))
		wantCalls(t, &calls, "initial a=1", "update a 1→2", "update a 2→3", "update a 3→4", "gone a=4", "add a=5")
	})
}

// Merged or not, each of the objects that a handler knows ends with a delete of
// its own.
func TestG02_MergedChangesKeepObjectsApartOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		merged, apart := newStuck(), newStuck()
		addHandler(t, inf, merged, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(0)})
		addHandler(t, inf, apart, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(0), RecreateAsDeleteAdd: true})
		defer run(t, inf)()
		source.list("1", born(widget("a", 1), "u1", "1"), born(widget("b", 1), "u2", "1"), born(widget("hold", 1), "u3", "1"))
		source.modified(born(widget("hold", 2), "u3", "2"))
		synctest.Wait()
		merged.take()
		apart.take()
		version := 10
		for _, w := range []*Widget{widget("a", 2), widget("b", 2), widget("a", 3), widget("b", 3)} {
			version++
			uid := types.UID(fmt.Sprint("new-", w.Name, w.Size))
			source.modified(born(w, uid, fmt.Sprint(version)))
		}
		source.deleted(born(widget("b", 4), "new-b3", "20"))
		synctest.Wait()
		merged.release()
		apart.release()
		wantCalls(t, &merged.recorder, "update a 1→3", "delete b=4")
		wantCalls(t, &apart.recorder, "gone a=1", "add a=3", "gone b=1")
	})
}
