// SPDX-License-Identifier: Apache-2.0

package frames

import "strconv"

// Printable is how messages show bytes that came from outside: in quotes, with
// whatever does not print escaped.
func Printable(p []byte) string { return strconv.Quote(string(p)) }

// mostShown is how much of a body an error shows: it may be a megabyte.
const mostShown = 40

// shown is how errors show where a body is not what it should be.
func shown(p []byte) string { return Printable(p[:min(len(p), mostShown)]) }
