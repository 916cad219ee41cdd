// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/reflect"

// Consistency says which state of the server the lists of an informer ask for.
// Whatever they ask for, the cache does not go back in time.
type Consistency = reflect.Consistency

const (
	// NotOlderThan asks for anything that is not older than what was seen
	// before, which a server answers from memory. It is the default.
	NotOlderThan = reflect.NotOlderThan
	// MostRecent always asks for the newest state.
	MostRecent = reflect.MostRecent
	// Any takes what the server has at hand.
	Any = reflect.Any
)
