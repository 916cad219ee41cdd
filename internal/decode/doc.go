// SPDX-License-Identifier: Apache-2.0

// Package decode turns JSON into Go values as client-go does.
//
// That is encoding/json but for two things: names are told apart by their case,
// and integers are int64 where the type leaves it open.
package decode
