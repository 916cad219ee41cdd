// SPDX-License-Identifier: Apache-2.0

package reflect

import "k8s.io/apimachinery/pkg/util/resourceversion"

// older reports whether version is known to be older than seen. Versions that
// are not those of an API server cannot be compared (KEP-5504), and neither can
// be older. O(digits), no allocation for those that can.
func older(version, seen string) bool {
	if version == "" || seen == "" {
		return false
	}
	order, err := resourceversion.CompareResourceVersion(version, seen)
	return err == nil && order < 0
}
