// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// ErrNoInitialEvents ends a watch that was asked for a streaming list
// ([WatchOptions].InitialEvents) of a source that has none, be it the client or
// the server that cannot. The way out is List, then a watch without it; the
// answer does not change from one try to the next, so it may be remembered.
//
// Test for it with [errors.Is]: it usually wraps what the server said.
var ErrNoInitialEvents = errors.New("listwatch: the source has no streaming list (sendInitialEvents)")

// Stage names the step in which one item failed. Other packages add stages of
// their own.
type Stage string

const (
	// StageDecode: the object is not of the source's type, or is no object.
	StageDecode Stage = "decode"
	// StageKey: the object has no name, or none that a [store.Key] can hold.
	StageKey Stage = "key"
	// StageTransform: the function of a [Map] returned an error or panicked.
	StageTransform Stage = "transform"
	// StageFilter: the function of a [Filter] panicked.
	StageFilter Stage = "filter"
)

// ItemError says that one item could not be used. It concerns that item alone:
// the list or the watch that reports it goes on.
type ItemError struct {
	// Resource is what the source is of, as far as it knows.
	Resource schema.GroupVersionResource
	// Key and Version are what is known of the item; both may be empty.
	Key     store.Key
	Version string
	// Stage is the step that failed, and Err why.
	Stage Stage
	Err   error
}

func (e *ItemError) Error() string {
	var text strings.Builder
	text.WriteString("listwatch: ")
	if e.Resource.Resource != "" {
		text.WriteString(e.Resource.GroupResource().String())
	} else {
		text.WriteString("item")
	}
	if e.Key != (store.Key{}) {
		fmt.Fprintf(&text, " %q", e.Key)
	}
	if e.Version != "" {
		fmt.Fprintf(&text, " at version %s", e.Version)
	}
	fmt.Fprintf(&text, ": %s: %v; this item is left out until its next event, the rest goes on", e.Stage, e.Err)
	return text.String()
}

// Unwrap returns Err.
func (e *ItemError) Unwrap() error { return e.Err }

// panicked makes an error of a recovered panic, with the stack of the panic.
// A panic with an error stays visible to errors.Is and errors.As.
func panicked(value any) error {
	if err, ok := value.(error); ok {
		return fmt.Errorf("panic: %w\n%s", err, debug.Stack())
	}
	return fmt.Errorf("panic: %v\n%s", value, debug.Stack())
}

// failed makes the pair of a watch that reports a broken item: the header as
// far as it is known, and the error.
func failed[T, W any](resource schema.GroupVersionResource, kind EventType, item store.Item[W], stage Stage, err error) (Event[T], error) {
	return Event[T]{Type: kind, Item: headerOf[T](item)}, itemError(resource, item, stage, err)
}

func itemError[W any](resource schema.GroupVersionResource, item store.Item[W], stage Stage, err error) error {
	return &ItemError{Resource: resource, Key: item.Key, Version: item.Version, Stage: stage, Err: err}
}

// headerOf is the header of item, for an object of another type.
func headerOf[T, W any](item store.Item[W]) store.Item[T] {
	return store.Item[T]{Key: item.Key, UID: item.UID, Version: item.Version}
}
