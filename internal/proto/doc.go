// SPDX-License-Identifier: Apache-2.0

// Package proto reads from objects of the Kubernetes API in protobuf what has to
// be known of them before they are decoded, without copying and without knowing
// their type.
//
//	frame ─▶ Event ─▶ Unwrap ─▶ ReadHeader, WithoutManagedFields ─▶ Unmarshal of the type
//
// What it returns shares the memory of what it is given. Its functions are safe
// for concurrent use by multiple goroutines.
//
// The numbers of the fields are those of generated.proto in apimachinery, which
// never change.
package proto
