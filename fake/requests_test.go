// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
)

func TestRequestString(t *testing.T) {
	pods := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	tests := []struct {
		request fake.Request
		want    string
	}{
		{fake.Request{Verb: "list", Resource: pods}, "list pods"},
		{fake.Request{Verb: "list", Resource: toys}, "list widgets.toys.example.com"},
		{fake.Request{Verb: "list", Resource: pods, Version: "0", Limit: 500}, "list pods resourceVersion=0 limit=500"},
		{
			fake.Request{Verb: "list", Resource: pods, Namespace: "shop", Version: "7", VersionMatch: exact, Limit: 5, Continue: "abc"},
			"list pods in shop resourceVersion=7 resourceVersionMatch=Exact limit=5 continue",
		},
		{
			fake.Request{Verb: "watch", Resource: pods, Version: "7", InitialEvents: true, Bookmarks: true, Timeout: time.Minute, Time: time.Now()},
			"watch pods resourceVersion=7 sendInitialEvents allowWatchBookmarks",
		},
		{
			fake.Request{Verb: "watch", Resource: pods, LabelSelector: "a=b,c", FieldSelector: "metadata.name=x"},
			"watch pods labelSelector=a=b,c fieldSelector=metadata.name=x",
		},
		{fake.Request{Verb: "get", Resource: pods, Namespace: "shop", Name: "web-0"}, "get pods shop/web-0"},
		{fake.Request{Verb: "create", Resource: pods, Namespace: "shop"}, "create pods in shop"},
		{fake.Request{Verb: "update", Resource: pods, Subresource: "status", Namespace: "shop", Name: "web-0"}, "update pods/status shop/web-0"},
	}
	for _, test := range tests {
		if got := test.request.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestRequestsAreLoggedInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		widgets := fake.ListWatcher[*Widget](server, toys, fake.Scope{
			Namespace: "shop",
			Labels:    labels.SelectorFromSet(labels.Set{"red": "yes"}),
			Fields:    fields.OneTermEqualSelector("metadata.name", "a"),
		})
		began := time.Now()
		_, _, _ = list(t.Context(), widgets, listOptions{Version: "5", VersionMatch: notBefore, Limit: 2, Continue: "no token"})
		time.Sleep(time.Second)
		for range widgets.Watch(t.Context(), watchOptions{Version: "6", Timeout: 5 * time.Second, Bookmarks: true, InitialEvents: true}) {
		}
		scope := fake.Request{Resource: toys, Namespace: "shop", LabelSelector: "red=yes", FieldSelector: "metadata.name=a"}
		wantList, wantWatch := scope, scope
		wantList.Time, wantList.Verb, wantList.Version = began, "list", "5"
		wantList.VersionMatch, wantList.Limit, wantList.Continue = notBefore, 2, "no token"
		wantWatch.Time, wantWatch.Verb, wantWatch.Version = began.Add(time.Second), "watch", "6"
		wantWatch.VersionMatch, wantWatch.Timeout, wantWatch.Bookmarks, wantWatch.InitialEvents = notBefore, 5*time.Second, true, true
		if diff := cmp.Diff([]fake.Request{wantList, wantWatch}, server.Requests()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// What a script turns away is logged too; what never left the client is not.
func TestRequestsThatFail(t *testing.T) {
	server := newServer(t)
	server.Play(always(fake.Fault{Refuse: true}))
	widgets := fake.ListWatcher[*Widget](server, toys)
	_, _, _ = list(t.Context(), widgets, listOptions{})
	ended, cancel := contextThatEnded(t)
	defer cancel()
	_, _, _ = list(ended, widgets, listOptions{})
	sequence := widgets.Watch(t.Context(), watchOptions{})
	if got := server.Requests(); len(got) != 1 || got[0].Verb != "list" {
		t.Errorf("before the watch is read: %v, want one list", got)
	}
	for range sequence {
	}
	if got := server.Requests(); len(got) != 2 || got[1].Verb != "watch" {
		t.Errorf("after it was read: %v, want a list and a watch", got)
	}
	server.ForgetRequests()
	if got := server.Requests(); len(got) != 0 {
		t.Errorf("forgotten, and still there: %v", got)
	}
}
