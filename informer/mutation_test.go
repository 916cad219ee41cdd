// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
)

// mutants is an OnError that takes the keys and diffs of changed objects.
type mutants struct {
	t     *testing.T
	mu    sync.Mutex
	found []*informer.MutationError
}

func (m *mutants) OnError(err error) {
	var mutation *informer.MutationError
	if !errors.As(err, &mutation) {
		m.t.Errorf("OnError: %v", err)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.found = append(m.found, mutation)
}

// take returns the keys of what was found since the last take.
func (m *mutants) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for _, mutation := range m.found {
		keys = append(keys, mutation.Key.String())
	}
	m.found = nil
	return strings.Join(keys, " ")
}

func cachedWidget(t *testing.T, inf *informer.Informer[*Widget], key string) *Widget {
	t.Helper()
	w, found := inf.Reader().Get(keyOf(widget(key, 0)))
	if !found {
		t.Fatalf("%s is not cached", key)
	}
	return w
}

// start is run, for tests in which objects are changed.
func start(t *testing.T, inf *informer.Informer[*Widget]) (stop func()) {
	end := runOutside(t, inf)
	synctest.Wait()
	return end
}

// An object that was changed is found at the next check, once for each change.
func TestG05_MutationIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, errs := newServer(t, "a/one", "a/two"), &mutants{t: t}
		inf := informer.New(s, informer.Options{DetectMutations: 1, OnError: errs.OnError})
		defer start(t, inf)()

		time.Sleep(10 * time.Second)
		synctest.Wait() // or the check is still reading
		if got := errs.take(); got != "" {
			t.Errorf("found %s, and nobody has changed anything", got)
		}
		// The race detector does not know that the check comes later: the update
		// of another object takes the news there.
		handOver := func() { s.update("a/one", 5); synctest.Wait() }
		cachedWidget(t, inf, "a/two").Labels = map[string]string{"seen": "yes"}
		handOver()
		time.Sleep(time.Second)
		synctest.Wait()
		if len(errs.found) != 1 {
			t.Fatalf("found %q, want a/two", errs.take())
		}
		mutation := errs.found[0]
		if !strings.Contains(mutation.Diff, "Labels:") || !strings.Contains(mutation.Diff, `"seen": "yes"`) {
			t.Errorf("the diff does not name the field and its value:\n%s", mutation.Diff)
		}
		if text := mutation.Error(); !strings.HasPrefix(text, `informer: widgets "a/two" was changed`) {
			t.Errorf("the error is %q", text)
		}
		errs.take()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := errs.take(); got != "" {
			t.Errorf("found %s once more", got)
		}
		cachedWidget(t, inf, "a/two").Labels["seen"] = "twice"
		handOver()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := errs.take(); got != "a/two" {
			t.Errorf("found %q, want a/two", got)
		}
	})
}

// A change between two checks is found, whatever becomes of the object.
func TestG05_MutationIsFoundBeforeTheCheck(t *testing.T) {
	for name, then := range map[string]func(s server, stop func()){
		"updated": func(s server, _ func()) { s.update("a/one", 7) },
		"deleted": func(s server, _ func()) { s.delete("a/one") },
		"stopped": func(_ server, stop func()) { stop() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, errs := newServer(t, "a/one"), &mutants{t: t}
				inf := informer.New(s, informer.Options{DetectMutations: 1, MutationPeriod: time.Hour, OnError: errs.OnError})
				stop := sync.OnceFunc(start(t, inf))
				defer stop()
				cachedWidget(t, inf, "a/one").Size = 1_000
				then(s, stop)
				synctest.Wait()
				if got := errs.take(); got != "a/one" {
					t.Errorf("found %q, want a/one", got)
				}
				stop()
				if got := errs.take(); got != "" {
					t.Errorf("found %s once more", got)
				}
			})
		})
	}
}

// A handler that changes what it is given, of an informer that tells nobody by
// itself.
func TestG05_CheckMutations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, errs := newServer(t, "a/one", "a/two"), &mutants{t: t}
		inf := informer.New(s, informer.Options{DetectMutations: 1, MutationPeriod: -1, OnError: errs.OnError})
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, _ bool) { w.Size++ }}, informer.HandlerOptions[*Widget]{})
		defer start(t, inf)()
		s.delete("a/two")
		synctest.Wait()
		time.Sleep(time.Hour)
		err := inf.CheckMutations()
		var mutation *informer.MutationError
		if !errors.As(err, &mutation) || strings.Count(err.Error(), "was changed") != 2 {
			t.Errorf("CheckMutations: %v; want an error for each of the two", err)
		}
		if err := inf.CheckMutations(); err != nil {
			t.Errorf("CheckMutations tells once more: %v", err)
		}
		if got := errs.take(); got != "" {
			t.Errorf("OnError was told of %s", got)
		}
	})
}

func TestG05_CheckMutationsWhenOff(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	if err := inf.CheckMutations(); err == nil || !strings.Contains(err.Error(), "Options.DetectMutations") {
		t.Errorf("CheckMutations: %v; want an error that says it is off", err)
	}
}

