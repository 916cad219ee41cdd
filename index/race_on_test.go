// SPDX-License-Identifier: Apache-2.0

//go:build race

package index_test

// raceDetector says whether it is on: it makes a sync.Pool forget at random.
const raceDetector = true
