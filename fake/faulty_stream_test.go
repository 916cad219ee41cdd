// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

// The streams of these tests have a timeout of a minute, and end by it if the
// fault does not see to another end; the client gives up after ten minutes.
const (
	streamTimeout = time.Minute
	patience      = 10 * time.Minute
)

const (
	errBroken    = "decode the object cannot be decoded: its bytes are broken"
	errWrongKind = "decode got an object of another kind, want *fake_test.Widget"
)

func TestStreamFaults(t *testing.T) {
	sound := []string{
		"0s Added shop/a@2=1", "0s Added shop/b@3=2", "0s Modified shop/a@4=3", "0s Deleted shop/b@5=2", "0s Added shop/c@6=4",
	}
	tests := []struct {
		name  string
		fault fake.Fault
		want  []string
	}{
		{"none", fake.Fault{}, append(sound[:5:5], "1m0s end")},
		{"delay", fake.Fault{Delay: 3 * time.Second, DropAfterEvents: 1}, []string{"3s Added shop/a@2=1", "3s end"}},
		{"drop at once", fake.Fault{DropAtOnce: true}, []string{"0s end"}},
		{"drop after events", fake.Fault{DropAfterEvents: 3}, append(sound[:3:3], "0s end")},
		{"drop after more events than there are", fake.Fault{DropAfterEvents: 6}, append(sound[:5:5], "1m0s end")},
		{"drop after a time", fake.Fault{DropAfter: 700 * time.Millisecond}, append(sound[:5:5], "700ms end")},
		{"drop after more than the timeout", fake.Fault{DropAfter: 2 * time.Minute}, append(sound[:5:5], "1m0s end")},
		{"drop by what comes first", fake.Fault{DropAfter: time.Second, DropAfterEvents: 1}, append(sound[:1:1], "0s end")},
		{"silent", fake.Fault{Silent: true}, []string{"10m0s EventType(?) canceled", "10m0s end"}},
		{"silent after events", fake.Fault{SilentAfterEvents: 2}, append(sound[:2:2], "10m0s EventType(?) canceled", "10m0s end")},
		{"silent and dropped", fake.Fault{Silent: true, DropAfter: 900 * time.Millisecond}, []string{"900ms end"}},
		{"silent after events and dropped", fake.Fault{SilentAfterEvents: 1, DropAfter: time.Second}, append(sound[:1:1], "1s end")},
		{"truncate", fake.Fault{Truncate: 3}, append(sound[:2:2], "0s EventType(?) unexpected EOF", "0s end")},
		{"broken", fake.Fault{Broken: 3}, append(sound[:2:2], "0s Modified shop/a@4: "+errBroken, sound[3], sound[4], "1m0s end")},
		{"broken deletion", fake.Fault{Broken: 4}, append(sound[:3:3], "0s Deleted shop/b@5: "+errBroken, sound[4], "1m0s end")},
		{"wrong kind", fake.Fault{WrongKind: 1}, append([]string{"0s Added shop/a@2: " + errWrongKind}, append(sound[1:5:5], "1m0s end")...)},
		{"broken and wrong kind", fake.Fault{Broken: 1, WrongKind: 2, DropAfterEvents: 2}, []string{
			"0s Added shop/a@2: " + errBroken, "0s Added shop/b@3: " + errWrongKind, "0s end",
		}},
		{"duplicate", fake.Fault{Duplicate: 3}, append(sound[:3:3], sound[2], sound[3], sound[4], "1m0s end")},
		{"old version", fake.Fault{OldVersion: 3}, append(sound[:3:3], sound[0], sound[3], sound[4], "1m0s end")},
		{"events are counted as the server sends them", fake.Fault{Duplicate: 1, DropAfterEvents: 2}, []string{sound[0], sound[0], sound[1], "0s end"}},
		{"status", fake.Fault{Status: 503}, []string{
			"0s EventType(?) fake: watch widgets.toys.example.com: the server is currently unable to handle the request (watch widgets.toys.example.com)", "0s end",
		}},
		{"compact", fake.Fault{Compact: true}, []string{
			"0s EventType(?) fake: watch widgets.toys.example.com: too old resource version: 1 (6)", "0s end",
		}},
		{"faults of lists", fake.Fault{EndlessContinue: true, ExpireContinue: true}, append(sound[:5:5], "1m0s end")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				server.Play(always(test.fault))
				compareStream(t, server, watchOptions{Version: "1", Timeout: streamTimeout}, test.want)
			})
		})
	}
}

