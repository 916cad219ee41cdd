// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A watch from no version, or from "0", is one with initial events, whatever it
// says of them; only one that says no is not.
func TestWatchesOfOld(t *testing.T) {
	const (
		initial = "ADDED 2, ADDED 3"
		none    = "&sendInitialEvents=false&resourceVersionMatch=NotOlderThan"
	)
	for query, want := range map[string]string{
		"":                       initial,
		"&resourceVersion=0":     initial,
		"&allowWatchBookmarks=1": initial + ", BOOKMARK 4 end",
		"&allowWatchBookmarks=1&resourceVersion=0": initial + ", BOOKMARK 4 end",
		"&allowWatchBookmarks=1&resourceVersion=2": "ADDED 3",
		none:                        "",
		none + "&resourceVersion=0": "",
		none + "&resourceVersion=2": "ADDED 3",
	} {
		synctest.Test(t, func(t *testing.T) {
			answer := httptest.NewRecorder()
			request := httptest.NewRequest("GET", "/apis/toys.example.com/v2/widgets?watch=1&timeoutSeconds=1"+query, nil)
			stocked(t).Handler().ServeHTTP(answer, request)
			if diff := cmp.Diff(want, eventsOf(t, answer.Body.String())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", query, diff)
			}
		})
	}
}

// eventsOf are the events of a stream with their versions, in one line.
func eventsOf(t *testing.T, stream string) string {
	t.Helper()
	var events []string
	for line := range strings.Lines(stream) {
		var event struct {
			Type   string
			Object metav1.PartialObjectMetadata
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		text := event.Type + " " + event.Object.ResourceVersion
		if event.Object.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
			text += " end"
		}
		events = append(events, text)
	}
	return strings.Join(events, ", ")
}

// The log has what was asked for, not what is made of it.
func TestWatchesOfOldInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := stocked(t)
		ask(server.Handler(), "GET", "/apis/toys.example.com/v2/widgets?watch=1&timeoutSeconds=1", "")
		if log := server.Requests(); len(log) != 1 || log[0].InitialEvents {
			t.Errorf("the log is %+v", log)
		}
	})
}

// Bookmarks of types that servers are built with have the fields without
// omitempty.
func TestBookmarkOfABuiltInType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := ask(stocked(t).Handler(), "GET",
			"/apis/toys.example.com/v2/lamps?watch=1&timeoutSeconds=1&resourceVersion=4&allowWatchBookmarks=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan", "")
		const want = `{"type":"BOOKMARK","object":{"kind":"Lamp","apiVersion":"toys.example.com/v2",` +
			`"metadata":{"resourceVersion":"4","annotations":{"k8s.io/initial-events-end":"true"}},"colour":""}}` + "\n"
		if _, got, _ := strings.Cut(answer.Body.String(), "\n"); got != want {
			t.Errorf("got %s", got)
		}
	})
}
