// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/examples/migrate"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

// programs are all of them, as a config makes them.
var programs = map[string]func(ctx context.Context, config *rest.Config, tell func(string)) (migrate.Program, error){
	"factory, before":    ofClientset(migrate.FactoryBefore),
	"factory, installed": ofClientset(migrate.FactoryInstalled),
	"raw, before":        ofClientset(migrate.RawBefore),
	"raw, swapped":       ofClientset(migrate.RawSwapped),
	"typed":              ofClientset(migrate.After),
	"runtime, before":    migrate.RuntimeBefore,
	"runtime, after":     migrate.RuntimeAfter,
}

func ofClientset(program func(kubernetes.Interface, func(string)) (migrate.Program, error)) func(context.Context, *rest.Config, func(string)) (migrate.Program, error) {
	return func(_ context.Context, config *rest.Config, tell func(string)) (migrate.Program, error) {
		return program(kubernetes.NewForConfigOrDie(config), tell)
	}
}

// answers are what a program says at one moment.
type answers struct {
	Told  []string // since the moment before
	Nodes map[string][]string
}

// story is what happens to the pods, and what every program says then.
var story = []struct {
	what   string
	happen func(t *testing.T, pods *fake.Source[*corev1.Pod], server *fake.APIServer)
	want   answers
}{
	{"the start", func(*testing.T, *fake.Source[*corev1.Pod], *fake.APIServer) {}, answers{
		[]string{"add web-0", "add web-1"}, map[string][]string{"east": {"web-0", "web-1"}, "west": nil},
	}},
	{"one comes, one moves and one goes", func(t *testing.T, pods *fake.Source[*corev1.Pod], _ *fake.APIServer) {
		create(t, pods, "web-2", "west")
		update(t, pods, "web-0", "west")
		remove(t, pods, "web-1")
	}, answers{
		[]string{"add web-2", "delete web-1", "update web-0"}, map[string][]string{"east": nil, "west": {"web-0", "web-2"}},
	}},
	{"the server is away, and forgets its history", func(t *testing.T, pods *fake.Source[*corev1.Pod], server *fake.APIServer) {
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", Fault: fake.Fault{Refuse: true}}, {Verb: "stream", Fault: fake.Fault{Refuse: true}}}})
		synctest.Wait()
		remove(t, pods, "web-2")
		create(t, pods, "web-3", "east")
		server.Compact()
		server.Play(fake.Script{})
		time.Sleep(5 * time.Minute)
	}, answers{
		[]string{"add web-3", "delete web-2"}, map[string][]string{"east": {"web-3"}, "west": {"web-0"}},
	}},
}

func TestAllOfThemSayTheSame(t *testing.T) {
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { follow(t, program) })
		})
	}
}

func follow(t *testing.T, make func(context.Context, *rest.Config, func(string)) (migrate.Program, error)) {
	server := fake.NewAPIServer(fake.Resource[*corev1.Pod]("", "v1", "pods"))
	pods, err := fake.SourceOf[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods"))
	if err != nil {
		t.Fatal(err)
	}
	create(t, pods, "web-0", "east")
	create(t, pods, "web-1", "east")
	dropped := fake.Fault{DropAfter: 1000 * time.Hour} // by the next script
	server.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", Fault: dropped}, {Verb: "stream", Fault: dropped}}})

	ctx, cancel := context.WithCancel(t.Context())
	var told diary
	program, err := make(ctx, server.RESTConfig(), told.tell)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := program.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	for _, chapter := range story {
		chapter.happen(t, pods, server)
		time.Sleep(time.Second) // some of them look whether they have synced now and then
		synctest.Wait()
		got := answers{told.take(), map[string][]string{"east": onNode(t, program, "east"), "west": onNode(t, program, "west")}}
		if diff := cmp.Diff(chapter.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", chapter.what, diff)
		}
	}
	cancel()
	running.Wait()
}

func onNode(t *testing.T, program migrate.Program, node string) (names []string) {
	t.Helper()
	found, err := program.OnNode(node)
	if err != nil {
		t.Error(err)
	}
	for _, pod := range found {
		names = append(names, pod.Name)
	}
	slices.Sort(names)
	return names
}

// diary is what a program has told.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) tell(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, what)
}

// take returns the entries since the last take, in the order of their text: that of
// a relist's changes is nobody's promise.
func (d *diary) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	entries := d.entries
	d.entries = nil
	slices.Sort(entries)
	return entries
}

func pod(name, node string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Spec: corev1.PodSpec{NodeName: node}}
}

func create(t *testing.T, pods *fake.Source[*corev1.Pod], name, node string) {
	t.Helper()
	if _, err := pods.Create(pod(name, node)); err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, pods *fake.Source[*corev1.Pod], name, node string) {
	t.Helper()
	if _, err := pods.Update(pod(name, node)); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, pods *fake.Source[*corev1.Pod], name string) {
	t.Helper()
	if _, err := pods.Delete(store.Key{Namespace: "shop", Name: name}); err != nil {
		t.Fatal(err)
	}
}
