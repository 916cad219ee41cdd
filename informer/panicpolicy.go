// SPDX-License-Identifier: Apache-2.0

package informer

// PanicPolicy says what follows from a panic of a handler. It is reported as a
// [*PanicError] whatever it says, and the call counts as one that has returned.
type PanicPolicy uint8

const (
	// RecoverPanics goes on with the next event at once. It is the default.
	RecoverPanics PanicPolicy = iota
	// RaisePanics panics anew with the same value, in the handler's goroutine,
	// which ends the program.
	RaisePanics
)

// String returns the name of the constant.
func (p PanicPolicy) String() string {
	switch p {
	case RecoverPanics:
		return "RecoverPanics"
	case RaisePanics:
		return "RaisePanics"
	}
	return "PanicPolicy(?)"
}
