// SPDX-License-Identifier: Apache-2.0

package reflect

import "k8s.io/apimachinery/pkg/util/resourceversion"

// older reports whether version is known to be older than seen. Versions that
// are not those of an API server cannot be compared (KEP-5504), and neither can
// be older. O(digits), no allocation.
func older(version, seen string) bool {
	if !isNumber(version) || !isNumber(seen) {
		return false // the error of the comparison would be an allocation an event
	}
	order, err := resourceversion.CompareResourceVersion(version, seen)
	return err == nil && order < 0
}

func isNumber(version string) bool {
	for i := range len(version) {
		if version[i] < '0' || version[i] > '9' {
			return false
		}
	}
	return version != "" && version[0] != '0'
}
