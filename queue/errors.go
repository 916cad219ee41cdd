// SPDX-License-Identifier: Apache-2.0

package queue

import "errors"

// ErrClosed is returned by a queue that was closed: to producers at once, to
// consumers when nothing is left.
var ErrClosed = errors.New("queue: closed")
