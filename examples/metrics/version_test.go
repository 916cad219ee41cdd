// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/informer"
)

func TestVersionsThatAreNumbers(t *testing.T) {
	for version, want := range map[string]float64{
		"1":                    1,
		"4711":                 4711,
		"9007199254740991":     9007199254740991,
		"9007199254740992":     9007199254740992, // 2⁵³
		"9007199254740993":     -1,               // which would be rounded
		"18446744073709551616": -1,
		"":                     -1,
		"0":                    -1,
		"007":                  -1,
		"+7":                   -1,
		"7e3":                  -1,
		"v7":                   -1,
	} {
		collector := metrics.NewCollector(metrics.Options{})
		collector.Add("", told{stats: informer.Stats{Resource: "pods", Version: version}})
		wanted := map[string]float64{}
		if want > 0 {
			wanted["cache_resource_version{resource=pods}"] = want
		}
		if diff := cmp.Diff(wanted, of(gather(t, collector), "cache_resource_version")); diff != "" {
			t.Errorf("version %q (-want +got):\n%s", version, diff)
		}
	}
}
