// SPDX-License-Identifier: Apache-2.0

// Package listergen writes typed informers and listers for Go API packages. It
// is the work behind the command informer/listergen.
//
//	packages ──go list──▶ load ──markers, types──▶ model ──templates──▶ files ──▶ write
//
// A run is one call of [Generate]. All that is wrong with the input is collected
// in [Errors]; files are written only if nothing is. The same input gives the
// same bytes.
//
// It needs the standard library only, and the go command: types are read from
// source, without the bodies of functions, and of the packages that are not
// asked for only what their exported declarations need.
package listergen
