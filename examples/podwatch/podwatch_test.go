// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func TestOncePrintsTheState(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--once", "--pods", "30", "--rate", "0.001", "--kubeconfig", ""}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  30 pods\n", "NAMESPACE  PODS  NODE    PODS\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("printed %q, want it to say %q", out.String(), want)
		}
	}
}

func TestOnceSaysWhyThereIsNoState(t *testing.T) {
	err := run(t.Context(), []string{"--once", "--timeout", "100ms", "--selector", "a in (", "--kubeconfig", ""}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), `LabelSelector "a in ("`) {
		t.Errorf("run = %v, want it to name the selector", err)
	}
}

// signalled is a writer that says when something was written.
type signalled struct {
	text    bytes.Buffer
	written chan struct{}
}

func (s *signalled) Write(p []byte) (int, error) {
	n, err := s.text.Write(p)
	select {
	case s.written <- struct{}{}:
	default:
	}
	return n, err
}

func TestInterruptEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, interrupt := context.WithCancel(t.Context())
	out := &signalled{written: make(chan struct{}, 1)}
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--interval", "10ms", "--rate", "500", "--kubeconfig", ""}, out)
	}()
	for range 5 {
		<-out.written
	}
	interrupt()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("run = %v", err)
		}
	case <-time.After(time.Second):
		t.Fatal("still running a second after the interrupt")
	}
	// A connection's goroutine may take a moment to see that it was closed.
	for deadline := time.Now().Add(time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	if !strings.Contains(out.text.String(), "events/s") {
		t.Errorf("printed %q", out.text.String())
	}
}

func TestBadFlags(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"extra"}, `"extra"`},
		{[]string{"--rate", "0"}, "--rate"},
		{[]string{"--nonsense"}, "-nonsense"},
		{[]string{"--kubeconfig", "/does/not/exist"}, "/does/not/exist"},
		{[]string{"--kubeconfig", "", "--context", "prod"}, "--context prod needs --kubeconfig"},
		{[]string{"--kubeconfig", kubeconfig(t, "http://127.0.0.1:1"), "--context", "prod"}, `"prod"`},
	} {
		if err := run(t.Context(), test.args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("run %q = %v, want an error with %q", test.args, err, test.want)
		}
	}
}

// kubeconfig writes a file that names a server.
func kubeconfig(t *testing.T, server string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	config := api.Config{
		Clusters:       map[string]*api.Cluster{"c": {Server: server}},
		Contexts:       map[string]*api.Context{"here": {Cluster: "c"}},
		CurrentContext: "here",
	}
	if err := clientcmd.WriteToFile(config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOnceWatchesTheClusterOfTheKubeconfig(t *testing.T) {
	pods := fake.NewSource[*corev1.Pod](fake.Options{Resource: corev1.SchemeGroupVersion.WithResource("pods"), Kind: "Pod"})
	if _, err := pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "prod", Name: "web"}}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pods.Handler())
	defer server.Close()
	files := "/not/there" + string(filepath.ListSeparator) + kubeconfig(t, server.URL)
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--once", "--kubeconfig", files}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), server.URL+"  1 pods\n") {
		t.Errorf("printed %q, want one pod at %s", out.String(), server.URL)
	}
}

func TestOnceSaysWhatToDoWhenTheServerIsDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := run(t.Context(), []string{"--once", "--timeout", "1s", "--kubeconfig", kubeconfig(t, server.URL)}, &bytes.Buffer{})
	for _, want := range []string{"--timeout", "connection refused", "is the server up", "choose another server than " + server.URL} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("run = %v, want it to say %q", err, want)
		}
	}
}

func TestTable(t *testing.T) {
	pod := func(namespace, name, node string) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec:       corev1.PodSpec{NodeName: node},
			Status:     corev1.PodStatus{Phase: corev1.PodRunning},
		}
	}
	pods := store.New(store.FromMeta[*corev1.Pod])
	indexer := index.New(pods, index.Options{})
	nodes, err := index.Add(indexer, "node", func(p *corev1.Pod) (string, bool) { return p.Spec.NodeName, p.Spec.NodeName != "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*corev1.Pod{pod("shop", "a", "n1"), pod("shop", "b", "n1"), pod("bank", "c", "")} {
		if err := pods.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	b := &board{server: "http://server"}
	var out bytes.Buffer
	healthy := func() informer.Health { return informer.Health{Synced: true} }
	show := &printer{out: &out, board: b, health: healthy, namespaces: indexer.Namespaces().Counts, nodes: nodes.Counts, before: &counts{}}
	b.added(seenInFull(pod("shop", "a", "n1")), true)
	b.added(seenInFull(pod("shop", "b", "n1")), false)
	b.updated(seenInFull(pod("bank", "c", "")), seenInFull(pod("bank", "c", "n2")))
	b.deleted(seenInFull(pod("bank", "d", "n2")), false)
	if err := show.print(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	want := `http://server  3 pods  1 added, 1 updated, 1 deleted, 1.5 events/s

NAMESPACE  PODS  NODE  PODS
bank       1     n1    2
shop       2           

+ shop/b  Running on n1
~ bank/c  Running → Running on n2
- bank/d  last seen Running on n2
`
	if got := out.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}
