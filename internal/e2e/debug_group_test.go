// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

const (
	hostileName  = "<img src=x onerror=alert(1)>" // a slash would be no name
	hostileLabel = "<script>document.title='it ran'</script>"
	secretToken  = "c2VjcmV0LXRva2Vu"
)

// A badDay is a group on a day on which not all is well, with the debug page of it on
// loopback.
type badDay struct {
	t      *testing.T
	api    *fake.APIServer
	group  *informer.Group
	events chan struct{} // one for each error that was reported
	url    string
}

// newBadDay waits until all there is to be seen has happened: nodes may not be read,
// a handler of pods stands still, an index does not take one of the config maps, and
// a source of widgets brings names that no API server would.
func newBadDay(t *testing.T) *badDay {
	d := &badDay{t: t, events: make(chan struct{}, 1)}
	d.api = fake.NewAPIServer(
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
		fake.Resource[*corev1.Secret]("", "v1", "secrets"),
		fake.Resource[*corev1.Node]("", "v1", "nodes"),
		fake.Resource[*corev1.Service]("", "v1", "services"),
	)
	d.api.Play(fake.Script{Rules: []fake.Rule{{Resource: "nodes", Fault: fake.Fault{Status: http.StatusForbidden}}}})
	d.group = informer.NewGroup(informer.GroupOptions{Options: informer.Options{
		HistoryLimit: 100,
		OnError: func(error) {
			select {
			case d.events <- struct{}{}:
			default:
			}
		},
	}})
	d.fill()
	hostile := d.hostile()
	d.run(d.group, hostile)
	d.acquire()
	d.await(hostile.Synced(), "the hostile informer")
	d.serve(informer.DebugOptions{Informers: []informer.AnyInformer{hostile}})
	return d
}

// run runs informers and groups until the end of the test.
func (d *badDay) run(all ...interface{ Run(context.Context) error }) {
	for _, one := range all {
		ended := make(chan error, 1)
		go func() { ended <- one.Run(d.t.Context()) }()
		d.t.Cleanup(func() { // the context has ended by now
			if err := <-ended; err != nil {
				d.t.Errorf("Run: %v", err)
			}
		})
	}
}

func (d *badDay) await(done <-chan struct{}, what string) {
	d.t.Helper()
	select {
	case <-done:
	case <-deadline(d.t).Done():
		d.t.Fatalf("%s: not within %v", what, patience)
	}
}

func (d *badDay) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// fill creates what is well.
func (d *badDay) fill() {
	core := d.core()
	for i := range 300 {
		pod := newPod(fmt.Sprintf("web-%d", i))
		pod.Spec.NodeName = fmt.Sprintf("node-%d", i*i%17)
		_, err := core.Pods([]string{"shop", "shop", "cart"}[i%3]).Create(d.t.Context(), pod, metav1.CreateOptions{})
		d.must(err)
	}
	for i := range 5 {
		d.createMap(fmt.Sprintf("settings-%d", i))
		service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("front-%d", i)}}
		_, err := core.Services("shop").Create(d.t.Context(), service, metav1.CreateOptions{})
		d.must(err)
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "token", Annotations: map[string]string{"last-applied": secretToken}},
		Data:       map[string][]byte{"token": []byte("secret-token")},
	}
	_, err := core.Secrets("shop").Create(d.t.Context(), secret, metav1.CreateOptions{})
	d.must(err)
}

