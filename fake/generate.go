// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"hash/fnv"
)

const (
	// A generated name ends in five letters that make no words, and the whole
	// of it fits in a label.
	suffixLetters = "bcdfghjklmnpqrstvwxz2456789"
	suffixLength  = 5
	longestBase   = 63 - suffixLength
	// nameAttempts is how many names are tried before the client is told that
	// none was free.
	nameAttempts = 8
)

// generateName appends a suffix that looks random, as a server's does, but is
// the same in each run: it depends on what was written before.
func generateName(base string, version uint64, attempt int) string {
	if len(base) > longestBase {
		base = base[:longestBase]
	}
	sum := fnv.New64a()
	fmt.Fprint(sum, base, " ", version, " ", attempt)
	bits := sum.Sum64()
	suffix := make([]byte, suffixLength)
	for i := range suffix {
		suffix[i] = suffixLetters[bits%uint64(len(suffixLetters))]
		bits /= uint64(len(suffixLetters))
	}
	return base + string(suffix)
}
