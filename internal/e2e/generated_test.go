// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/internal/e2e/kubeinformers"
	"github.com/typedinformer/typedinformer/listwatch"
)

// withGenerated runs what is generated for k8s.io/api against a server in a bubble.
// The informers that prepare asks for have synced when test is called.
func withGenerated(t *testing.T, prepare func(*informer.Group, *kubeinformers.Informers), test func(*testing.T, *fake.APIServer, *kubeinformers.Informers)) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(
			fake.Resource[*appsv1.Deployment]("apps", "v1", "deployments"),
			fake.Resource[*corev1.Node]("", "v1", "nodes"),
			fake.Resource[*corev1.Pod]("", "v1", "pods"),
		)
		create(t, server, deploymentResource, deployment("shop", "web"))
		create(t, server, podResource, pod("shop", "web-0", "node-7", "nginx:1", "proxy:2"), pod("shop", "web-1", "node-8", "nginx:1"), pod("bank", "till", ""))
		group := informer.NewGroup(informer.GroupOptions{})
		all, err := kubeinformers.New(group, server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		prepare(group, all)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- group.Run(ctx) }()
		if err := group.WaitForSync(ctx); err != nil {
			t.Error(err)
		}
		test(t, server, all)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// create writes to the server directly, and not through a client.
func create[T fake.Object](t *testing.T, server *fake.APIServer, resource schema.GroupVersionResource, objects ...T) {
	t.Helper()
	source, err := fake.SourceOf[T](server, resource)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if _, err := source.Create(object); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	podResource        = corev1.SchemeGroupVersion.WithResource("pods")
	deploymentResource = appsv1.SchemeGroupVersion.WithResource("deployments")
)

func deployment(namespace, name string) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}}}
}

func pod(namespace, name, node string, images ...string) *corev1.Pod {
	made := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: corev1.PodSpec{NodeName: node}}
	for _, image := range images {
		made.Spec.Containers = append(made.Spec.Containers, corev1.Container{Name: "c", Image: image})
	}
	return made
}

func namesOf[T metav1.Object](objects iter.Seq[T]) (names []string) {
	for object := range objects {
		names = append(names, object.GetName())
	}
	slices.Sort(names)
	return names
}

func TestGeneratedListers(t *testing.T) {
	withGenerated(t, func(_ *informer.Group, all *kubeinformers.Informers) {
		all.Apps().V1().Deployments()
		all.Core().V1().Pods()
		all.Core().V1().Nodes()
	}, func(t *testing.T, _ *fake.APIServer, all *kubeinformers.Informers) {
		deployments := all.Apps().V1().Deployments().Lister()
		if web, err := deployments.Get("shop", "web"); err != nil || web.Name != "web" {
			t.Errorf("Get = %v, %v", web, err)
		}
		if _, err := all.Core().V1().Nodes().Lister().Get("node-7"); !apierrors.IsNotFound(err) || !strings.Contains(err.Error(), `nodes "node-7"`) {
			t.Errorf("Get of a node that is not there: %v", err)
		}
		pods := all.Core().V1().Pods().Lister()
		got := map[string][]string{
			"all":     namesOf(slices.Values(pods.List(nil))),
			"shop":    namesOf(pods.Namespace("shop").All()),
			"node-7":  namesOf(pods.ByNodeName("node-7")),
			"no node": namesOf(pods.ByNodeName("")),
			"nginx:1": namesOf(pods.ByImage("nginx:1")),
			"proxy:2": namesOf(pods.ByImage("proxy:2")),
			"running": namesOf(pods.ByPhase(corev1.PodRunning)),
		}
		want := map[string][]string{
			"all":     {"till", "web-0", "web-1"},
			"shop":    {"web-0", "web-1"},
			"node-7":  {"web-0"},
			"no node": {"till"},
			"nginx:1": {"web-0", "web-1"},
			"proxy:2": {"web-0"},
			"running": nil,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the lister of pods (-want +got):\n%s", diff)
		}
	})
}

func TestGeneratedInformersFollow(t *testing.T) {
	withGenerated(t, func(_ *informer.Group, all *kubeinformers.Informers) { all.Core().V1().Pods() },
		func(t *testing.T, server *fake.APIServer, all *kubeinformers.Informers) {
			create(t, server, podResource, pod("shop", "web-2", "node-7"))
			synctest.Wait()
			if diff := cmp.Diff([]string{"web-0", "web-2"}, namesOf(all.Core().V1().Pods().Lister().ByNodeName("node-7"))); diff != "" {
				t.Errorf("the pods of node-7 (-want +got):\n%s", diff)
			}
		})
}

