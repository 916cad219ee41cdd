// SPDX-License-Identifier: Apache-2.0

package informer

import "k8s.io/apimachinery/pkg/util/resourceversion"

// compareVersions compares two resource versions of one resource as KEP-5504
// says. The error is that one of them is none that can be compared; making it
// costs an allocation, and nothing else here does.
func compareVersions(a, b string) (int, error) {
	return resourceversion.CompareResourceVersion(a, b)
}

// orderVersions compares two versions that are known to be comparable.
func orderVersions(a, b string) int {
	order, _ := compareVersions(a, b)
	return order
}
