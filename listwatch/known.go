// SPDX-License-Identifier: Apache-2.0

package listwatch

import "errors"

// ErrKnown comes with the header of an object, in place of the object, which the
// reader has in that version already, as [ListOptions].Known or
// [WatchOptions].Known has said. It is no failure.
var ErrKnown = errors.New("listwatch: the reader has this object in this version already")
