// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// thing is what the tests cache. The reflector needs to know nothing of it.
type thing struct{ name string }

// at makes an item of a new thing.
func at(name, version string) store.Item[*thing] {
	return store.Item[*thing]{Key: store.Key{Name: name}, Version: version, Object: &thing{name}}
}

// request is what the source was asked, without the timeout, which is random.
type request struct {
	Verb          string
	Version       string
	Match         metav1.ResourceVersionMatch
	Limit         int64
	Continue      string
	InitialEvents bool
}

func streamAt(version string) request {
	return request{Verb: "watch", Version: version, InitialEvents: true}
}

func watchAt(version string) request { return request{Verb: "watch", Version: version} }

// pagedAt is the plain list from the version "0" or "".
func pagedAt(version string) request {
	return request{Verb: "list", Version: version, Limit: 500}
}

// relistAt is the plain list that asks for nothing older than a version.
func relistAt(version string) request {
	return request{Verb: "list", Version: version, Match: metav1.ResourceVersionMatchNotOlderThan}
}

// answer is what the source says to one request: entries, each after a while,
// and then an end, an error, or nothing more until the context ends.
type answer struct {
	verb    string
	entries []entry
	page    listwatch.Page
	err     error
	hold    bool
}

type entry struct {
	after time.Duration
	event listwatch.Event[*thing] // of a list, only the item
	err   error
}

func pageOf(version, token string, entries ...entry) answer {
	return answer{verb: "list", page: listwatch.Page{Version: version, Continue: token}, entries: entries}
}

func listFails(err error) answer         { return answer{verb: "list", err: err} }
func watchEnds(entries ...entry) answer  { return answer{verb: "watch", entries: entries} }
func watchHolds(entries ...entry) answer { return answer{verb: "watch", entries: entries, hold: true} }
func watchFails(err error, entries ...entry) answer {
	return answer{verb: "watch", entries: entries, err: err}
}

// noStream refuses the streaming list.
func noStream() answer { return watchFails(fmt.Errorf("a test: %w", listwatch.ErrNoInitialEvents)) }

func has(kind listwatch.EventType, name, version string) entry {
	return entry{event: listwatch.Event[*thing]{Type: kind, Item: at(name, version)}}
}

func added(name, version string) entry    { return has(listwatch.Added, name, version) }
func modified(name, version string) entry { return has(listwatch.Modified, name, version) }

func bookmark(version string) entry {
	return entry{event: listwatch.Event[*thing]{Type: listwatch.Bookmark, Item: store.Item[*thing]{Version: version}}}
}

func initialEnd(version string) entry {
	e := bookmark(version)
	e.event.InitialEventsEnd = true
	return e
}

func (e entry) in(d time.Duration) entry { e.after = d; return e }
func (e entry) failing(err error) entry  { e.err = err; return e }

// script is a source that gives one answer after the other, and after the last
// none until the context ends. It notes what it was asked, and when.
type script struct {
	t        *testing.T
	began    time.Time
	answers  []answer
	asked    []request
	times    []time.Duration
	timeouts []time.Duration // of the watches
}

func newScript(t *testing.T, answers ...answer) *script {
	return &script{t: t, began: time.Now(), answers: answers}
}

func (s *script) next(asked request) answer {
	s.asked = append(s.asked, asked)
	s.times = append(s.times, time.Since(s.began))
	if len(s.answers) == 0 {
		return answer{verb: asked.Verb, hold: true}
	}
	next := s.answers[0]
	s.answers = s.answers[1:]
	if next.verb != asked.Verb {
		s.t.Errorf("request %d is %+v, want a %s", len(s.asked), asked, next.verb)
	}
	return next
}

func (s *script) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[*thing], error)) (listwatch.Page, error) {
	answer := s.next(request{
		Verb: "list", Version: options.Version, Match: options.VersionMatch,
		Limit: options.Limit, Continue: options.Continue,
	})
	for _, entry := range answer.entries {
		if err := pass(ctx, entry.after); err != nil {
			return listwatch.Page{}, err
		}
		each(entry.event.Item, entry.err)
	}
	if answer.hold {
		<-ctx.Done()
		return listwatch.Page{}, ctx.Err()
	}
	return answer.page, answer.err
}

func (s *script) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*thing], error] {
	return func(yield func(listwatch.Event[*thing], error) bool) {
		answer := s.next(request{Verb: "watch", Version: options.Version, InitialEvents: options.InitialEvents})
		s.timeouts = append(s.timeouts, options.Timeout)
		if !options.Bookmarks {
			s.t.Error("a watch was asked for without bookmarks")
		}
		for _, entry := range answer.entries {
			if err := pass(ctx, entry.after); err != nil {
				yield(listwatch.Event[*thing]{}, err)
				return
			}
			if !yield(entry.event, entry.err) {
				return
			}
		}
		if answer.hold {
			<-ctx.Done()
			answer.err = ctx.Err()
		}
		if answer.err != nil {
			yield(listwatch.Event[*thing]{}, answer.err)
		}
	}
}

