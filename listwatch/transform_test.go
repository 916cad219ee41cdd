// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// script is a source that says what it is told to.
type script struct {
	items  []store.Item[*Widget]
	events []watched[*Widget]
	failed error // of single items
	page   listwatch.Page
	err    error // at the end of each
}

func (s *script) List(_ context.Context, _ listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	for _, item := range s.items {
		each(item, nil)
	}
	if s.failed != nil {
		each(store.Item[*Widget]{Key: store.Key{Name: "failed"}}, s.failed)
	}
	return s.page, s.err
}

func (s *script) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		for _, pair := range s.events {
			if !yield(pair.Event, nil) {
				return
			}
		}
		if s.failed != nil && !yield(listwatch.Event[*Widget]{Type: listwatch.Added, Item: store.Item[*Widget]{Key: store.Key{Name: "failed"}}}, s.failed) {
			return
		}
		if s.err != nil {
			yield(listwatch.Event[*Widget]{}, s.err)
		}
	}
}

func event(kind listwatch.EventType, w *Widget) watched[*Widget] {
	return watched[*Widget]{Event: listwatch.Event[*Widget]{Type: kind, Item: item(w)}}
}

// header is the item of w for another type of object.
func header[T any](w *Widget, object T) store.Item[T] {
	return store.Item[T]{Key: store.Key{Namespace: w.Namespace, Name: w.Name}, UID: w.UID, Version: w.ResourceVersion, Object: object}
}

