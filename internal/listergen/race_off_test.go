// SPDX-License-Identifier: Apache-2.0

//go:build !race

package listergen_test

// raceDetector says whether it is on: what is compiled with it is of no use without.
const raceDetector = false
