// SPDX-License-Identifier: Apache-2.0

package upstream_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	ctrl "sigs.k8s.io/controller-runtime"
	runtimecache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// TestManagerOfControllerRuntime runs a manager with a reconciler, whose cache makes
// its informers by client-go's constructor and by this library's, and compares what
// the reconciler has made.
func TestManagerOfControllerRuntime(t *testing.T) {
	want := reconciled(t, nil)
	got := reconciled(t, clientgo.NewSharedIndexInformer)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the reconciler has made (-on client-go's informers +on this library's):\n%s", diff)
	}
	if len(want) != 3 {
		t.Errorf("it has made %v; want a config map for each of 3 pods", want)
	}
}

// tag is the label by whose value pods are counted.
const tag = "app"

// reconciler keeps a config map for each pod, which says what the pod's node is and how
// many pods have its tag. It reads all of that from the manager's cache, by an index
// for the latter.
type reconciler struct{ client.Client }

func (r reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var pod corev1.Pod
	if err := r.Get(ctx, request.NamespacedName, &pod); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	var alike corev1.PodList
	if err := r.List(ctx, &alike, client.InNamespace(pod.Namespace), client.MatchingFields{tag: pod.Labels[tag]}); err != nil {
		return ctrl.Result{}, err
	}
	about := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, about, func() error {
		about.Data = map[string]string{"node": pod.Spec.NodeName, "alike": fmt.Sprint(len(alike.Items))}
		return controllerutil.SetControllerReference(&pod, about, r.Scheme())
	})
	return ctrl.Result{}, err
}

type newInformer = func(cache.ListerWatcher, runtime.Object, time.Duration, cache.Indexers) cache.SharedIndexInformer

// reconciled returns what the reconciler has made of three pods, one of which was
// there before, one of which has moved, and of what it owns somebody has deleted one.
func reconciled(t *testing.T, constructor newInformer) (made []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	api := fake.NewAPIServer(
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
		fake.Resource[*corev1.Event]("", "v1", "events"),
	)
	config := api.RESTConfig()
	config.QPS = -1 // no limit
	clientset := must(kubernetes.NewForConfig(config))(t)
	pods, configMaps := clientset.CoreV1().Pods(namespace), clientset.CoreV1().ConfigMaps(namespace)
	watching := must(configMaps.Watch(ctx, metav1.ListOptions{}))(t)
	defer watching.Stop()

	must(pods.Create(ctx, tagged("one", "web"), metav1.CreateOptions{}))(t)
	stop := manage(ctx, t, config, constructor)
	defer stop()
	seen := map[string]string{}
	await(t, watching, seen, func() bool { return seen["one"] == "node-1, 1 alike" })

	must(pods.Create(ctx, tagged("two", "web"), metav1.CreateOptions{}))(t)
	must(pods.Create(ctx, tagged("three", "db"), metav1.CreateOptions{}))(t)
	await(t, watching, seen, func() bool { return seen["two"] == "node-1, 2 alike" && seen["three"] == "node-1, 1 alike" })
	moved := must(pods.Get(ctx, "three", metav1.GetOptions{}))(t)
	moved.Spec.NodeName = "node-2"
	must(pods.Update(ctx, moved, metav1.UpdateOptions{}))(t)
	await(t, watching, seen, func() bool { return seen["three"] == "node-2, 1 alike" })

	// What is deleted is made again, which shows that what is owned is watched too.
	if err := configMaps.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	await(t, watching, seen, func() bool { return seen["one"] == "" })
	await(t, watching, seen, func() bool { return seen["one"] == "node-1, 2 alike" })
	for name, about := range seen {
		made = append(made, name+": "+about)
	}
	slices.Sort(made)
	return made
}

func tagged(name, app string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{tag: app}},
		Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "app", Image: "registry.example/" + strings.ToLower(app)}}},
	}
}

// manage runs a manager with the reconciler until stop is called.
func manage(ctx context.Context, t *testing.T, to *rest.Config, constructor newInformer) (stop func()) {
	t.Helper()
	twice := true // the name of the controller is taken by the run before
	manager := must(ctrl.NewManager(to, ctrl.Options{
		Scheme:     scheme.Scheme,
		Logger:     logr.Discard(),
		Metrics:    server.Options{BindAddress: "0"},
		Cache:      runtimecache.Options{NewInformer: constructor},
		Controller: config.Controller{SkipNameValidation: &twice},
	}))(t)
	byTag := func(object client.Object) []string { return []string{object.GetLabels()[tag]} }
	if err := manager.GetFieldIndexer().IndexField(ctx, &corev1.Pod{}, tag, byTag); err != nil {
		t.Fatal(err)
	}
	err := ctrl.NewControllerManagedBy(manager).For(&corev1.Pod{}).Owns(&corev1.ConfigMap{}).Complete(reconciler{manager.GetClient()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the manager: %v", err)
		}
	}
}

// await waits until what the config maps say is as wanted.
func await(t *testing.T, watching watch.Interface, seen map[string]string, done func() bool) {
	t.Helper()
	for !done() {
		event, ok := <-watching.ResultChan()
		if !ok {
			t.Fatalf("the reconciler has not gone on; it has made %v", seen)
		}
		switch about := event.Object.(*corev1.ConfigMap); event.Type {
		case watch.Deleted:
			delete(seen, about.Name)
		default:
			seen[about.Name] = about.Data["node"] + ", " + about.Data["alike"] + " alike"
		}
	}
}
