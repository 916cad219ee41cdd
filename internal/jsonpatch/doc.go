// SPDX-License-Identifier: Apache-2.0

// Package jsonpatch changes JSON documents by patches: [Merge] by a JSON merge
// patch (RFC 7386), [Apply] by a JSON patch (RFC 6902).
//
// Both take and return the text of JSON. Numbers keep their digits; the members
// of objects come out sorted. Neither changes what it is given, and both are
// safe for concurrent use.
package jsonpatch
