// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const acceptTable = "application/json;as=Table;g=meta.k8s.io;v=v1"

// tableOf decodes a table, and leaves out of its rows' objects what is not told
// by name.
func tableOf(t *testing.T, body []byte) (columns, rows []string, table metav1.Table) {
	t.Helper()
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	for _, column := range table.ColumnDefinitions {
		columns = append(columns, strings.Join([]string{column.Name, column.Type, column.Format}, " "))
	}
	for _, row := range table.Rows {
		var object struct {
			metav1.TypeMeta
			Metadata metav1.ObjectMeta
			Size     *int
		}
		if err := json.Unmarshal(row.Object.Raw, &object); err != nil && row.Object.Raw != nil {
			t.Fatal(err)
		}
		text := strings.Join([]string{row.Cells[0].(string), row.Cells[1].(string), object.Kind, object.Metadata.Name}, " ")
		if object.Size != nil {
			text += " with size"
		}
		rows = append(rows, text)
	}
	return columns, rows, table
}

func TestTable(t *testing.T) {
	const path = "/apis/toys.example.com/v2/namespaces/shop/widgets"
	tests := []struct {
		path string
		want []string
	}{
		{path, []string{"a 2m PartialObjectMetadata a", "b 2m PartialObjectMetadata b"}},
		{path + "?includeObject=", []string{"a 2m PartialObjectMetadata a", "b 2m PartialObjectMetadata b"}},
		{path + "?includeObject=Metadata&limit=1", []string{"a 2m PartialObjectMetadata a"}},
		{path + "?includeObject=None", []string{"a 2m  ", "b 2m  "}},
		{path + "?includeObject=Object", []string{"a 2m Widget a with size", "b 2m Widget b with size"}},
		{path + "/a?includeObject=Object", []string{"a 2m Widget a with size"}},
	}
	synctest.Test(t, func(t *testing.T) {
		handler := stocked(t).Handler()
		time.Sleep(2 * time.Minute)
		for _, test := range tests {
			columns, rows, table := tableOf(t, ask(handler, "GET", test.path, "", "Accept", acceptTable).Body.Bytes())
			if diff := cmp.Diff([]string{"Name string name", "Age date "}, columns); diff != "" {
				t.Errorf("%s: columns (-want +got):\n%s", test.path, diff)
			}
			if diff := cmp.Diff(test.want, rows); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", test.path, diff)
			}
			version := "4" // of the list
			if strings.Contains(test.path, "/a?") {
				version = "2"
			}
			if table.ResourceVersion != version || (table.Continue != "") != strings.Contains(test.path, "limit") {
				t.Errorf("%s: %+v", test.path, table.ListMeta)
			}
		}
		if got := ask(handler, "GET", path+"?includeObject=Some", "", "Accept", acceptTable); got.Code != 400 {
			t.Errorf("includeObject=Some: %d %s", got.Code, got.Body)
		}
	})
}

// watchFor returns what a watch sends until the time is up.
func watchFor(t *testing.T, path, accept string, timeout time.Duration) *httptest.ResponseRecorder {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	request := httptest.NewRequestWithContext(ctx, "GET", "http://server"+path, nil)
	request.Header.Set("Accept", accept)
	answer := httptest.NewRecorder()
	stocked(t).Handler().ServeHTTP(answer, request)
	return answer
}

const widgetStream = "/apis/toys.example.com/v2/widgets?watch=1&allowWatchBookmarks=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan"

// The columns are named once.
func TestWatchOfTables(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := watchFor(t, widgetStream, acceptTable, time.Minute)
		var got []string
		for line := range bytes.Lines(answer.Body.Bytes()) {
			var event struct {
				Type   string
				Object json.RawMessage
			}
			if err := json.Unmarshal(line, &event); err != nil {
				t.Fatal(err)
			}
			columns, rows, table := tableOf(t, event.Object)
			got = append(got, strings.Join([]string{event.Type, table.Kind, table.ResourceVersion, strings.Join(columns, ","), strings.Join(rows, ",")}, "|"))
		}
		want := []string{
			"ADDED|Table|2|Name string name,Age date |a 0s PartialObjectMetadata a",
			"ADDED|Table|3||b 0s PartialObjectMetadata b",
			"BOOKMARK|Table|4|| <unknown> PartialObjectMetadata ",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

func TestWatchOnTheWire(t *testing.T) {
	const (
		a        = `"metadata":{"name":"a","namespace":"shop","uid":"UID","resourceVersion":"2","creationTimestamp":"2000-01-01T00:00:00Z","labels":{"old":"yes"}}`
		b        = `"metadata":{"name":"b","namespace":"shop","uid":"UID","resourceVersion":"3","creationTimestamp":"2000-01-01T00:00:00Z"}`
		end      = `"metadata":{"resourceVersion":"4","annotations":{"k8s.io/initial-events-end":"true"}}}}` + "\n"
		typed    = `"kind":"Widget","apiVersion":"toys.example.com/v2",`
		partial  = `"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",`
		added    = `{"type":"ADDED","object":{`
		bookmark = `{"type":"BOOKMARK","object":{`
	)
	tests := []struct{ path, accept, contentType, want string }{
		{widgetStream, "application/json;stream=watch,application/json", "application/json",
			added + typed + a + `,"size":1}}` + "\n" + added + typed + b + `,"size":2}}` + "\n" + bookmark + typed + end},
		{widgetStream, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "application/json",
			added + partial + a + "}}\n" + added + partial + b + "}}\n" + bookmark + partial + end},
		{widgetStream + "&labelSelector=old", "", "application/json",
			added + typed + a + `,"size":1}}` + "\n" + bookmark + typed + end},
		{"/apis/toys.example.com/v2/namespaces/none/widgets?watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan", "", "application/json", ""},
		{"/apis/toys.example.com/v2/lamps?watch=1&resourceVersion=4", "application/vnd.kubernetes.protobuf;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch", ""},
	}
	for _, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			answer := watchFor(t, test.path, test.accept, time.Minute)
			got := answer.Body.String()
			for _, name := range []string{"a", "b"} {
				widget, _ := sourceFrom[*Widget](t, stocked(t), toys).Get(shop(name))
				got = strings.ReplaceAll(got, string(widget.UID), "UID")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.path, diff)
			}
			if kind := answer.Header().Get("Content-Type"); kind != test.contentType || !answer.Flushed {
				t.Errorf("%s: content type %q, flushed %t", test.path, kind, answer.Flushed)
			}
		})
	}
}

// The server ends a watch when its time is up, to the second.
func TestWatchTimeoutSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for query, want := range map[string]time.Duration{"&timeoutSeconds=30": 30 * time.Second, "": time.Hour, "&timeoutSeconds=99999999999999": time.Hour, "&timeoutSeconds=-18446744073": time.Hour} {
			start := time.Now()
			watchFor(t, widgetStream+query, "", time.Hour)
			if got := time.Since(start); got != want {
				t.Errorf("%q: ended after %v, want %v", query, got, want)
			}
		}
	})
}
