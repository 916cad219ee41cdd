// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// debugLevel is how well an informer is, in a word.
type debugLevel string

const (
	levelOK      debugLevel = "ok"
	levelWarning debugLevel = "warning" // it needs time, or somebody to look at it
	levelBad     debugLevel = "bad"     // the cache cannot be relied upon
)

// rank puts what is worst first.
func (l debugLevel) rank() int {
	switch l {
	case levelBad:
		return 0
	case levelWarning:
		return 1
	}
	return 2
}

// debugProblem is something that is not well.
type debugProblem struct {
	Level debugLevel `json:"level"`
	Text  string     `json:"text"`
}

const (
	// staleAfter is five of the bookmarks that API servers send.
	staleAfter = 5 * time.Minute
	// behindAfter is how long a handler may take for what there is.
	behindAfter = 10 * time.Second
)

// problems returns what is wrong with an informer, the worst first.
func (i *inspection) problems(flaw error) (problems []debugProblem) {
	tell := func(level debugLevel, format string, args ...any) {
		problems = append(problems, debugProblem{level, fmt.Sprintf(format, args...)})
	}
	health := &i.health
	switch {
	case flaw != nil:
		tell(levelBad, "cannot run")
	case health.Failures > 0 && i.life == running:
		tell(i.failing(), "failing: %s", failedHow(health.SourceHealth))
	}
	switch {
	case flaw != nil:
	case i.life == ended:
		tell(levelWarning, "stopped")
	case i.life == created:
		tell(levelWarning, "not started")
	case !health.Synced:
		tell(levelWarning, "not synced")
	case health.Staleness >= staleAfter:
		tell(levelWarning, "stale for %s", shortDuration(health.Staleness))
	}
	if n := i.stats.Quarantined; n > 0 {
		tell(levelWarning, "%s in quarantine", counted(n, "object"))
	}
	if i.life == running {
		i.handlerProblems(tell)
	}
	return problems
}

// failing says how bad it is that the source fails: once is nothing that would not
// be right again at the next try.
func (i *inspection) failing() debugLevel {
	if i.health.Synced && i.health.Failures == 1 {
		return levelWarning
	}
	return levelBad
}

func (i *inspection) handlerProblems(tell func(level debugLevel, format string, args ...any)) {
	for _, handler := range i.stats.Handlers {
		var texts []string
		if !handler.Synced && i.stats.Synced {
			texts = append(texts, "has not synced")
		}
		if handler.Lag >= behindAfter {
			texts = append(texts, "is behind by "+shortDuration(handler.Lag))
		}
		if len(texts) > 0 {
			tell(levelWarning, "handler %s %s", handler.Name, strings.Join(texts, ", and "))
		}
	}
}

// failedHow says in a few words how a source fails.
func failedHow(health SourceHealth) string {
	cause := reflect.CauseOther
	var failure *reflect.Failure
	if errors.As(health.LastError, &failure) {
		cause = failure.Cause
	}
	if health.Failures == 1 {
		return string(cause)
	}
	return fmt.Sprintf("%s, %d times in a row", cause, health.Failures)
}

// worst returns the level of the worst of some problems.
func worst(problems []debugProblem) debugLevel {
	level := levelOK
	for _, problem := range problems {
		if problem.Level.rank() < level.rank() {
			level = problem.Level
		}
	}
	return level
}

// counted returns a number of things.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// shortDuration returns a time in one unit or two, to be read at a glance.
func shortDuration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