// Of each nth object all changes are found, of the others none.
func TestG05_MutationSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all, nth = 400, 4
		s := fake.NewSource[*Widget](fake.Options{})
		for i := range all {
			if _, err := s.Create(widget(fmt.Sprintf("a/w-%d", i), i)); err != nil {
				t.Fatal(err)
			}
		}
		inf := informer.New(s, informer.Options{DetectMutations: nth, MutationPeriod: -1})
		defer start(t, inf)()
		change := func() (keys []string) {
			for w := range inf.Reader().All() {
				w.Size++
			}
			for _, err := range inf.CheckMutations().(interface{ Unwrap() []error }).Unwrap() {
				keys = append(keys, err.(*informer.MutationError).Key.String())
			}
			return keys
		}
		first, second := change(), change()
		if !slices.Equal(first, second) {
			t.Error("other objects are looked at than before")
		}
		if got := len(first); got < all/nth*2/3 || got > all/nth*3/2 {
			t.Errorf("%d of %d are looked at, want about one of %d", got, all, nth)
		}
	})
}

// An index that refuses a state leaves the one before, which is looked at on.
func TestG05_MutationAfterRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a/one")
		inf := informer.New(s, informer.Options{DetectMutations: 1, MutationPeriod: -1, OnError: func(error) {}})
		if _, err := index.Add(inf.Indexer(), "size", func(w *Widget) (int, bool) {
			if w.Size > 100 {
				panic("too large")
			}
			return w.Size, true
		}); err != nil {
			t.Fatal(err)
		}
		defer start(t, inf)()
		s.update("a/one", 101)
		s.create("a/two", 102)
		synctest.Wait()
		if err := inf.CheckMutations(); err != nil {
			t.Errorf("CheckMutations: %v", err)
		}
		cachedWidget(t, inf, "a/one").Size = 50
		if err := inf.CheckMutations(); err == nil || strings.Contains(err.Error(), "two") {
			t.Errorf("CheckMutations: %v; want an error for a/one", err)
		}
	})
}

// Piece is of no API, and knows not how to copy itself.
type Piece struct {
	Name   string
	Tags   map[string][]string
	Next   *Piece
	Any    any
	Pair   [2]*int
	Amount resource.Quantity
	Do     func()
	Ratio  float64
	hidden *int
}

// Bolt copies itself, and what else a method may do.
type Bolt struct {
	Name   string
	Length *int
	Bad    bool
}

func (b Bolt) DeepCopy() Bolt {
	if b.Bad {
		panic("no copy")
	}
	length := *b.Length
	return Bolt{Name: b.Name, Length: &length}
}

// In objects of any type changes are found wherever reflection can reach them.
func TestG05_MutationOfAnyType(t *testing.T) {
	one, two := 1, 2
	loop := &Piece{Name: "loop"}
	loop.Next, loop.Any = loop, loop
	for _, test := range []struct {
		name   string
		part   *Piece
		change func(p *Piece)
		found  bool
	}{
		{"nothing", &Piece{Name: "p", Tags: map[string][]string{"a": {"b"}}}, func(*Piece) {}, false},
		{"field", &Piece{}, func(p *Piece) { p.Name = "q" }, true},
		{"map", &Piece{Tags: map[string][]string{"a": {"b"}}}, func(p *Piece) { p.Tags["c"] = nil }, true},
		{"slice in a map", &Piece{Tags: map[string][]string{"a": {"b"}}}, func(p *Piece) { p.Tags["a"][0] = "c" }, true},
		{"nil and empty", &Piece{Tags: map[string][]string{"a": nil}}, func(p *Piece) { p.Tags["a"] = []string{} }, true},
		{"pointer", &Piece{Next: &Piece{}}, func(p *Piece) { p.Next.Name = "q" }, true},
		{"array", &Piece{Pair: [2]*int{&one, &one}}, func(p *Piece) { *p.Pair[1] = 5 }, true},
		{"interface", &Piece{Any: map[string]any{"a": []any{1}}}, func(p *Piece) { p.Any.(map[string]any)["a"].([]any)[0] = 2 }, true},
		{"in a circle", loop, func(p *Piece) { p.Next.Next.Name = "line" }, true},
		{"value computed of itself", &Piece{Amount: resource.MustParse("1500m")}, func(p *Piece) { p.Amount.AsDec() }, false},
		{"amount", &Piece{Amount: resource.MustParse("1500m")}, func(p *Piece) { p.Amount.Add(resource.MustParse("1")) }, true},
		{"unexported", &Piece{hidden: &two}, func(p *Piece) { *p.hidden = 3 }, false},
		{"not comparable", &Piece{Do: func() {}}, func(*Piece) {}, false},
		{"never equal", &Piece{Ratio: math.NaN()}, func(*Piece) {}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			check := informer.CheckedObject(test.part)
			if err := check(); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			test.change(test.part)
			if err := check(); (err != nil) != test.found {
				t.Errorf("found is %v, want %v: %v", err != nil, test.found, err)
			}
		})
	}
	length := 4
	bolt := Bolt{Name: "b", Length: &length}
	check := informer.CheckedObject(bolt)
	if length = 5; check() == nil {
		t.Error("a change behind a value that copies itself is not found")
	}
	if err := informer.CheckedObject(Bolt{Bad: true})(); err != nil {
		t.Errorf("an object that cannot be copied: %v", err)
	}
	var none *Widget
	if err := informer.CheckedObject(none)(); err != nil {
		t.Errorf("nil: %v", err)
	}
}
