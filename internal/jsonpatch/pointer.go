// SPDX-License-Identifier: Apache-2.0

package jsonpatch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parsePointer splits a JSON pointer (RFC 6901) into its tokens; none for "",
// which is the whole document.
func parsePointer(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		return nil, errors.New("a path begins with a slash, or is empty for the whole document")
	}
	tokens := strings.Split(rest, "/")
	for i, token := range tokens {
		for rest := token; ; {
			_, after, found := strings.Cut(rest, "~")
			if !found {
				break
			}
			if after == "" || after[0] != '0' && after[0] != '1' {
				return nil, errors.New("in a path, ~ is written ~0 and a slash in a name ~1")
			}
			rest = after
		}
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	return tokens, nil
}

// parseIndex reads the index of an array of so many elements; last says whether
// the place behind the last element counts, be it by number or as "-".
func parseIndex(token string, length int, last bool) (int, error) {
	if token == "-" {
		if last {
			return length, nil
		}
		return 0, errors.New(`"-" is the place behind the last element, where there is nothing`)
	}
	index, err := strconv.ParseUint(token, 10, 31)
	if err != nil || token != strconv.FormatUint(index, 10) {
		return 0, fmt.Errorf("%q is not the index of an array", token)
	}
	end := length
	if last {
		end++
	}
	if index >= uint64(end) {
		return 0, fmt.Errorf("index %d is beyond the end of an array of %d", index, length)
	}
	return int(index), nil
}
