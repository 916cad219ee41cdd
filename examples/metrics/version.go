// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"strconv"

	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// exact is the number up to which a float64, which is all that Prometheus has,
// holds every whole number.
const exact = 1 << 53

// versionNumber returns a resource version as a number, if it is one. KEP-5504
// makes it a whole number of any length. One that would be rounded is left out,
// as two that differ must not look the same; counting one write a microsecond,
// it takes a server 285 years to get there.
func versionNumber(version string) (number float64, ok bool) {
	if _, err := resourceversion.CompareResourceVersion(version, version); err != nil {
		return 0, false
	}
	whole, err := strconv.ParseUint(version, 10, 64)
	return float64(whole), err == nil && whole <= exact
}
