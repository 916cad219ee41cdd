// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by a queue that was closed: to producers at once, to
// consumers when nothing is left.
var ErrClosed = errors.New("queue: closed")

// waitError says what was being waited for when a context ended. Every informer
// ends with one that nobody reads, so its text is made for who does.
type waitError struct {
	what string
	err  error
}

func (e *waitError) Error() string { return fmt.Sprintf("queue: waiting for %s: %v", e.what, e.err) }
func (e *waitError) Unwrap() error { return e.err }
