// SPDX-License-Identifier: Apache-2.0

package jsonpatch

import (
	"encoding/json"
	"strconv"
	"strings"
)

// equalNumbers compares by value: 1, 1.0 and 10e-1 are the same. It works on the
// digits. To compute 1e1000000000, which a patch may contain, would take all the
// memory there is, and floats take different large integers for the same.
func equalNumbers(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, ok := parseNumber(string(a))
	if !ok {
		return false
	}
	y, ok := parseNumber(string(b))
	return ok && x == y
}

// number is digits × 10^exponent, without zeros at either end of digits.
type number struct {
	negative bool
	digits   string
	exponent int64
}

// parseNumber reads the text of a JSON number. It is false for an exponent that
// is beyond all use; such a number is equal to its own text only.
func parseNumber(text string) (number, bool) {
	var n number
	text, n.negative = strings.CutPrefix(text, "-")
	mantissa := text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		var err error
		if n.exponent, err = strconv.ParseInt(text[i+1:], 10, 32); err != nil {
			return number{}, false
		}
		mantissa = text[:i]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	n.exponent -= int64(len(fraction))
	digits := strings.TrimLeft(whole+fraction, "0")
	n.digits = strings.TrimRight(digits, "0")
	n.exponent += int64(len(digits) - len(n.digits))
	if n.digits == "" {
		return number{}, true // zero, of whichever sign
	}
	return n, true
}