// pass lets time pass.
func pass(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// recorder is a sink that notes what it was given, and fails on request.
type recorder struct {
	known map[store.Key]store.Item[*thing]
	log   []string
	fail  map[string]error // by line of the log
	// onKnown is called with each key that is asked for, if it is set.
	onKnown func(store.Key)
}

func newRecorder() *recorder {
	return &recorder{known: map[store.Key]store.Item[*thing]{}}
}

func (r *recorder) Empty() bool { return len(r.known) == 0 }

func (r *recorder) Known(key store.Key) (store.Item[*thing], bool) {
	if r.onKnown != nil {
		r.onKnown(key)
	}
	item, found := r.known[key]
	return item, found
}

func (r *recorder) Replace(_ context.Context, items *store.Batch[*thing], version string) error {
	clear(r.known)
	line := []string{"replace " + version + ":"}
	for _, key := range slices.SortedFunc(items.Kept(), store.Key.Compare) {
		line = append(line, "kept "+key.String())
	}
	for item := range items.All() {
		line = append(line, item.Key.String()+"@"+item.Version)
		r.known[item.Key] = item
	}
	return r.note(strings.Join(line, " "))
}

func (r *recorder) Apply(_ context.Context, event listwatch.Event[*thing]) error {
	switch event.Type {
	case listwatch.Deleted, listwatch.Left:
		delete(r.known, event.Item.Key)
	case listwatch.Added, listwatch.Modified:
		r.known[event.Item.Key] = event.Item
	}
	return r.note(fmt.Sprintf("%v %v@%s", event.Type, event.Item.Key, event.Item.Version))
}

func (r *recorder) Quarantine(_ context.Context, failure *listwatch.ItemError) error {
	return r.note(fmt.Sprintf("Quarantine %v@%s", failure.Key, failure.Version))
}

func (r *recorder) note(line string) error {
	r.log = append(r.log, line)
	return r.fail[line]
}

// outcome is a reflector that has been run, and all that could be seen of it.
type outcome struct {
	t *testing.T
	*script
	*recorder
	failures []*reflect.Failure
	kinds    []string        // types and causes of the failures
	when     []time.Duration // of the failures
	items    []*listwatch.ItemError
	stats    reflect.Stats
	health   reflect.Health
}

// defaults stands for a timeout of zero in the options of a test.
const defaults = 1

// play runs a reflector in a bubble for a time, and checks that Run ends at once
// when that is over.
func play(t *testing.T, length time.Duration, options reflect.Options, answers ...answer) *outcome {
	t.Helper()
	var o *outcome
	synctest.Test(t, func(t *testing.T) { o = perform(t, length, options, newRecorder(), answers...) })
	o.t = t // that of the bubble is of no use after it
	return o
}

func perform(t *testing.T, length time.Duration, options reflect.Options, sink *recorder, answers ...answer) *outcome {
	t.Helper()
	o := &outcome{t: t, script: newScript(t, answers...), recorder: sink}
	options.Resource = schema.GroupVersionResource{Group: "test.io", Version: "v1", Resource: "things"}
	options.OnError = o.failed
	for _, timeout := range []*time.Duration{&options.WatchGrace, &options.ListTimeout, &options.StreamTimeout} {
		switch *timeout {
		case defaults:
			*timeout = 0
		case 0: // the script holds a watch for longer than it is asked to
			*timeout = 1000 * time.Hour
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	reflector := reflect.New[*thing](o.script, sink, options)
	if err := reflector.Run(ctx); err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
	if got := time.Since(o.began); got != length {
		t.Errorf("Run ended after %v, want %v", got, length)
	}
	o.stats, o.health = reflector.Stats(), reflector.Health()
	return o
}

func (o *outcome) failed(err error) {
	var failure *reflect.Failure
	var item *listwatch.ItemError
	switch {
	case errors.As(err, &failure):
		o.failures = append(o.failures, failure)
		o.kinds = append(o.kinds, kindOf(err)+" "+string(failure.Cause))
		o.when = append(o.when, time.Since(o.began))
	case errors.As(err, &item):
		o.items = append(o.items, item)
	default:
		o.t.Errorf("OnError was told of a %T: %v", err, err)
	}
}

func kindOf(err error) string {
	switch err.(type) {
	case *reflect.ListError:
		return "ListError"
	case *reflect.WatchError:
		return "WatchError"
	case *reflect.StreamError:
		return "StreamError"
	}
	return fmt.Sprintf("%T", err)
}

func wantSame[E any](t *testing.T, what string, want, got []E) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// wantAsked checks all requests.
func (o *outcome) wantAsked(want ...request) {
	o.t.Helper()
	wantSame(o.t, "requests", want, o.asked)
}

// wantTold checks all that the sink was given.
func (o *outcome) wantTold(want ...string) {
	o.t.Helper()
	wantSame(o.t, "what the sink was told", want, o.log)
}

// wantFailures checks what failed and what was announced to follow.
func (o *outcome) wantFailures(want ...string) {
	o.t.Helper()
	var got []string
	for _, f := range o.failures {
		got = append(got, fmt.Sprintf("%v %q (%d), %v", f.Phase, f.Version, f.Attempt, f.Next))
	}
	wantSame(o.t, "failures", want, got)
	if got := o.stats.Errors; got != len(want) {
		o.t.Errorf("Stats counts %d errors, want %d", got, len(want))
	}
}

// wantTimes checks when each request was made.
func (o *outcome) wantTimes(want ...time.Duration) {
	o.t.Helper()
	wantSame(o.t, "instants of requests", want, o.times)
}

// wantTyped checks the types and causes of all failures.
func (o *outcome) wantTyped(want ...string) {
	o.t.Helper()
	wantSame(o.t, "types and causes of failures", want, o.kinds)
}

// wantWait checks that failure i announced a wait between shortest and twice
// that, and that request n came exactly then.
func (o *outcome) wantWait(i int, shortest time.Duration, n int) {
	o.t.Helper()
	if i >= len(o.failures) || n >= len(o.times) {
		o.t.Fatalf("there were %d failures and %d requests, want failure %d and request %d", len(o.failures), len(o.times), i, n)
	}
	wait := o.failures[i].Wait
	if wait < shortest || wait > 2*shortest {
		o.t.Errorf("wait %d is %v, want %v to %v", i, wait, shortest, 2*shortest)
	}
	if want := o.when[i] + wait; o.times[n] != want {
		o.t.Errorf("request %d came after %v, want %v", n, o.times[n], want)
	}
}
