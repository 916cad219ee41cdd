// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/fake"
)

// Each page says how many objects there are after it, in the state of the list;
// not if something is selected, since that would have to be looked through.
func TestRemaining(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	source := gadgets(t, server)
	create := func(namespace, name string) {
		object := gadget(name, "red")
		object.Namespace = namespace
		if _, err := source.Create(object); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 7 {
		create("shop", fmt.Sprint("g", i))
	}
	create("lab", "g0")
	red, err := labels.Parse("!blue")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		scope fake.Scope
		limit int64
		want  []int64
	}{
		{"all", fake.Scope{}, 3, []int64{5, 2, 0}},
		{"a namespace", fake.Scope{Namespace: "shop"}, 3, []int64{4, 1, 0}},
		{"to the end", fake.Scope{Namespace: "shop"}, 7, []int64{0}},
		{"selected", fake.Scope{Labels: red}, 3, []int64{0, 0, 0}},
		{"an empty selector", fake.Scope{Labels: labels.Everything(), Namespace: "lab"}, 3, []int64{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int64
			var next string
			for page := 0; page == 0 || next != ""; page++ {
				token, remaining, err := server.Protocol(gadgetsV1).Remaining(test.scope, listOptions{Limit: test.limit, Continue: next})
				if err != nil {
					t.Fatal(err)
				}
				got, next = append(got, remaining), token
				create("shop", fmt.Sprintf("%s-%d", test.name, page)) // of no concern to a list that has begun
				if _, err := source.Delete(shop(fmt.Sprintf("%s-%d", test.name, page))); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("remaining (-want +got):\n%s", diff)
			}
		})
	}
}

// A list whose state was forgotten can be gone on with, at the price of showing
// two states.
func TestInconsistentContinue(t *testing.T) {
	ok := must(t)
	widgets := fake.NewSource[*Widget](fake.Options{})
	for _, name := range []string{"a", "b", "c", "d"} {
		ok(widgets.Create(widget("shop", name, 1)))
	}
	_, page, err := list(t.Context(), widgets, listOptions{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	ok(widgets.Update(widget("shop", "a", 2)))
	ok(widgets.Update(widget("shop", "c", 2)))
	widgets.Compact()
	_, _, err = list(t.Context(), widgets, listOptions{Limit: 2, Continue: page.Continue})
	var status apierrors.APIStatus
	if !apierrors.IsResourceExpired(err) || !errors.As(err, &status) || status.Status().Continue == "" {
		t.Fatalf("error = %v, want expired with a token", err)
	}
	lines, page, err := list(t.Context(), widgets, listOptions{Limit: 2, Continue: status.Status().Continue})
	if diff := cmp.Diff([]string{"shop/b@3=1", "shop/c@7=2"}, lines); diff != "" || page.Version != "7" || err != nil {
		t.Errorf("version %s, error %v (-want +got):\n%s", page.Version, err, diff)
	}
	// From there on it is one state again.
	ok(widgets.Update(widget("shop", "d", 2)))
	lines, page, err = list(t.Context(), widgets, listOptions{Limit: 2, Continue: page.Continue})
	if diff := cmp.Diff([]string{"shop/d@5=1"}, lines); diff != "" || page.Version != "7" || page.Continue != "" || err != nil {
		t.Errorf("page %+v, error %v (-want +got):\n%s", page, err, diff)
	}
}

func TestTooLargeIsATimeout(t *testing.T) {
	_, _, err := list(t.Context(), history(t, fake.Options{}), listOptions{Version: "7", VersionMatch: notBefore})
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		t.Fatal(err)
	}
	got := status.Status()
	want := metav1.Status{
		Status: metav1.StatusFailure, Code: 504, Reason: metav1.StatusReasonTimeout,
		Message: "Timeout: Too large resource version: 7, current: 6",
		Details: &metav1.StatusDetails{
			RetryAfterSeconds: 1,
			Causes:            []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}
