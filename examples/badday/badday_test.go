// SPDX-License-Identifier: Apache-2.0

// Package badday_test plays the same faults of a server to client-go's informer
// and to one of this module: each has a clientset of its own, and a day of
// virtual time.
//
//	go test -v ./badday
package badday_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

const (
	day   = 24 * time.Hour
	never = -time.Second
)

func TestBadDays(t *testing.T) {
	silenceClientGo(t)
	for _, test := range []struct {
		what     string
		rules    []fake.Rule
		clientGo time.Duration
		from, to time.Duration // here; waits have jitter
	}{
		{"all is well", nil, time.Second, time.Second, time.Second},
		{"no bookmark ends the streaming list", []fake.Rule{
			{Verb: "stream", Fault: fake.Fault{NoInitialEventsEnd: true}},
		}, never, time.Minute, 3 * time.Minute},
		{"a streaming list gets no answer", []fake.Rule{
			{Verb: "stream", Fault: fake.Fault{Silent: true}},
		}, never, time.Minute, time.Minute + 10*time.Second},
		{"a list gets no answer", []fake.Rule{
			{Verb: "stream", Fault: fake.Fault{Status: 404}},
			{Verb: "list", To: 1, Fault: fake.Fault{Silent: true}},
		}, never, 90 * time.Second, 100 * time.Second},
		{"the connection of the watch dies in silence", []fake.Rule{
			{Verb: "stream", Fault: fake.Fault{SilentAfterEvents: 5}},
		}, never, 5*time.Minute + 30*time.Second, 10*time.Minute + 40*time.Second},
	} {
		t.Run(test.what, func(t *testing.T) {
			clientGo, here := play(t, test.rules, startClientGo), play(t, test.rules, startHere)
			t.Logf("it has all pods after %v with client-go, and after %v here; negative is never", clientGo, here)
			if clientGo != test.clientGo {
				t.Errorf("client-go has them after %v, want %v: does the README still tell the truth?", clientGo, test.clientGo)
			}
			if here < test.from || here > test.to {
				t.Errorf("here it is after %v, want %v to %v", here, test.from, test.to)
			}
		})
	}
}

// A start runs an informer of pods until ctx is done, when it closes ended. It
// returns how to look how many are in its cache.
type start func(ctx context.Context, clientset kubernetes.Interface, ended chan<- struct{}) (pods func() int)

// play says when an informer has all pods that there are, some of which come
// after its start.
func play(t *testing.T, rules []fake.Rule, start start) (after time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: time.Minute}, fake.Resource[*corev1.Pod]("", "v1", "pods"))
		createPods(t, server, "web", 4)
		server.Play(fake.Script{Rules: rules})
		clientset, err := kubernetes.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		pods := start(ctx, clientset, ended)
		began := time.Now()
		synctest.Wait()
		createPods(t, server, "db", 3)
		for after = never; after == never && time.Since(began) < day; {
			time.Sleep(time.Second)
			synctest.Wait()
			if pods() == 7 {
				after = time.Since(began)
			}
		}
		cancel()
		<-ended
	})
	return after
}

func createPods(t *testing.T, server *fake.APIServer, name string, count int) {
	t.Helper()
	pods, err := fake.SourceOf[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range count {
		if _, err := pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("%s-%d", name, i)}}); err != nil {
			t.Fatal(err)
		}
	}
}

func startHere(ctx context.Context, clientset kubernetes.Interface, ended chan<- struct{}) (pods func() int) {
	inf := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{OnError: func(error) {}})
	go func() {
		defer close(ended)
		_ = inf.Run(ctx) // what it failed at would show in the pods
	}()
	return inf.Reader().Len
}

func startClientGo(ctx context.Context, clientset kubernetes.Interface, ended chan<- struct{}) (pods func() int) {
	inf := informers.NewSharedInformerFactory(clientset, 0).Core().V1().Pods().Informer()
	go func() {
		defer close(ended)
		inf.RunWithContext(ctx)
	}()
	return func() int { return len(inf.GetStore().ListKeys()) }
}

// silenceClientGo keeps its log of a day off the terminal.
func silenceClientGo(t *testing.T) {
	state := klog.CaptureState()
	t.Cleanup(state.Restore)
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
}
