// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// What a real server answers was looked up with the conversations of internal/e2e.
func TestAnswers(t *testing.T) {
	const (
		path  = "/apis/toys.example.com/v2/namespaces/shop/widgets"
		merge = "application/merge-patch+json"
		patch = "application/json-patch+json"
	)
	handler := stocked(t).Handler()
	for _, test := range []struct {
		method, path, body, sends string
		code                      int
		says                      string
	}{
		// A deletion that finalizers hold up.
		{"PATCH", path + "/a", `{"metadata":{"finalizers":["example.com/hold"]}}`, merge, 200, `"resourceVersion":"5"`},
		{"DELETE", path + "/a?dryRun=All", "", "", 200, `"deletionTimestamp"`},
		{"GET", path + "/a", "", "", 200, `!deletionTimestamp`},
		{"DELETE", path + "/a", "", "", 200, `"deletionTimestamp"`},
		{"DELETE", path + "/a?dryRun=All", "", "", 200, `"resourceVersion":"6"`},
		{"POST", path, `{"metadata":{"name":"a"}}`, "", 409, `object is being deleted: widgets.toys.example.com \"a\" already exists`},
		{"DELETE", path + "/b", `{"preconditions":{"uid":"other"}}`, "", 409, `on Widget.toys.example.com \"b\": the UID`},
		{"DELETE", path + "/b", `{"preconditions":{"resourceVersion":"2"}}`, "", 409, `"kind":"Widget"`},
		{"DELETE", path + "?labelSelector=none", "", "", 200, `"metadata":{"resourceVersion":"6"},"items":[]`},

		{"PUT", path + "/b", `{"metadata":{"name":"b","resourceVersion":"x"}}`, "", 500, `!reason`},
		{"PATCH", path + "/b", `null`, patch, 200, `"resourceVersion":"3"`},
		{"PATCH", path + "/none", `[`, patch, 400, `BadRequest`},
		{"PATCH", path + "/none", `[]`, merge, 404, `NotFound`},
		{"PUT", path, `{}`, "", 405, `"details":{}`},

		// Nothing was looked at beyond a.
		{"GET", path + "?limit=1&labelSelector=old", "", "", 200, `"continue":"`},
		{"GET", path + "?limit=1&fieldSelector=metadata.name=a", "", "", 200, `!continue`},
		{"GET", path + "?limit=2&labelSelector=old", "", "", 200, `!continue`},
		{"GET", path + "?limit=1&resourceVersion=0", "", "", 200, `!continue`},
	} {
		answer := ask(handler, test.method, test.path, test.body, "Content-Type", test.sends)
		unwanted, without := strings.CutPrefix(test.says, "!")
		if answer.Code != test.code || strings.Contains(answer.Body.String(), unwanted) == without {
			t.Errorf("%s %s %s: %d %s; want %d and %s", test.method, test.path, test.body, answer.Code, answer.Body, test.code, test.says)
		}
	}
}

// An error that two rules find is told once.
func TestInvalidIsToldOnce(t *testing.T) {
	answer := ask(stocked(t).Handler(), "PUT", "/apis/toys.example.com/v2/namespaces/shop/widgets/a",
		`{"metadata":{"name":"a","labels":{"not a label":"x"}}}`)
	var status metav1.Status
	if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil {
		t.Fatal(err)
	}
	if status.Details == nil || len(status.Details.Causes) != 1 {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// The last page of a list with selectors has nothing on it, if what is behind the
// page before does not match; and a page at version "0" is all of it.
func TestPagesWithSelectors(t *testing.T) {
	widgets := sourceFrom[*Widget](t, stocked(t), toys)
	old, err := labels.Parse("old")
	if err != nil {
		t.Fatal(err)
	}
	matching := widgets.Within(fake.Scope{Namespace: "shop", Labels: old})
	lines, first, err := list(t.Context(), matching, listOptions{Limit: 1})
	if diff := cmp.Diff([]string{"shop/a@2=1"}, lines); diff != "" || first.Continue == "" || err != nil {
		t.Fatalf("the first page is %+v, %v (-want +got):\n%s", first, err, diff)
	}
	lines, last, err := list(t.Context(), matching, listOptions{Limit: 1, Continue: first.Continue})
	if len(lines) != 0 || err != nil || last != (listwatch.Page{Version: first.Version}) {
		t.Errorf("the last page is %+v with %v, %v", last, lines, err)
	}
	_, all, err := list(t.Context(), widgets, listOptions{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(widgets.Create(widget("shop", "c", 3)))
	lines, _, err = list(t.Context(), widgets, listOptions{Limit: 1, Continue: all.Continue, Version: "0"})
	if diff := cmp.Diff([]string{"shop/b@3=2"}, lines); diff != "" || err != nil {
		t.Errorf("the rest, %v (-want +got):\n%s", err, diff)
	}
}

// No object has the UID that was told in a dry run.
func TestDryRunHasItsOwnUID(t *testing.T) {
	protocol := stocked(t).Protocol(toys)
	dry, err := protocol.Create("shop", widget("shop", "c", 3), metav1.CreateOptions{DryRun: []string{"All"}})
	if err != nil {
		t.Fatal(err)
	}
	created, err := protocol.Create("shop", widget("shop", "c", 3), metav1.CreateOptions{})
	if err != nil || created.GetUID() == dry.GetUID() {
		t.Errorf("created with UID %s, %v; that of the dry run was %s", created.GetUID(), err, dry.GetUID())
	}
}