func (d *badDay) createMap(name string) {
	d.t.Helper()
	_, err := d.core().ConfigMaps("shop").Create(d.t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	d.must(err)
}

func (d *badDay) core() corev1client.CoreV1Interface {
	clientset, err := kubernetes.NewForConfig(d.api.RESTConfig())
	d.must(err)
	return clientset.CoreV1()
}

// acquire acquires what is to be seen of the group, and waits for all of it.
func (d *badDay) acquire() {
	pods := acquired[*corev1.Pod](d, "pods", "")
	_, err := index.Add(pods.Indexer(), "node", func(p *corev1.Pod) (string, bool) { return p.Spec.NodeName, true })
	d.must(err)
	hold := make(chan struct{})
	d.t.Cleanup(func() { close(hold) })
	called := make(chan struct{})
	_, err = pods.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{OnAdd: func(p *corev1.Pod, _ bool) {
		if p.Name == "web-7" {
			close(called)
			<-hold
		}
	}}, informer.HandlerOptions[*corev1.Pod]{Name: "autoscaler", Backlog: informer.Coalesce(1000)})
	d.must(err)
	_, err = pods.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{}, informer.HandlerOptions[*corev1.Pod]{Name: "scheduler"})
	d.must(err)

	d.label("web-1", pods)

	maps := acquired[*corev1.ConfigMap](d, "configmaps", "shop")
	_, err = index.Add(maps.Indexer(), "weight", func(m *corev1.ConfigMap) (string, bool) {
		if m.Name == "settings-broken" {
			panic(errors.New("no weight in " + secretToken))
		}
		return "light", true
	})
	d.must(err)
	secrets := acquired[*corev1.Secret](d, "secrets", "")
	_, err = index.Add(secrets.Indexer(), "token", func(s *corev1.Secret) (string, bool) { return string(s.Data["token"]), true })
	d.must(err)
	d.await(acquired[*corev1.Service](d, "services", "").Synced(), "services")
	d.await(secrets.Synced(), "secrets")
	d.await(called, "the handler of pods")
	d.await(maps.Synced(), "config maps")

	d.createMap("settings-broken")
	d.await(d.events, "the config map that cannot be indexed")
	acquired[*corev1.Node](d, "nodes", "")
	d.await(d.events, "the failure of nodes")
}

// label changes a pod, and waits until that has come.
func (d *badDay) label(name string, pods *informer.Handle[*corev1.Pod]) {
	d.await(pods.Synced(), "pods")
	for _, team := range []string{"front", "web"} {
		patch := fmt.Sprintf(`{"metadata": {"labels": {"app": "web", "team": %q}}}`, team)
		pod, err := d.core().Pods("shop").Patch(d.t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		d.must(err)
		d.must(informer.WaitForObject(deadline(d.t), pods, pod))
	}
}

func acquired[T fake.Object](d *badDay, resource, namespace string) *informer.Handle[T] {
	d.t.Helper()
	provider := informer.Provider[T]{
		Resource: schema.GroupVersionResource{Version: "v1", Resource: resource},
		Source: func(scope informer.Scope) listwatch.ListWatcher[T] {
			return fake.ListWatcher[T](d.api, scope.Resource, fake.Scope{Namespace: scope.Namespace})
		},
	}
	return provider.Acquire(d.group, informer.Scope{Namespace: namespace})
}

// hostile is an informer of what no API server would let in.
func (d *badDay) hostile() *informer.Informer[*corev1.ConfigMap] {
	source := fake.NewSource[*corev1.ConfigMap](fake.Options{})
	_, err := source.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Namespace: "yard", Name: hostileName, Labels: map[string]string{"app": hostileLabel},
	}})
	d.must(err)
	inf := informer.New(source, informer.Options{
		Resource:     schema.GroupVersionResource{Group: "<b>bold</b>", Resource: "configmaps"},
		HistoryLimit: 10,
	})
	_, err = index.AddLabel(inf.Indexer(), "app")
	d.must(err)
	return inf
}

// serve serves the page on loopback until the end of the test.
func (d *badDay) serve(options informer.DebugOptions) {
	mux := http.NewServeMux()
	mux.Handle("/debug/informers/", http.StripPrefix("/debug/informers", informer.DebugHandler(d.group, options)))
	server := httptest.NewServer(mux)
	d.t.Cleanup(server.Close)
	d.url = server.URL + "/debug/informers/"
}
