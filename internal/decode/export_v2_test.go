// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.jsonv2

package decode

import "reflect"

// Alike says whether JSON leaves a type to encoding/json/v2.
func Alike(t reflect.Type) bool { return alike.known(t) }

// V2 decodes with encoding/json/v2, whatever the type is.
func V2(document []byte, into any) error { return v2(document, into) }
