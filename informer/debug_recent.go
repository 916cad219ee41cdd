// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
)

// recentLimit is how many different errors an informer remembers. Each may keep
// alive what it wraps.
const recentLimit = 16

// recent remembers the errors that came last, for [DebugHandler]: of those that
// are alike only the last, so that a source that is down for an hour does not push
// out everything else.
type recent struct {
	mu     sync.Mutex    // guards errors
	errors []recentError // the newest last
}

// recentError is an error that came once or more.
type recentError struct {
	kind        errorKind
	err         error // the last of its kind
	count       int
	first, last time.Time
}

// errorKind is what errors that are alike have in common.
type errorKind struct {
	what  string // in a word or two
	about string // which part, object, handler or index
	how   string // cause or stage
}

func (r *recent) note(err error) {
	kind, now := kindOf(err), time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	next := recentError{kind: kind, err: err, count: 1, first: now, last: now}
	same := func(held recentError) bool { return held.kind == kind }
	if i := slices.IndexFunc(r.errors, same); i >= 0 {
		next.count, next.first = r.errors[i].count+1, r.errors[i].first
		r.errors = slices.Delete(r.errors, i, i+1)
	} else if len(r.errors) == recentLimit {
		r.errors = slices.Delete(r.errors, 0, 1)
	}
	r.errors = append(r.errors, next)
}

// list returns the errors, the newest first.
func (r *recent) list() []recentError {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.errors)
	slices.Reverse(list)
	return list
}

// kindOf tells errors apart by what an informer reports.
func kindOf(err error) errorKind {
	var failure *reflect.Failure
	var item *listwatch.ItemError
	var panicked *PanicError
	var changed *MutationError
	var behind *BacklogError
	var unique *index.UniqueError
	var function *index.FuncError
	switch {
	case errors.As(err, &failure):
		return errorKind{"source", failure.Part, string(failure.Cause)}
	case errors.As(err, &item):
		return errorKind{"object", item.Key.String(), string(item.Stage)}
	case errors.As(err, &panicked):
		return errorKind{"panic of a handler", panicked.Handler, ""}
	case errors.As(err, &changed):
		return errorKind{"changed after it was cached", changed.Key.String(), ""}
	case errors.As(err, &behind):
		return errorKind{"handler disconnected", behind.Handler, ""}
	case errors.As(err, &unique):
		return errorKind{"not unique", unique.Key.String(), "index " + unique.Index}
	case errors.As(err, &function):
		return errorKind{"panic of an index", function.Key.String(), "index " + function.Index}
	}
	return errorKind{"other", "", fmt.Sprintf("%T", err)}
}
