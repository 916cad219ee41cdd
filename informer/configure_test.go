// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

var errTransform = errors.New("this widget has no use")

// enlarged is a transform that cannot take widgets of no size.
func enlarged(w *Widget) (*Widget, error) {
	if w.Size == 0 {
		return nil, errTransform
	}
	return &Widget{w.TypeMeta, w.ObjectMeta, 2 * w.Size}, nil
}

func TestG37_TransformThatIsSetOnAnInformer(t *testing.T) {
	set := new(informer.NameSet)
	set.Add("a")
	for name, made := range map[string]func(server, informer.Options) *informer.Informer[*Widget]{
		"of one source": func(s server, options informer.Options) *informer.Informer[*Widget] {
			return informer.New(s, options)
		},
		"over namespaces": func(s server, options informer.Options) *informer.Informer[*Widget] {
			return informer.NewOverNamespaces(set, func(string) listwatch.ListWatcher[*Widget] { return s }, options)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { transformIsSet(t, made) })
		})
	}
}

func transformIsSet(t *testing.T, made func(server, informer.Options) *informer.Informer[*Widget]) {
	server := newServer(t, "a/one", "a/two")
	var reported troubles
	inf := made(server, informer.Options{OnError: reported.report})
	for range 2 { // the last call counts, and alone
		if err := inf.SetTransform(enlarged); err != nil {
			t.Fatal(err)
		}
	}
	defer run(t, inf)()
	server.create("a/none", 0)
	server.update("a/one", 5)
	synctest.Wait()
	wantContents(t, inf, "a/one: a/one=10", "a/two: a/two=4")
	var failure *listwatch.ItemError
	if all := reported.take(); len(all) != 1 || !errors.As(all[0], &failure) ||
		failure.Stage != listwatch.StageTransform || !errors.Is(failure, errTransform) {
		t.Errorf("reported: %v; want that of the transform", all)
	}
	if err := inf.SetTransform(nil); err == nil || !strings.Contains(err.Error(), "Run has been called") {
		t.Errorf("while it runs SetTransform returned %v", err)
	}
}

func TestTransformThatIsTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newServer(t, "a/one"), informer.Options{})
		for _, transform := range []func(*Widget) (*Widget, error){enlarged, nil} {
			if err := inf.SetTransform(transform); err != nil {
				t.Fatal(err)
			}
		}
		defer run(t, inf)()
		if got, _ := inf.Reader().Get(store.Key{Namespace: "a", Name: "one"}); got.Size != 1 {
			t.Errorf("it is cached as %v", got)
		}
	})
}

func TestViewsTakeNoTransform(t *testing.T) {
	view := informer.Filter(informer.New(newServer(t), informer.Options{}), func(*Widget) bool { return true }, informer.ViewOptions[*Widget]{})
	if err := view.SetTransform(enlarged); err == nil || !strings.Contains(err.Error(), "a view has no source") {
		t.Errorf("SetTransform of a view returned %v", err)
	}
}

// Errors of the source and of objects pass by who stands before OnError.
func TestInterceptErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported, seen troubles
		server := newServer(t, "a/one")
		inf := informer.New(listwatch.Map(server, enlarged), informer.Options{OnError: reported.report})
		intercept := func(err error, next func(error)) {
			seen.report(err)
			next(fmt.Errorf("passed on: %w", err))
		}
		for _, f := range []func(error, func(error)){nil, intercept} {
			if err := inf.InterceptErrors(f); err != nil {
				t.Fatal(err)
			}
		}
		defer run(t, inf)()
		server.create("a/none", 0)
		synctest.Wait()
		if all := seen.take(); len(all) != 1 || !errors.Is(all[0], errTransform) {
			t.Errorf("intercepted: %v", all)
		}
		if all := reported.take(); len(all) != 1 || !strings.HasPrefix(all[0].Error(), "passed on: ") {
			t.Errorf("reported: %v", all)
		}
		if err := inf.InterceptErrors(nil); err == nil {
			t.Error("while it runs InterceptErrors returned nil")
		}
	})
}
