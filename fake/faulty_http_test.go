// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// overHTTP is what a real client sees of a server.
func overHTTP(t *testing.T, config *rest.Config) listwatch.ListWatcher[*unstructured.Unstructured] {
	t.Helper()
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys))
}

// reads lists, or watches from the version that a list would have, and returns
// what came, one line each, and the error.
func reads(ctx context.Context, source listwatch.ListWatcher[*unstructured.Unstructured], verb string) (lines []string, err error) {
	if verb == "list" {
		_, err := source.List(ctx, listOptions{}, func(item store.Item[*unstructured.Unstructured], err error) {
			lines = append(lines, fmt.Sprintf("%v@%s %v", item.Key, item.Version, err))
		})
		return lines, err
	}
	options := watchOptions{Bookmarks: true, InitialEvents: verb == "stream", Timeout: time.Minute}
	if verb == "watch" {
		options.Version = "1"
	}
	for event, err := range source.Watch(ctx, options) {
		if err != nil {
			return lines, err
		}
		lines = append(lines, fmt.Sprintf("%v %v@%s", event.Type, event.Item.Key, event.Item.Version))
	}
	return lines, nil
}

// A client of client-go sees each fault as it would see it of a real server.
func TestFaultsOverHTTP(t *testing.T) {
	const (
		a, b, a3 = "Added shop/a@2", "Added shop/b@3", "Modified shop/a@4"
	)
	has := func(text string) func(error) bool {
		return func(err error) bool { return err != nil && strings.Contains(err.Error(), text) }
	}
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	none := func(err error) bool { return err == nil }
	for name, test := range map[string]struct {
		verb  string
		fault fake.Fault
		lines []string
		err   func(error) bool
	}{
		"refused list":       {"list", fake.Fault{Refuse: true}, nil, is(syscall.ECONNREFUSED)},
		"refused watch":      {"watch", fake.Fault{Refuse: true}, nil, is(syscall.ECONNREFUSED)},
		"forbidden":          {"list", fake.Fault{Status: 403}, nil, apierrors.IsForbidden},
		"unauthorized":       {"watch", fake.Fault{Status: 401}, nil, apierrors.IsUnauthorized},
		"not found":          {"list", fake.Fault{Status: 404}, nil, apierrors.IsNotFound},
		"internal error":     {"watch", fake.Fault{Status: 500}, nil, apierrors.IsInternalError},
		"expired":            {"list", fake.Fault{Status: 410}, nil, apierrors.IsResourceExpired},
		"half a list":        {"list", fake.Fault{Truncate: 1}, nil, has("unexpected EOF")},
		"a broken event":     {"watch", fake.Fault{Broken: 2}, []string{a}, has("unable to decode")},
		"half an event":      {"watch", fake.Fault{Truncate: 2}, []string{a}, none}, // client-go ends the watch and says nothing
		"dropped":            {"watch", fake.Fault{DropAfterEvents: 2}, []string{a, b}, none},
		"dropped at once":    {"watch", fake.Fault{DropAtOnce: true}, nil, none},
		"twice":              {"watch", fake.Fault{Duplicate: 1, DropAfterEvents: 2}, []string{a, a, b}, none},
		"back":               {"watch", fake.Fault{OldVersion: 3, DropAfterEvents: 3}, []string{a, b, a3, a}, none},
		"no end":             {"stream", fake.Fault{NoInitialEventsEnd: true, DropAfter: time.Second}, []string{"Added shop/a@4", "Added shop/c@6"}, none},
		"ended instead":      {"stream", fake.Fault{DropAtInitialEventsEnd: true}, []string{"Added shop/a@4", "Added shop/c@6"}, none},
		"silent list":        {"list", fake.Fault{Silent: true}, nil, is(context.DeadlineExceeded)},
		"silent watch":       {"watch", fake.Fault{Silent: true}, nil, is(context.DeadlineExceeded)},
		"silent after a few": {"watch", fake.Fault{SilentAfterEvents: 1}, []string{a}, is(context.DeadlineExceeded)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				server.Play(always(test.fault))
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
				defer cancel()
				lines, err := reads(ctx, overHTTP(t, server.RESTConfig()), test.verb)
				if diff := cmp.Diff(test.lines, lines); diff != "" {
					t.Errorf("came (-want +got):\n%s", diff)
				}
				if !test.err(err) {
					t.Errorf("the error is %v", err)
				}
				if requests := server.Requests(); len(requests) == 0 || requests[0].Verb == "" {
					t.Errorf("the log says %v", requests)
				}
			})
		})
	}
}

// A client with types cannot decode a broken item, and so none of the list; one
// without types takes nearly anything.
func TestABrokenItemOverHTTP(t *testing.T) {
	for _, fault := range []fake.Fault{{Broken: 2}, {WrongKind: 2}} {
		server := newServer(t)
		server.Play(always(fault))
		answer := httptest.NewRecorder()
		server.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/apis/toys.example.com/v2/widgets", nil))
		var list struct{ Items []json.RawMessage }
		if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || len(list.Items) != 2 {
			t.Fatalf("%d items, %v: %s", len(list.Items), err, answer.Body)
		}
		var first, second Widget
		if err := json.Unmarshal(list.Items[0], &first); err != nil || first.Name != "a" {
			t.Errorf("the first item is %+v, %v", first, err)
		}
		err := json.Unmarshal(list.Items[1], &second)
		if fault.Broken > 0 && err == nil || fault.WrongKind > 0 && second.Kind != "Status" {
			t.Errorf("%v: the second item can be decoded: %s", fault, list.Items[1])
		}
	}
}

// Retry-After is honoured by client-go itself, ten times.
func TestThrottledOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "list", To: 2, Fault: fake.Fault{Status: 429, RetryAfter: 3 * time.Second}}}})
		began := time.Now()
		lines, err := reads(t.Context(), overHTTP(t, server.RESTConfig()), "list")
		if err != nil || len(lines) != 2 {
			t.Errorf("list = %v, %v", lines, err)
		}
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("the list took %v, want 6s", took)
		}
	})
}

// On a socket a connection cannot be refused any more, but it can be closed.
func TestRefusedOnASocket(t *testing.T) {
	server := newServer(t)
	server.Play(always(fake.Fault{Refuse: true}))
	listening := httptest.NewServer(server.Handler())
	defer listening.Close()
	_, err := http.Get(listening.URL + "/apis/toys.example.com/v2/widgets")
	if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the error is %v, want an end of the connection", err)
	}
}
