// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func TestTrouble(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	forbidden := apierrors.NewForbidden(corev1.Resource("pods"), "", errors.New("no rights"))
	failing := func(failures int, err error) informer.SourceHealth {
		failure := &informer.SourceError{Wait: 5 * time.Second, Err: err}
		return informer.SourceHealth{Failures: failures, LastError: &informer.WatchError{Failure: failure}, LastErrorTime: time.Now().Add(-2 * time.Second)}
	}
	synctest.Test(t, func(t *testing.T) {
		underWay := failing(1, errors.New("nobody knows why"))
		underWay.LastErrorTime, underWay.PhaseSince = time.Now().Add(-9*time.Second), time.Now().Add(-4*time.Second)
		recovered := failing(3, refused)
		recovered.LastContact = time.Now().Add(-time.Second)
		for name, test := range map[string]struct {
			health informer.Health
			want   string
		}{
			"all is well":           {informer.Health{Staleness: time.Minute}, ""},
			"before the start":      {informer.Health{}, ""},
			"well again, and quiet": {informer.Health{Staleness: time.Second, SourceHealth: recovered}, ""},
			"silence": {informer.Health{Staleness: 150 * time.Second}, `The server last said something 2m30s ago; this is the state of then.
`},
			"down": {informer.Health{Staleness: 7 * time.Second, SourceHealth: failing(3, refused)}, `The server last said something 7s ago; this is the state of then.
3 tries have failed, the next is in 3s: dial tcp: connection refused
--kubeconfig and --context choose another server than http://server
`},
			"being tried again": {informer.Health{Staleness: time.Hour, SourceHealth: underWay}, `The server last said something 1h0m0s ago; this is the state of then.
A try has failed, the next has been under way for 4s: nobody knows why
`},
			"forbidden from the start": {informer.Health{SourceHealth: failing(1, forbidden)}, `A try has failed, the next is in 3s: pods is forbidden: no rights
--namespace asks for the pods of one namespace only
`},
			"unreadable": {informer.Health{Quarantined: []informer.Quarantined{{Key: store.Key{Namespace: "shop", Name: "web"}, Err: errors.New("not a pod")}}}, `shop/web cannot be read: not a pod
`},
			"much unreadable": {informer.Health{Quarantined: make([]informer.Quarantined, 10)}, ` cannot be read: <nil>
 cannot be read: <nil>
 cannot be read: <nil>
… nor can 7 more
`},
		} {
			if diff := cmp.Diff(test.want, trouble(test.health, "http://server")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// A server that goes away and comes back: the table says so, and goes on.
func TestTheTableTellsOfAServerThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: time.Minute}, fake.Resource[*corev1.Pod]("", "v1", "pods"))
		server.Play(fake.Script{Rules: []fake.Rule{
			{Verb: "stream", Fault: fake.Fault{DropAfter: 10 * time.Second}},
			{Verb: "watch", Fault: fake.Fault{Refuse: true}},
		}})
		pods, err := fullPods(server.RESTConfig(), options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		out, ended := new(screen), make(chan error, 1)
		go func() {
			ended <- view[*corev1.Pod]{pods: pods, see: seenInFull}.watch(ctx, "http://server", options{interval: time.Second}, out)
		}()
		time.Sleep(9500 * time.Millisecond)
		wantDown(t, out, false)
		time.Sleep(5 * time.Second)
		wantDown(t, out, true)
		time.Sleep(time.Minute)
		wantDown(t, out, true)
		server.Play(fake.Script{})
		time.Sleep(2 * time.Minute)
		wantDown(t, out, false)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// screen is a writer that keeps what was written last.
type screen struct {
	mu   sync.Mutex
	last string
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = string(p)
	return len(p), nil
}

func wantDown(t *testing.T, out *screen, down bool) {
	t.Helper()
	synctest.Wait()
	out.mu.Lock()
	defer out.mu.Unlock()
	for _, said := range []string{"The server last said something ", "failed, the next", "connection refused", "choose another server than http://server"} {
		if strings.Contains(out.last, said) != down || !strings.Contains(out.last, "NAMESPACE") {
			t.Errorf("with the server down: %t, the screen shows\n%s", down, out.last)
			return
		}
	}
}
