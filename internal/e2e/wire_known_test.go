// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A difference is a field that a real server sends and the fake does not.
type difference struct {
	in    string // the field that it is a part of, or that a list of its owners is
	field string
	why   string
}

// knownDifferences are all that the fake is allowed: transcripts leave these out.
var knownDifferences = []difference{
	{"metadata", "managedFields", "server-side apply is out of scope, and nobody else reads them"},
}

// spoken are the reasons of a Status whose words controllers and people know. The
// words of others are left out, and so are those of causes.
var spoken = []metav1.StatusReason{
	metav1.StatusReasonNotFound,
	metav1.StatusReasonAlreadyExists,
	metav1.StatusReasonConflict,
	metav1.StatusReasonExpired,
	metav1.StatusReasonTimeout,
	metav1.StatusReasonMethodNotAllowed,
}

func reconcile(name string, fields map[string]any) {
	reason, _ := fields["reason"].(string)
	if fields["kind"] == "Status" && !slices.Contains(spoken, metav1.StatusReason(reason)) || name == "causes" {
		if _, ok := fields["message"].(string); ok {
			fields["message"] = "…"
		}
	}
	for _, d := range knownDifferences {
		if d.in == name {
			delete(fields, d.field)
		}
	}
}
