// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// Errors that are alike are one, the last, so that a source that fails for an hour
// leaves room for the others.
func TestDebugRemembersErrorsByKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newServer(t), quiet)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
		key := store.Key{Namespace: "shop", Name: "a"}
		failure := func(cause reflect.Cause, n int) error {
			return &informer.ListError{Failure: &informer.SourceError{Cause: cause, Attempt: n, Err: errBroken}}
		}
		for _, err := range []error{
			failure("refused", 1), failure("refused", 2),
			&listwatch.ItemError{Key: key, Stage: listwatch.StageDecode, Err: errBroken},
			&informer.PanicError{Handler: "h", Value: "oh"},
			&informer.MutationError{Key: key, Diff: "-secret"},
			&informer.BacklogError{Handler: "h", Backlog: 9, Limit: 8},
			&index.UniqueError{Index: "i", Key: key, Value: "secret"},
			&index.FuncError{Index: "i", Key: key, Err: errBroken},
			errors.New("secret"),
			failure("forbidden", 3), failure("refused", 4),
		} {
			inf.Report(err)
			time.Sleep(time.Second)
		}
		got, want := []string{}, []string{
			`source, , refused 3 times over 10s: reflect: a source without Options.Resource: Phase(?) at version "" failed (4 in a row), Phase(?) follows in 0s: broken; is the server up, and is it the one that is meant?`,
			`source, , forbidden 1 times over 0s: reflect: a source without Options.Resource: Phase(?) at version "" failed (3 in a row), Phase(?) follows in 0s: broken; who asks needs the verbs list and watch on this resource`,
			`other, , *errors.errorString 1 times over 0s: *errors.errorString`,
			`panic of an index, shop/a, index i 1 times over 0s: the function of index "i" panicked: *errors.errorString`,
			`not unique, shop/a, index i 1 times over 0s: *index.UniqueError`,
			`handler disconnected, h,  1 times over 0s: informer: : handler "h" is disconnected: it is behind by 9 changes, and its limit is 8; add it again to begin with the current state`,
			`changed after it was cached, shop/a,  1 times over 0s: *informer.MutationError`,
			`panic of a handler, h,  1 times over 0s: *informer.PanicError`,
			`object, shop/a, decode 1 times over 0s: *errors.errorString`,
		}
		for _, err := range d.details("informer", d.overview()[0].Informer).RecentErrors {
			first, _ := time.Parse(time.RFC3339, err.First)
			last, _ := time.Parse(time.RFC3339, err.Last)
			got = append(got, fmt.Sprintf("%s, %s, %s %d times over %v: %s", err.Kind, err.About, err.How, err.Count, last.Sub(first), err.Text))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("errors, the newest first (-want +got):\n%s", diff)
		}
		for i := range 100 {
			inf.Report(&informer.PanicError{Handler: fmt.Sprint(i)})
		}
		got = nil
		for _, err := range d.details("informer", d.overview()[0].Informer).RecentErrors {
			got = append(got, err.About)
		}
		if len(got) != informer.RecentLimit || got[0] != "99" {
			t.Errorf("after many: %v", got)
		}
	})
}

// Pages are asked for while everything changes; the race detector looks on.
func TestDebugWhileEverythingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a", "shop/b", "yard/c")
		group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{HistoryLimit: 10, OnError: func(error) {}}})
		stop := run(t, group)
		options := informer.DebugOptions{ShowObjects: true}
		d := newDebugger(t, group, options)
		var all sync.WaitGroup
		for worker := range 3 {
			all.Go(func() {
				for i := range 30 {
					handle := s.acquire(group, []string{"shop", "yard"}[i%2])
					if err := handle.WaitForSync(t.Context()); err != nil {
						t.Error(err)
					}
					_, _ = index.Add(handle.Indexer(), "size", bySize) // there may be one already
					registration := addHandler(t, handle, informer.HandlerFuncs[*Widget]{OnUpdate: func(old, _ *Widget) {
						if old.Size%5 == 0 {
							panic("five")
						}
					}}, informer.HandlerOptions[*Widget]{Name: fmt.Sprint(worker)})
					s.update("shop/a", i)
					registration.Remove()
					handle.Release()
				}
			})
			all.Go(func() {
				for range 30 {
					for _, shown := range d.overview() {
						query := queryOf("informer", shown.Informer, "key", "shop/a")
						answer := d.try(http.MethodGet, "/"+query)
						// It may have been released meanwhile.
						if answer.Code != http.StatusOK && !strings.Contains(answer.Body.String(), "there is no informer") {
							t.Errorf("status %d: %s", answer.Code, answer.Body)
						}
					}
				}
			})
		}
		all.Wait()
		stop()
	})
}