// An object goes through the transform exactly once, whether it is listed, is
// sent in a streaming list, or is changed or deleted later; and T is any type.
func TestG37_TransformRunsOncePerReceivedObject(t *testing.T) {
	a, b, a2, b2 := widget("a", 1, 10), widget("b", 2, 20), widget("a", 4, 11), widget("b", 5, 20)
	calls := make(map[*Widget]int)
	double := func(w *Widget) (int, error) {
		calls[w]++
		return 2 * w.Size, nil
	}

	t.Run("list", func(t *testing.T) {
		clear(calls)
		source := listwatch.Map(&script{items: []store.Item[*Widget]{item(a), item(b)}, page: listwatch.Page{Version: "3", Continue: "c"}}, double)
		items, page, err := listAll(t.Context(), source)
		if err != nil || page != (listwatch.Page{Version: "3", Continue: "c"}) {
			t.Errorf("page %+v, error %v", page, err)
		}
		want := []listed[int]{{Item: header(a, 20)}, {Item: header(b, 40)}}
		if diff := cmp.Diff(want, items); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[*Widget]int{a: 1, b: 1}, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
	t.Run("streaming list and watch", func(t *testing.T) {
		clear(calls)
		end := listwatch.Event[*Widget]{Type: listwatch.Bookmark, Item: store.Item[*Widget]{Version: "3"}, InitialEventsEnd: true}
		left := listwatch.Event[*Widget]{Type: listwatch.Left, Item: header[*Widget](b2, nil)}
		source := listwatch.Map(&script{events: []watched[*Widget]{
			event(listwatch.Added, a), event(listwatch.Added, b), {Event: end},
			event(listwatch.Modified, a2), event(listwatch.Deleted, b2), {Event: left},
		}}, double)
		got := watchAll(t.Context(), source, listwatch.WatchOptions{InitialEvents: true})
		want := []watched[int]{
			{Event: listwatch.Event[int]{Type: listwatch.Added, Item: header(a, 20)}},
			{Event: listwatch.Event[int]{Type: listwatch.Added, Item: header(b, 40)}},
			{Event: listwatch.Event[int]{Type: listwatch.Bookmark, Item: store.Item[int]{Version: "3"}, InitialEventsEnd: true}},
			{Event: listwatch.Event[int]{Type: listwatch.Modified, Item: header(a2, 22)}},
			{Event: listwatch.Event[int]{Type: listwatch.Deleted, Item: header(b2, 40)}},
			{Event: listwatch.Event[int]{Type: listwatch.Left, Item: header(b2, 0)}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[*Widget]int{a: 1, b: 1, a2: 1, b2: 1}, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
	t.Run("filter", func(t *testing.T) {
		clear(calls)
		keep := func(w *Widget) bool {
			calls[w]++
			return w.Size < 20
		}
		source := listwatch.Filter(&script{
			items:  []store.Item[*Widget]{item(a), item(b)},
			events: []watched[*Widget]{event(listwatch.Modified, a2), event(listwatch.Deleted, b2)},
		}, keep)
		if _, _, err := listAll(t.Context(), source); err != nil {
			t.Error(err)
		}
		watchAll(t.Context(), source, listwatch.WatchOptions{})
		if diff := cmp.Diff(map[*Widget]int{a: 1, b: 1, a2: 1, b2: 1}, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

// firstLine leaves out the stack of a panic.
func firstLine(err error) string {
	line, _, _ := strings.Cut(text(err), "\n")
	return line
}

func TestMapReportsWhatItCannotTransform(t *testing.T) {
	errOdd := errors.New("odd")
	good, odd, wild := widget("good", 1, 2), widget("odd", 2, 3), widget("wild", 3, -1)
	half := func(w *Widget) (int, error) {
		switch {
		case w.Size < 0:
			panic("negative")
		case w.Size%2 == 1:
			return w.Size / 2, errOdd
		}
		return w.Size / 2, nil
	}
	source := listwatch.Map(&script{
		items: []store.Item[*Widget]{item(odd), item(wild), item(good)},
		events: []watched[*Widget]{
			event(listwatch.Added, odd), event(listwatch.Modified, wild),
			event(listwatch.Deleted, odd), event(listwatch.Deleted, good),
		},
		failed: &listwatch.ItemError{Stage: listwatch.StageDecode, Err: errOdd},
		err:    listwatch.ErrNoInitialEvents,
	}, half)

	type report struct {
		Key, Version string
		Stage        listwatch.Stage
		Type         listwatch.EventType
		Object       int
		Err          string
	}
	oddText := `listwatch: item "shop/odd" at version 2: transform: odd; this item is left out until its next event, the rest goes on`
	wildText := `listwatch: item "shop/wild" at version 3: transform: panic: negative`
	decodeText := `listwatch: item: decode: odd; this item is left out until its next event, the rest goes on`
	var got []report
	add := func(kind listwatch.EventType, item store.Item[int], err error) {
		entry := report{Key: item.Key.String(), Version: item.Version, Type: kind, Object: item.Object, Err: firstLine(err)}
		if failed := (*listwatch.ItemError)(nil); errors.As(err, &failed) {
			entry.Stage = failed.Stage
		}
		got = append(got, entry)
	}
	_, err := source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[int], err error) { add(0, item, err) })
	if !errors.Is(err, listwatch.ErrNoInitialEvents) {
		t.Errorf("error of the list = %v, want that of the source", err)
	}
	for event, err := range source.Watch(t.Context(), listwatch.WatchOptions{}) {
		add(event.Type, event.Item, err)
	}
	want := []report{
		{"shop/odd", "2", listwatch.StageTransform, 0, 0, oddText},
		{"shop/wild", "3", listwatch.StageTransform, 0, 0, wildText},
		{"shop/good", "1", "", 0, 1, ""},
		{"failed", "", listwatch.StageDecode, 0, 0, decodeText},

		{"shop/odd", "2", listwatch.StageTransform, listwatch.Added, 0, oddText},
		{"shop/wild", "3", listwatch.StageTransform, listwatch.Modified, 0, wildText},
		{"shop/odd", "2", listwatch.StageTransform, listwatch.Deleted, 0, oddText},
		{"shop/odd", "2", "", listwatch.Left, 0, ""}, // the delete is not lost
		{"shop/good", "1", "", listwatch.Deleted, 1, ""},
		{"failed", "", listwatch.StageDecode, listwatch.Added, 0, decodeText},
		{"", "", "", 0, 0, listwatch.ErrNoInitialEvents.Error()},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestMapPanicKeepsErrorAndStack(t *testing.T) {
	errPanic := errors.New("as an error")
	source := listwatch.Map(&script{items: []store.Item[*Widget]{item(widget("a", 1, 1))}}, func(*Widget) (int, error) { panic(errPanic) })
	_, err := source.List(t.Context(), listwatch.ListOptions{}, func(_ store.Item[int], err error) {
		if !errors.Is(err, errPanic) || !strings.Contains(text(err), "transform_test.go") {
			t.Errorf("error = %v; want one that wraps the panic's error and has its stack", err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFilter(t *testing.T) {
	small, big, wild := widget("small", 1, 1), widget("big", 2, 100), widget("wild", 3, -1)
	keep := func(w *Widget) bool {
		if w.Size < 0 {
			panic("negative")
		}
		return w.Size < 50
	}
	errItem := &listwatch.ItemError{Stage: listwatch.StageKey, Err: errors.New("bad")}
	bookmark := watched[*Widget]{Event: listwatch.Event[*Widget]{Type: listwatch.Bookmark, Item: store.Item[*Widget]{Version: "7"}, InitialEventsEnd: true}}
	left := watched[*Widget]{Event: listwatch.Event[*Widget]{Type: listwatch.Left, Item: header[*Widget](big, nil)}}
	source := listwatch.Filter(&script{
		items: []store.Item[*Widget]{item(big), item(small), item(wild)},
		events: []watched[*Widget]{
			event(listwatch.Added, small), event(listwatch.Added, big), event(listwatch.Modified, big),
			event(listwatch.Modified, wild), event(listwatch.Deleted, big), event(listwatch.Deleted, wild),
			bookmark, left, event(listwatch.Deleted, small),
		},
		failed: errItem,
		page:   listwatch.Page{Version: "7"},
		err:    listwatch.ErrNoInitialEvents,
	}, keep)

	const wildText = `listwatch: item "shop/wild" at version 3: filter: panic: negative`
	var items []listed[*Widget]
	page, err := source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[*Widget], err error) {
		items = append(items, listed[*Widget]{item, firstLine(err)})
	})
	if page.Version != "7" || !errors.Is(err, listwatch.ErrNoInitialEvents) {
		t.Errorf("page %+v, error %v", page, err)
	}
	failed := store.Item[*Widget]{Key: store.Key{Name: "failed"}}
	wantItems := []listed[*Widget]{
		{Item: item(small)},
		{Item: header[*Widget](wild, nil), Err: wildText},
		{Item: failed, Err: errItem.Error()},
	}
	if diff := cmp.Diff(wantItems, items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}

	gone := func(w *Widget, kind listwatch.EventType, err string) watched[*Widget] {
		return watched[*Widget]{Event: listwatch.Event[*Widget]{Type: kind, Item: header[*Widget](w, nil)}, Err: err}
	}
	var got []watched[*Widget]
	for event, err := range source.Watch(t.Context(), listwatch.WatchOptions{}) {
		got = append(got, watched[*Widget]{event, firstLine(err)})
	}
	want := []watched[*Widget]{
		event(listwatch.Added, small),
		gone(big, listwatch.Left, ""), // Added, Modified
		gone(big, listwatch.Left, ""),
		gone(wild, listwatch.Modified, wildText),
		gone(big, listwatch.Left, ""), // Deleted
		gone(wild, listwatch.Deleted, wildText),
		gone(wild, listwatch.Left, ""),
		bookmark,
		left,
		event(listwatch.Deleted, small),
		{Event: listwatch.Event[*Widget]{Type: listwatch.Added, Item: failed}, Err: errItem.Error()},
		{Err: listwatch.ErrNoInitialEvents.Error()},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Leaving the loop at any pair must not make a source call into it again.
func TestTransformsCanBeLeftAnywhere(t *testing.T) {
	inner := &script{events: []watched[*Widget]{
		event(listwatch.Added, widget("a", 1, 1)),
		event(listwatch.Deleted, widget("a", 2, -1)),
		event(listwatch.Deleted, widget("b", 3, 1)),
	}, err: errors.New("end")}
	fail := func(w *Widget) { // on the delete of a, which becomes two pairs
		if w.Size < 0 {
			panic("negative")
		}
	}
	sources := map[string]listwatch.ListWatcher[*Widget]{
		"map":    listwatch.Map(inner, func(w *Widget) (*Widget, error) { fail(w); return w, nil }),
		"filter": listwatch.Filter(inner, func(w *Widget) bool { fail(w); return true }),
	}
	for name, source := range sources {
		all := len(watchAll(t.Context(), source, listwatch.WatchOptions{}))
		if all != 5 {
			t.Errorf("%s: %d pairs, want 5", name, all)
		}
		for stop := range all {
			count := 0
			for range source.Watch(t.Context(), listwatch.WatchOptions{}) {
				if count++; count > stop {
					break
				}
			}
			if count != stop+1 {
				t.Errorf("%s: left after %d pairs, got %d", name, stop+1, count)
			}
		}
	}
}

func TestFilterLeavesObjectsOutOfAStreamingListWithoutAWord(t *testing.T) {
	source := &initialSource{events: []listwatch.Event[int]{
		{Type: listwatch.Added, Item: store.Item[int]{Key: store.Key{Name: "a"}, Object: 1}},
		{Type: listwatch.Added, Item: store.Item[int]{Key: store.Key{Name: "b"}, Object: 2}},
		{Type: listwatch.Modified, Item: store.Item[int]{Key: store.Key{Name: "b"}, Object: 3}},
		{Type: listwatch.Bookmark, InitialEventsEnd: true},
		{Type: listwatch.Added, Item: store.Item[int]{Key: store.Key{Name: "a"}, Object: 1}},
	}}
	even := listwatch.Filter[int](source, func(n int) bool { return n%2 == 0 })
	for initial, want := range map[bool]string{
		true:  "Added:b Left:b Bookmark: Left:a",        // b was listed before it ceased to pass
		false: "Left:a Added:b Left:b Bookmark: Left:a", // any of them may have been kept
	} {
		var got []string
		for event, err := range even.Watch(t.Context(), listwatch.WatchOptions{InitialEvents: initial}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(event.Type, ":", event.Item.Key))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("InitialEvents=%v: %s, want %s", initial, text, want)
		}
	}
}

// initialSource is a watch that brings the same events each time.
type initialSource struct{ events []listwatch.Event[int] }

func (s *initialSource) List(context.Context, listwatch.ListOptions, func(store.Item[int], error)) (listwatch.Page, error) {
	return listwatch.Page{}, nil
}

func (s *initialSource) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[int], error] {
	return func(yield func(listwatch.Event[int], error) bool) {
		for _, event := range s.events {
			if !yield(event, nil) {
				return
			}
		}
	}
}
