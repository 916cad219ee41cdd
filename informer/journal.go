// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
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

	mu      sync.Mutex                    // guards all below
	outages map[string]outage             // by part: sources that are not well
	broken  map[store.Key]listwatch.Stage // objects that were logged
}

// outage is a time in which a source fails.
type outage struct {
	cause Cause // of the failure that was logged last
	since time.Time
}

// logger is made for each line: most informers never need one.
func (j *journal) logger() *slog.Logger {
	return cmp.Or(j.base, slog.Default()).With("resource", j.resource)
}

func (j *journal) write(err error) {
	var failure *reflect.Failure
	var item *listwatch.ItemError
	switch {
	case errors.As(err, &failure):
		if j.news(failure.Part, failure.Cause) {
			j.logger().Warn("informer: the source has failed, and is tried again", "phase", failure.Phase.String(), "error", err)
		}
	case errors.As(err, &item):
		if j.newlyBroken(item) {
			j.logger().Error("informer: an object cannot be used", "key", item.Key.String(), "error", err)
		}
	default:
		j.logger().Error("informer", "error", err)
	}
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
		logger := j.logger()
		if part != "" {
			logger = logger.With("part", part)
		}
		logger.Info("informer: the source serves again", "failures", failures, "after", time.Since(over.since))
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
		j.logger().Info("informer: an object can be used again, or is gone", "key", key.String())
	}
}