// Whoever asks for a resource, and however, has the same informer.
func TestGeneratedInformersAreShared(t *testing.T) {
	withGenerated(t, func(group *informer.Group, all *kubeinformers.Informers) {
		all.Core().V1().Pods()
		pods, err := informer.Get[*corev1.Pod](group)
		if err != nil || pods.Indexer() != all.Core().V1().Pods().Indexer() {
			t.Errorf("informer.Get = %v, %v, want the informer of the accessor", pods, err)
		}
	}, func(t *testing.T, server *fake.APIServer, _ *kubeinformers.Informers) {
		for _, request := range server.Requests() {
			if request.Resource.Resource != "pods" {
				t.Errorf("nobody asked for %v", request)
			}
		}
		if lists := len(server.Requests()); lists == 0 || lists > 2 {
			t.Errorf("%d requests, want one start: %v", lists, server.Requests())
		}
	})
}

func TestGeneratedInformersOfAScope(t *testing.T) {
	withGenerated(t, func(*informer.Group, *kubeinformers.Informers) {}, func(t *testing.T, server *fake.APIServer, all *kubeinformers.Informers) {
		shop := all.Core().V1().AcquirePods(informer.Scope{Namespace: "shop"})
		other := all.Apps().V1().AcquireDeployments(informer.Scope{LabelSelector: "app=other"})
		for _, err := range []error{shop.WaitForSync(t.Context()), other.WaitForSync(t.Context())} {
			if err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff([]string{"web-0", "web-1"}, namesOf(shop.Reader().All())); diff != "" {
			t.Errorf("the pods of shop (-want +got):\n%s", diff)
		}
		if found := len(namesOf(shop.Lister().ByNodeName(""))); found != 0 || other.Reader().Len() != 0 {
			t.Errorf("%d pods of no node in shop, %d deployments of another app, want none", found, other.Reader().Len())
		}
		shop.Release()
		other.Release()
		<-shop.Done()
		<-other.Done()
	})
}

// What a program provides takes the place of the server.
func TestGeneratedInformersTakeWhatIsProvided(t *testing.T) {
	withGenerated(t, func(group *informer.Group, all *kubeinformers.Informers) {
		mine := fake.NewSource[*corev1.Pod](fake.Options{})
		if _, err := mine.Create(pod("shop", "mine", "node-1")); err != nil {
			t.Error(err)
		}
		provider := all.Core().V1().PodProvider()
		provider.Source = func(informer.Scope) listwatch.ListWatcher[*corev1.Pod] { return mine }
		informer.Provide(group, provider)
		all.Core().V1().Pods()
	}, func(t *testing.T, _ *fake.APIServer, all *kubeinformers.Informers) {
		if diff := cmp.Diff([]string{"mine"}, namesOf(all.Core().V1().Pods().Reader().All())); diff != "" {
			t.Errorf("the pods (-want +got):\n%s", diff)
		}
	})
}

// An index that is asked for too late finds nothing, and does not panic.
func TestGeneratedListersAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{})
		all, err := kubeinformers.New(group, fake.NewAPIServer().RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := group.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if found := namesOf(all.Core().V1().Pods().Lister().ByNodeName("node-7")); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
}

// TestGenerateAgain runs what generate.go says, with another directory.
func TestGenerateAgain(t *testing.T) {
	source, err := os.ReadFile("generate.go")
	if err != nil {
		t.Fatal(err)
	}
	_, command, found := strings.Cut(string(source), "//go:generate ")
	if !found {
		t.Fatal("there is no command in generate.go")
	}
	args := strings.Fields(command)
	// It has to be in a module of this name, for the import paths to be the same.
	module := t.TempDir()
	if err := os.WriteFile(filepath.Join(module, "go.mod"), []byte("module github.com/typedinformer/typedinformer/internal/e2e\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(module, "kubeinformers")
	for i, arg := range args {
		if arg == "-o" {
			args[i+1] = again
		}
	}
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(contents(t, "kubeinformers"), contents(t, again)); diff != "" {
		t.Errorf("run go generate (-committed +generated):\n%s", diff)
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
