// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// journal logs errors where the user has not asked to be told of them. A source
// that is down fails every few seconds, with a text that may differ each time:
// what is logged is that it began to fail, that it fails in another way, and that
// it is well again.
type journal struct {
	base     *slog.Logger // nil stands for slog's
	resource string
	member   *member // that the informer is in its group; nil if it is in none

	mu      sync.Mutex                    // guards all below
	outages map[string]outage             // by part: sources that are not well
	broken  map[store.Key]listwatch.Stage // objects that were logged
}

// outage is a time in which a source fails.
type outage struct {
	cause Cause // of the failure that was logged last
	since time.Time
}

// log adds what the line is about to the record itself: the handler of klog
// v2.140.0 loses what [slog.Logger.With] adds.
func (j *journal) log(level slog.Level, message string, attributes ...any) {
	about := []any{"resource", j.resource}
	if j.member != nil {
		if scope := j.member.name(); scope != j.resource {
			about = append(about, "scope", scope)
		}
	}
	cmp.Or(j.base, slog.Default()).Log(context.Background(), level, message, append(about, attributes...)...)
}

func (j *journal) write(err error) {
	var failure *reflect.Failure
	var item *listwatch.ItemError
	switch {
	case errors.As(err, &failure):
		if j.news(failure.Part, failure.Cause) {
			attributes := append(ofPart(failure.Part), "phase", failure.Phase.String(), "error", err)
			j.log(slog.LevelWarn, "informer: the source has failed, and is tried again", attributes...)
		}
	case errors.As(err, &item):
		if j.newlyBroken(item) {
			j.log(slog.LevelError, "informer: an object cannot be used", "key", item.Key.String(), "error", err)
		}
	default:
		j.log(slog.LevelError, headline(err), "error", err)
	}
}

// ofPart is the attribute of a part that has a name.
func ofPart(part string) []any {
	if part == "" {
		return nil
	}
	return []any{"part", part}
}

// headline says what has happened where it is neither the source nor an object that
// is at fault, so that it can be searched for.
func headline(err error) string {
	var panicked *PanicError
	var mutated *MutationError
	var behind *BacklogError
	switch {
	case errors.As(err, &panicked):
		return "informer: a handler has panicked"
	case errors.As(err, &mutated):
		return "informer: somebody has changed an object in the cache"
	case errors.As(err, &behind):
		return "informer: a handler was too far behind, and is disconnected"
	}
	return "informer: something is wrong"
}

// news reports whether the source fails in another way than before.
func (j *journal) news(part string, cause Cause) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	now, failing := j.outages[part]
	if cause == now.cause {
		return false
	}
	if !failing {
		now.since = time.Now()
	}
	if j.outages == nil {
		j.outages = map[string]outage{}
	}
	j.outages[part] = outage{cause, now.since}
	return true
}

// recovered logs that a source is well again, if it was logged that it is not.
func (j *journal) recovered(part string, failures int) {
	over, failing := j.forget(part)
	if failing {
		attributes := append(ofPart(part), "failures", failures, "after", time.Since(over.since))
		j.log(slog.LevelInfo, "informer: the source serves again", attributes...)
	}
}

// forget ends the outage of a part.
func (j *journal) forget(part string) (over outage, failing bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	over, failing = j.outages[part]
	delete(j.outages, part)
	return over, failing
}

func (j *journal) newlyBroken(item *listwatch.ItemError) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if stage, known := j.broken[item.Key]; known && stage == item.Stage {
		return false
	}
	if j.broken == nil {
		j.broken = map[store.Key]listwatch.Stage{}
	}
	j.broken[item.Key] = item.Stage
	return true
}

// healed logs that an object is well again or gone, if it was logged that it is
// not.
func (j *journal) healed(key store.Key) {
	j.mu.Lock()
	_, known := j.broken[key]
	delete(j.broken, key)
	j.mu.Unlock()
	if known {
		j.log(slog.LevelInfo, "informer: an object can be used again, or is gone", "key", key.String())
	}
}
