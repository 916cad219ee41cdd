// SPDX-License-Identifier: Apache-2.0

package e2e_test

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

func reconcile(name string, fields map[string]any) {
	for _, d := range knownDifferences {
		if d.in == name {
			delete(fields, d.field)
		}
	}
}
