// SPDX-License-Identifier: Apache-2.0

package index

import (
	"errors"
	"fmt"
	"strings"

	"github.com/typedinformer/typedinformer/store"
)

// ErrClosed is returned when an index is added after [Indexer.Close], which is
// what an informer calls when it stops.
var ErrClosed = errors.New("the indexer is closed: its informer has stopped, and an index added now would never change; add it before")

// ExistsError is returned when an index is added under a name that is taken.
type ExistsError struct{ Name string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("index: there is an index %q already: keep the handle that Add returned for it, or choose another name", e.Name)
}

// UnknownError is returned when an index is asked for by a name that no index
// has.
type UnknownError struct {
	Name string
	Have []string // the names there are, sorted
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("index: there is no index %q: there are %s", e.Name, strings.Join(e.Have, ", "))
}

// UniqueError is reported when an object gets a value in a unique index that
// another object has already. Both stay reachable under the value.
type UniqueError struct {
	Index string
	Value string    // the shared value, as text
	Key   store.Key // of the object that came second
}

func (e *UniqueError) Error() string {
	return fmt.Sprintf("index: %q is unique, but object %s has the value %q of another object; both can be looked up", e.Index, e.Key, e.Value)
}

// FuncError says that the function of an index panicked on an object, or
// returned a value that cannot be compared.
//
// It is the error of the write, which is refused as a whole: the last good state
// of the object stays in the store and in all indexes, or the object stays
// absent. The next write of the key is tried again.
//
// An object that was in the store before the index is not taken out of it: it is
// left out of this index until its next write, and the error is reported to
// [Options.OnError].
type FuncError struct {
	Index string
	Key   store.Key
	Late  bool  // the index came after the object, which is left out of it
	Err   error // the panic's value if that was an error, else its text
}

func (e *FuncError) Error() string {
	outcome := "this state of it is refused, and what was held of it before stays"
	if e.Late {
		outcome = "it stays in the store, but not in this index"
	}
	return fmt.Sprintf("index: the function of index %q panicked on object %s; %s until its next write: %v", e.Index, e.Key, outcome, e.Err)
}

func (e *FuncError) Unwrap() error { return e.Err }

// asError makes an error of what a panic was called with, which may be anything.
func asError(cause any) error {
	if err, ok := cause.(error); ok {
		return err
	}
	return fmt.Errorf("%v", cause)
}
