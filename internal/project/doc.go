// SPDX-License-Identifier: Apache-2.0

// Package project cuts out of JSON documents what a Go type takes of them.
//
//	document, 4 KB ──Plan.Append──▶ the members T has fields for, 300 bytes ──▶ decoder ──▶ T
//	               └─ReadHeader───▶ namespace, name, UID, version
//
// Decoding costs some ten times what looking at the bytes does, most of it for
// what is thrown away afterwards. So what a type does not take is cut out before,
// byte by byte, and without an allocation. [For] makes the [Plan] of a type.
// [LeaveOut] is for types of which all is wanted but one member.
//
// # Which members a struct takes
//
// The rules are those of encoding/json, as a decoder has them that tells names of
// different case apart. That is sigs.k8s.io/json, which the Kubernetes clients
// have, so that decoding the reduced document gives what decoding the whole one
// does. There is one addition: a field without a json name takes the member whose
// name is the field's in any case, since nobody would write
//
//	Spec struct{ NodeName string }
//
// to get a member "NodeName". The reduced document has the name of the field
// then, which is the one that the decoder looks for.
//
// The option "inline" of a tag has no meaning of its own: what is embedded is
// inlined, and what is not embedded is not.
//
// Two fields of one type that take the same member are an error, where
// encoding/json fills neither. A deeper field that a shallower one hides by the
// same name is not.
//
// # What is checked
//
// A document that is not JSON must not become JSON by what is cut out of it, so
// all of it is checked, also what is skipped: [Plan.Append] fails exactly where
// [encoding/json.Valid] is false. Leaving out what a skip need not know (escapes,
// control characters, numbers, commas, the depth) saves less than a fifth.
// Whether a value is of the right kind for the type is for the decoder to say.
// It is given such values as they are, null included, and members that come
// twice in their order.
//
// A Plan does not change, and is safe for concurrent use, as are all functions.
package project
