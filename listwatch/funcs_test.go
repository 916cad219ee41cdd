// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

type host struct{ Name, Version string }

// hostHeader reads a header with a version, which WithKey has not.
func hostHeader(h host) (store.Item[host], error) {
	if h.Name == "evil" {
		return store.Item[host]{Version: h.Version}, errors.New("not this one")
	}
	return store.Item[host]{Key: store.Key{Name: h.Name}, Version: h.Version, Object: h}, nil
}

func hostItem(name, version string) store.Item[host] {
	return store.Item[host]{Key: store.Key{Name: name}, Version: version, Object: host{name, version}}
}

func TestFromFuncsList(t *testing.T) {
	var asked listwatch.ListOptions
	list := func(_ context.Context, options listwatch.ListOptions) ([]host, listwatch.Page, error) {
		asked = options
		return []host{{"a", "1"}, {"evil", "2"}, {"", "3"}, {"b/c", "4"}, {"d", "5"}}, listwatch.Page{Version: "5", Continue: "c"}, nil
	}
	source := listwatch.FromFuncs(hostHeader, list, func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, host) bool) error { return nil })
	options := listwatch.ListOptions{Version: "4", Limit: 5, Continue: "b"}
	type result struct {
		Item   store.Item[host]
		Failed bool
	}
	var got []result
	page, err := source.List(t.Context(), options, func(item store.Item[host], err error) {
		failed := new(listwatch.ItemError)
		if err != nil && (!errors.As(err, &failed) || failed.Stage != listwatch.StageKey || failed.Version != item.Version) {
			t.Errorf("error = %v, want an ItemError of stage key, with the version", err)
		}
		got = append(got, result{item, err != nil})
	})
	if err != nil || page != (listwatch.Page{Version: "5", Continue: "c"}) || cmp.Diff(options, asked) != "" {
		t.Errorf("page %+v, error %v, options %+v", page, err, asked)
	}
	want := []result{
		{hostItem("a", "1"), false},
		{store.Item[host]{Version: "2"}, true},
		{hostItem("", "3"), true},
		{hostItem("b/c", "4"), true},
		{hostItem("d", "5"), false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestFromFuncsErrors(t *testing.T) {
	errDown := errors.New("down")
	list := func(context.Context, listwatch.ListOptions) ([]host, listwatch.Page, error) {
		return nil, listwatch.Page{}, errDown
	}
	watch := func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, host) bool) error {
		return errDown
	}
	source := listwatch.FromFuncs(hostHeader, list, watch)
	if _, _, err := listAll(t.Context(), source); !errors.Is(err, errDown) || err.Error() != "listwatch: list hosts: down" {
		t.Errorf("list: %v", err)
	}
	if err := lastError(t.Context(), source, listwatch.WatchOptions{}); !errors.Is(err, errDown) || err.Error() != "listwatch: watch hosts: down" {
		t.Errorf("watch: %v", err)
	}
	if err := lastError(t.Context(), source, listwatch.WatchOptions{InitialEvents: true}); !errors.Is(err, listwatch.ErrNoInitialEvents) {
		t.Errorf("streaming list: %v, want ErrNoInitialEvents", err)
	}
}

func TestFromFuncsWatch(t *testing.T) {
	sent := []struct {
		kind listwatch.EventType
		host host
	}{
		{listwatch.Added, host{"a", "1"}},
		{listwatch.Modified, host{"evil", "2"}},
		{listwatch.Left, host{"a", "3"}},
		{listwatch.Bookmark, host{"", "4"}},
		{99, host{"a", "5"}},
		{listwatch.Deleted, host{"a", "6"}},
	}
	// stubborn goes on sending whatever send says.
	stubborn := func(_ context.Context, options listwatch.WatchOptions, send func(listwatch.EventType, host) bool) error {
		if options.Version != "0" {
			t.Errorf("version = %q", options.Version)
		}
		for _, event := range sent {
			send(event.kind, event.host)
		}
		return nil
	}
	list := func(context.Context, listwatch.ListOptions) ([]host, listwatch.Page, error) {
		return nil, listwatch.Page{}, nil
	}
	source := listwatch.FromFuncs(hostHeader, list, stubborn)
	options := listwatch.WatchOptions{Version: "0"}
	const rest = "; this item is left out until its next event, the rest goes on"
	want := []watched[host]{
		{Event: listwatch.Event[host]{Type: listwatch.Added, Item: hostItem("a", "1")}},
		{Event: listwatch.Event[host]{Type: listwatch.Modified, Item: store.Item[host]{Version: "2"}}, Err: "listwatch: hosts at version 2: key: not this one" + rest},
		{Event: listwatch.Event[host]{Type: listwatch.Left, Item: store.Item[host]{Key: store.Key{Name: "a"}, Version: "3"}}},
		{Event: listwatch.Event[host]{Type: listwatch.Bookmark, Item: store.Item[host]{Version: "4"}}},
		{Event: listwatch.Event[host]{Item: store.Item[host]{Key: store.Key{Name: "a"}, Version: "5"}}, Err: `listwatch: hosts "a" at version 5: decode: unknown type of event 99` + rest},
		{Event: listwatch.Event[host]{Type: listwatch.Deleted, Item: hostItem("a", "6")}},
	}
	if diff := cmp.Diff(want, watchAll(t.Context(), source, options)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	t.Run("reader leaves", func(t *testing.T) {
		count := 0
		for range source.Watch(t.Context(), options) {
			count++
			break
		}
		if count != 1 {
			t.Errorf("%d pairs, want 1", count)
		}
	})
	t.Run("context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var errs []error
		for _, err := range source.Watch(ctx, options) {
			errs = append(errs, err)
			cancel()
		}
		if len(errs) != 1 || errs[0] != nil {
			t.Errorf("pairs' errors = %v, want one event", errs)
		}
	})
}
