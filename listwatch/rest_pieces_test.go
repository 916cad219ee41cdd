// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Frames arrive in pieces of any length, and each is handed on when its last byte
// has come, though the stream stands still then. If one were not, server and reader
// would wait for each other, which ends a bubble.
func TestRESTWatchInPieces(t *testing.T) {
	const bursts = 200
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		last, seen := make(chan int, 1), make(chan struct{})
		server := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", asJSON)
			version := 0
			for range bursts {
				var frames []byte
				for range 1 + random.IntN(1<<random.IntN(8)) {
					version++
					frames = append(frames, eventJSON("MODIFIED", gadgetJSON("a", version, fmt.Sprintf(`{"size":%d}`, version)))...)
				}
				frames = frames[:len(frames)-1] // the line ends with the next burst
				last <- version                 // of the burst
				for len(frames) > 0 {
					n := min(len(frames), 1+random.IntN(1<<random.IntN(16)))
					w.Write(frames[:n])
					frames = frames[n:]
				}
				select {
				case <-seen:
					fmt.Fprintln(w)
				case <-r.Context().Done():
					return
				}
			}
			last <- version
		}
		want, upTo := 0, 0
		source := sourceOf[Slim](t, server, listwatch.RESTOptions{Workers: 3})
		for event, err := range source.Watch(t.Context(), listwatch.WatchOptions{}) {
			if want == upTo {
				upTo = <-last
			}
			want++
			if err != nil || event.Item.Version != fmt.Sprint(want) || event.Item.Object.Spec.Size != want {
				t.Fatalf("got %+v, %v; want version %d", event, err, want)
			}
			if want == upTo {
				seen <- struct{}{}
			}
		}
		if sent := <-last; want != sent {
			t.Errorf("the watch ended with version %d, want %d", want, sent)
		}
	})
}
