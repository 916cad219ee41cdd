// SPDX-License-Identifier: Apache-2.0

// Package decode turns JSON into Go values as client-go does.
//
// That is encoding/json but for two things: names are told apart by their case,
// and integers are int64 where the type leaves it open. [JSON] is the decoder of
// k8s.io/apimachinery, which does so.
//
// There is a difference to how client-go decodes objects. It reads kind and
// apiVersion on their own before, and takes these names in any case: {"Kind":7} is
// an error there, and an unknown member here.
//
// # encoding/json/v2
//
// Built with GOEXPERIMENT=jsonv2, JSON leaves a type to encoding/json/v2 if that
// gives the same for every document. It takes half the time: a pod of 6.7 KB is
// decoded in 53 µs, with 159 allocations of 11.9 KB; by apimachinery's decoder in
// 97 µs, with 267 of 14.1 KB.
//
// Some things it does in its own way, with the options for the semantics of
// encoding/json too. A type that has one of them anywhere is decoded by
// apimachinery's decoder as a whole:
//
//   - An integer in an interface becomes a float64: {"any":1}.
//   - The option "string" takes "+7" for a number, which is an error otherwise, and
//     takes neither "null" nor a lone surrogate in a string of a string, as in
//     {"quoted":"\"\\ud800\""}.
//   - A time.Time with an escape in it is decoded, which fails otherwise:
//     {"time":"2026-03-01T12:00:07\u005a"}. This does not concern metav1.Time.
//   - The options "case", "format" and "unknown" of a tag, and "inline" with a field
//     that is not embedded, mean something. So do quotes: of `json:"'name'"` the
//     member is "name", where otherwise the field has no name.
//   - A method UnmarshalJSONFrom is called.
//   - What no JSON can be decoded into, such as a function, is not compared.
//
// JSON is safe for concurrent use.
package decode
