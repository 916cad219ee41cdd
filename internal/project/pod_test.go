// SPDX-License-Identifier: Apache-2.0

package project_test

import _ "embed"

// aPod is a pod of a Deployment as an API server sends it: 4.5 KB, and
// 2 KB of managedFields.
//
//go:embed testdata/pod.json
var aPod []byte

// slimPod is what many a controller needs of a pod.
type slimPod struct {
	Metadata struct {
		Namespace, Name, UID string
		ResourceVersion      string
	}
	Spec   struct{ NodeName string }
	Status struct{ Phase string }
}
