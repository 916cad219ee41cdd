// SPDX-License-Identifier: Apache-2.0

package jsonpatch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// value is what [json.Decoder] makes of JSON, with the digits of numbers kept:
// nil, bool, string, json.Number, []value or map[string]value. A document is of
// no type that could be known, so it is told apart by type switches.
type value = any

func decode(text []byte) (value, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var result value
	if err := decoder.Decode(&result); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the end of the JSON")
	}
	return result, nil
}

func encode(v value) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // a & is as good as its escape, and shorter
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// copyWithin makes a deep copy, unless it would cost more than budget, from
// which the cost is taken: roughly the bytes of the text.
func copyWithin(v value, budget *int) (value, error) {
	cost := 1
	switch v := v.(type) {
	case string:
		cost += len(v)
	case json.Number:
		cost += len(v)
	}
	if *budget -= cost; *budget < 0 {
		return nil, ErrTooLarge
	}
	switch v := v.(type) {
	case []value:
		result := make([]value, 0, min(len(v), *budget))
		for _, element := range v {
			copied, err := copyWithin(element, budget)
			if err != nil {
				return nil, err
			}
			result = append(result, copied)
		}
		return result, nil
	case map[string]value:
		result := make(map[string]value, min(len(v), *budget))
		for name, member := range v {
			if *budget -= len(name); *budget < 0 {
				return nil, ErrTooLarge
			}
			copied, err := copyWithin(member, budget)
			if err != nil {
				return nil, err
			}
			result[name] = copied
		}
		return result, nil
	}
	return v, nil // all else cannot be changed
}

// equal says whether two values are the same JSON: members in any order,
// numbers by their value.
func equal(a, b value) bool {
	switch a := a.(type) {
	case []value:
		b, ok := b.([]value)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]value:
		b, ok := b.(map[string]value)
		if !ok || len(a) != len(b) {
			return false
		}
		for name := range a {
			other, ok := b[name]
			if !ok || !equal(a[name], other) {
				return false
			}
		}
		return true
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a, b)
	}
	// Strings, booleans and null. The other one may be of a type that cannot be
	// compared, but then it is of another type, which is seen first.
	return a == b
}
