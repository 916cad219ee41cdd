// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"testing"
	"time"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// In 3 s of real time, since that is how it was measured: such a server made
// client-go's reflector ask it 1.95 million times, and never list.
func TestG32_AServerThatEndsEachStreamingListIsAskedAFewTimes(t *testing.T) {
	for name, fault := range map[string]fake.Fault{
		"before the bookmark": {DropAtInitialEventsEnd: true},
		"at once":             {DropAtOnce: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := fake.NewAPIServer(fake.Resource[*Widget](widgets.Group, widgets.Version, widgets.Resource))
			objects, err := fake.SourceOf[*Widget](api, widgets)
			if err != nil {
				t.Fatal(err)
			}
			server{objects, t}.create("a", 1)
			api.Play(fake.Script{Rules: []fake.Rule{{Verb: "stream", Fault: fault}}})
			inf := informer.New(fake.ListWatcher[*Widget](api, widgets), informer.Options{OnError: func(error) {}})
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if err := inf.Run(ctx); err != nil {
				t.Error(err)
			}
			if requests := api.Requests(); len(requests) > 10 {
				t.Errorf("%d requests in 3 s, want at most 10: %v", len(requests), requests)
			}
			if !closed(inf.Synced()) || inf.Reader().Len() != 1 {
				t.Errorf("not synced after %v", api.Requests())
			}
		})
	}
}