// compareStream reads a stream as long as the client has patience.
func compareStream(t *testing.T, server *fake.APIServer, options watchOptions, want []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer time.AfterFunc(patience, cancel).Stop()
	got := newTape()
	got.watch(ctx, fake.ListWatcher[*Widget](server, toys), options)
	if diff := cmp.Diff(want, got.lines); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
}

func TestStreamingListFaults(t *testing.T) {
	a, c, bookmark := "0s Added shop/a@4=3", "0s Added shop/c@6=4", "0s Bookmark 6 end"
	tests := []struct {
		name  string
		fault fake.Fault
		want  []string
	}{
		{"none", fake.Fault{}, []string{a, c, bookmark, "1m0s end"}},
		{"no bookmark", fake.Fault{NoInitialEventsEnd: true}, []string{a, c, "1m0s end"}},
		{"dropped before the bookmark", fake.Fault{DropAtInitialEventsEnd: true}, []string{a, c, "0s end"}},
		{"no bookmark, and dropped", fake.Fault{NoInitialEventsEnd: true, DropAfter: time.Second}, []string{a, c, "1s end"}},
		{"bookmarks are events", fake.Fault{DropAfterEvents: 3}, []string{a, c, bookmark, "0s end"}},
		{"a bookmark is cut", fake.Fault{Truncate: 3}, []string{a, c, "0s EventType(?) unexpected EOF", "0s end"}},
		{"bookmarks are no objects", fake.Fault{Broken: 3, WrongKind: 3, Duplicate: 3, OldVersion: 3}, []string{a, c, bookmark, "1m0s end"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				server.Play(always(test.fault))
				compareStream(t, server, watchOptions{InitialEvents: true, Bookmarks: true, Timeout: streamTimeout}, test.want)
			})
		})
	}
}

// Without the bookmark the stream goes on as a watch does.
func TestNoInitialEventsEndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		server.Play(always(fake.Fault{NoInitialEventsEnd: true}))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := record(ctx, fake.ListWatcher[*Widget](server, toys), watchOptions{InitialEvents: true, Bookmarks: true})
		synctest.Wait()
		r.take()
		must(t)(sourceOf(t, server).Create(widget("shop", "d", 5)))
		sourceOf(t, server).Bookmark()
		synctest.Wait()
		if diff := cmp.Diff([]string{"Added shop/d@7=5", "Bookmark 7"}, r.take()); diff != "" {
			t.Errorf("after the list part (-want +got):\n%s", diff)
		}
	})
}

// Breaking out of the loop ends a stream in whatever state it is.
func TestLeavingADisturbedStream(t *testing.T) {
	for _, fault := range []fake.Fault{
		{}, {Duplicate: 1}, {OldVersion: 1}, {Broken: 1}, {Truncate: 3}, {SilentAfterEvents: 3}, {DropAfter: time.Hour},
	} {
		for leave := 1; leave <= 3; leave++ {
			server := newServer(t)
			server.Play(always(fault))
			count := 0
			for range fake.ListWatcher[*Widget](server, toys).Watch(t.Context(), watchOptions{Version: "1"}) {
				if count++; count == leave {
					break
				}
			}
			if count != leave {
				t.Errorf("%#v: read %d pairs, want %d", fault, count, leave)
			}
		}
	}
}
