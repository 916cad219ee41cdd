// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

func TestG36_HealthSaysHowStaleTheCacheIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server{fake.NewSource[*Widget](fake.Options{BookmarkPeriod: time.Minute}), t}
		inf := informer.New(s, informer.Options{})
		if health := inf.Health(); health.Synced || health.Staleness != 0 || !health.LastContact.IsZero() {
			t.Errorf("before Run: %+v", health)
		}
		stop := run(t, inf)
		for _, test := range []struct{ sleep, want time.Duration }{
			{0, 0}, {30 * time.Second, 30 * time.Second}, {29 * time.Second, 59 * time.Second}, {11 * time.Second, 10 * time.Second},
		} {
			time.Sleep(test.sleep)
			synctest.Wait()
			health := inf.Health()
			if !health.Synced || health.Staleness != test.want || health.Phase.String() != "watch" || health.Resource != "widgets" {
				t.Errorf("want a staleness of %v: %+v", test.want, health)
			}
		}
		s.create("a", 1)
		synctest.Wait()
		if health := inf.Health(); health.Staleness != 0 {
			t.Errorf("an event has come, and the cache is %v stale", health.Staleness)
		}
		stop()
	})
}

func TestG36_HealthCountsRelistsByCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startScripted(t, nil)
		s.list("10", at(widget("a", 1), "1"))
		time.Sleep(3 * time.Minute)
		s.expire()
		s.list("20", at(widget("a", 1), "1"))
		time.Sleep(3 * time.Minute)
		s.modified(at(widget("a", 2), "15")) // older than the list
		s.list("30", at(widget("a", 3), "25"))
		s.wantCache("a=3@25")
		want := map[informer.Cause]int{"expired": 1, "went back": 1}
		health := s.inf.Health()
		if diff := cmp.Diff(want, health.Relists); diff != "" {
			t.Errorf("relists (-want +got):\n%s", diff)
		}
		var broken *informer.StreamError
		if !errors.As(health.LastError, &broken) || health.Failures != 0 {
			t.Errorf("health %+v, want a StreamError as the last error and no failures in a row", health)
		}
		s.stop()
	})
}

// lines is a log handler that notes levels, messages, and of what resource, part
// and object they are. What a logger has been given by With it loses, as that of
// klog does.
type lines struct {
	slog.Handler // of nothing: only for the methods that are not used
	mu           sync.Mutex
	all          []string
}

func (l *lines) Enabled(context.Context, slog.Level) bool { return true }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *lines) Handle(_ context.Context, record slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := record.Level.String() + " " + record.Message
	record.Attrs(func(a slog.Attr) bool {
		if slices.Contains([]string{"resource", "scope", "part", "key"}, a.Key) {
			line += ", " + a.String()
		}
		return true
	})
	l.all = append(l.all, line)
	return nil
}

func TestErrorsAreLoggedOnceForEachChangeOfState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := newScript(t)
		log := &lines{}
		inf := informer.New(script, informer.Options{Logger: slog.New(log), Resource: widgets})
		stop := run(t, inf)
		script.list("10", at(widget("a", 1), "1"))
		for range 5 { // each ends a watch; the next is asked for after a wait
			script.events <- scriptedEvent{err: errBroken}
			time.Sleep(2 * time.Minute)
		}
		script.breaks("a", "11")
		script.breaks("a", "12")
		script.modified(at(widget("a", 2), "13"))
		script.breaks("b", "14")
		time.Sleep(2 * time.Minute)
		script.expire()
		script.list("20", at(widget("a", 2), "13"))
		synctest.Wait()
		stop()
		const (
			fails  = "WARN informer: the source has failed, and is tried again, resource=widgets.test.io"
			serves = "INFO informer: the source serves again, resource=widgets.test.io"
			broken = "ERROR informer: an object cannot be used, resource=widgets.test.io, key="
			healed = "INFO informer: an object can be used again, or is gone, resource=widgets.test.io, key="
		)
		want := []string{fails, broken + "a", serves, healed + "a", broken + "b", fails, serves, healed + "b"}
		if diff := cmp.Diff(sorted(want), sorted(log.all)); diff != "" {
			t.Errorf("logged (-want +got):\n%s\n%q", diff, log.all)
		}
	})
}

// Functions that have nothing to tell for a day are no dead connection.
func TestASourceOfFunctionsMayBeSilentForAsLongAsItLikes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		watches := 0
		source := listwatch.FromFuncs(store.FromMeta[*Widget],
			func(context.Context, listwatch.ListOptions) ([]*Widget, listwatch.Page, error) {
				return []*Widget{widget("a", 1)}, listwatch.Page{}, nil
			},
			func(ctx context.Context, _ listwatch.WatchOptions, _ func(listwatch.EventType, *Widget) bool) error {
				watches++
				<-ctx.Done()
				return nil
			})
		same := listwatch.Filter(listwatch.Map(source, func(w *Widget) (*Widget, error) { return w, nil }), func(*Widget) bool { return true })
		inf := informer.New(same, informer.Options{OnError: func(err error) { t.Error(err) }})
		stop := run(t, inf)
		time.Sleep(24 * time.Hour)
		stop()
		if watches != 1 {
			t.Errorf("there were %d watches, want one", watches)
		}
	})
}
