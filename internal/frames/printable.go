// SPDX-License-Identifier: Apache-2.0

package frames

import "strconv"

// Printable is how messages show bytes that came from outside: in quotes, with
// whatever does not print escaped.
func Printable(p []byte) string { return strconv.Quote(string(p)) }
