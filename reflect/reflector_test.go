// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// That Run ends at the very instant is checked by play.
func TestRunEndsAtOnceInEachPhase(t *testing.T) {
	never := entry{after: 1000 * time.Hour}
	long := apierrors.NewTooManyRequests("later", 3600)
	for name, test := range map[string]struct {
		options reflect.Options
		answers []answer
		failed  int
	}{
		"before the streaming list":  {reflect.Options{}, []answer{watchHolds()}, 0},
		"within the streaming list":  {reflect.Options{}, []answer{watchHolds(added("a", "1"), never)}, 0},
		"after the streaming list":   {reflect.Options{}, []answer{watchHolds(initialEnd("5"))}, 0},
		"before the list":            {plain, []answer{{verb: "list", hold: true}}, 0},
		"within the list":            {plain, []answer{pageOf("5", "", added("a", "1"), never)}, 0},
		"between pages":              {plain, []answer{pageOf("5", "token"), {verb: "list", hold: true}}, 0},
		"watching":                   {plain, []answer{pageOf("5", ""), watchHolds()}, 0},
		"waiting for a list":         {plain, []answer{listFails(long)}, 1},
		"waiting for a watch":        {plain, []answer{pageOf("5", ""), watchFails(long)}, 1},
		"waiting for streaming list": {reflect.Options{}, []answer{watchFails(long)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Minute, test.options, test.answers...)
			if len(o.failures) != test.failed {
				t.Errorf("the end was reported as a failure: %v", o.failures)
			}
			if o.stats.Phase != reflect.Ended {
				t.Errorf("the phase after Run is %v, want %v", o.stats.Phase, reflect.Ended)
			}
		})
	}
}

func TestRunWithAContextThatIsDoneAsksForNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	source := newScript(t)
	if err := reflect.New[*thing](source, newRecorder(), reflect.Options{}).Run(ctx); err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
	if len(source.asked) > 0 {
		t.Errorf("the source was asked %v", source.asked)
	}
}

// busy is a source that does not look at the context.
type busy struct{ cancel func() }

func (b busy) List(context.Context, listwatch.ListOptions, func(store.Item[*thing], error)) (listwatch.Page, error) {
	b.cancel()
	return listwatch.Page{Version: "5"}, nil
}

func (b busy) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[*thing], error] {
	return func(yield func(listwatch.Event[*thing], error) bool) {
		item := at("a", "6")
		for yield(listwatch.Event[*thing]{Type: listwatch.Added, Item: item}, nil) {
			b.cancel()
		}
	}
}

func TestRunEndsThoughTheSourceIgnoresTheContext(t *testing.T) {
	for name, options := range map[string]reflect.Options{"list": plain, "streaming list": {}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			sink := newRecorder()
			if err := reflect.New[*thing](busy{cancel}, sink, options).Run(ctx); err != nil {
				t.Errorf("Run returned %v, want nil", err)
			}
			if len(sink.log) > 0 {
				t.Errorf("the sink was told %v after the end", sink.log)
			}
		})
	}
}

func TestErrorOfTheSinkEndsRun(t *testing.T) {
	for name, test := range map[string]struct {
		line    string
		phase   reflect.Phase
		options reflect.Options
		answers []answer
	}{
		"list":           {"replace 5:", reflect.Listing, plain, []answer{pageOf("5", "")}},
		"streaming list": {"replace 5:", reflect.StreamingList, reflect.Options{}, []answer{watchHolds(initialEnd("5"))}},
		"watch":          {"Added a@6", reflect.Watching, plain, []answer{pageOf("5", ""), watchHolds(added("a", "6"))}},
		"bookmark":       {"Bookmark @6", reflect.Watching, plain, []answer{pageOf("5", ""), watchHolds(bookmark("6"))}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newRecorder()
				sink.fail = map[string]error{test.line: errBroken}
				options := test.options
				options.OnError = func(err error) { t.Errorf("the sink's error was reported as the source's: %v", err) }
				reflector := reflect.New[*thing](newScript(t, test.answers...), sink, options)
				err := reflector.Run(t.Context())
				if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), test.phase.String()+": the sink failed") {
					t.Errorf("Run returned %v, want the sink's error, in phase %v", err, test.phase)
				}
				if got := reflector.Stats().Phase; got != reflect.Ended {
					t.Errorf("the phase after Run is %v", got)
				}
			})
		})
	}
}

func TestRunSaysWhatItCannotDo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	again := reflect.New[*thing](newScript(t), newRecorder(), reflect.Options{})
	if err := again.Run(ctx); err != nil {
		t.Fatal(err)
	}
	for want, reflector := range map[string]*reflect.Reflector[*thing]{
		"the source is nil":         reflect.New[*thing](nil, newRecorder(), reflect.Options{}),
		"the sink is nil":           reflect.New[*thing](newScript(t), nil, reflect.Options{}),
		"it has been called before": again,
	} {
		if err := reflector.Run(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Run returned %v, want an error with %q", err, want)
		}
	}
}

func TestStatsTellThePhaseWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t,
			watchFails(errBroken, added("a", "1").in(time.Second)),
			watchHolds(initialEnd("5").in(time.Second)),
		)
		reflector := reflect.New[*thing](source, newRecorder(), reflect.Options{Backoff: 2 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- reflector.Run(ctx) }()

		var got []reflect.Phase
		for range 10 { // the wait takes 2 to 4 s, all of it 4 to 6 s
			synctest.Wait()
			if phase := reflector.Stats().Phase; len(got) == 0 || got[len(got)-1] != phase {
				got = append(got, phase)
			}
			time.Sleep(700 * time.Millisecond)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		got = append(got, reflector.Stats().Phase)
		want := []reflect.Phase{reflect.StreamingList, reflect.Waiting, reflect.StreamingList, reflect.Watching, reflect.Ended}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("phases (-want +got):\n%s", diff)
		}
	})
}

func TestPhasesAndErrorsReadWell(t *testing.T) {
	names := map[reflect.Phase]string{
		reflect.StreamingList: "streaming list", reflect.Listing: "list", reflect.Watching: "watch",
		reflect.Waiting: "wait", reflect.Ended: "end", 0: "Phase(?)",
	}
	for phase, want := range names {
		if got := phase.String(); got != want {
			t.Errorf("phase %d reads %q, want %q", phase, got, want)
		}
	}
	err := &reflect.Failure{Phase: reflect.Watching, Version: "5", Attempt: 2, Next: reflect.Watching, Wait: 1234567 * time.Microsecond, Err: errBroken}
	const want = `reflect: a source without Options.Resource: watch at version "5" failed (2 in a row), watch follows in 1.235s: broken`
	if got := err.Error(); got != want {
		t.Errorf("the error reads\n%s, want\n%s", got, want)
	}
}
