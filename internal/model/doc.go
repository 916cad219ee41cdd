// SPDX-License-Identifier: Apache-2.0

// Package model is the store and its indexes in their slow and obvious form: a
// sorted slice, and everything else computed by looking at all of it. The tests
// of packages store and index do the same to both and compare.
//
// [Model] and [List] are the reference, [Choices] decides what such a test does
// next, from random numbers or from the bytes of a fuzzer, and [Seed] makes a
// random test repeatable. Only tests import this package. Nothing in it is safe
// for concurrent use.
package model
