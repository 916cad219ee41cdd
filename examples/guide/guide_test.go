// SPDX-License-Identifier: Apache-2.0

// Package guide_test is the code that the guide of package fake shows, and that
// the README shows of it; TestTheGuideShowsThisCode holds them to it.
package guide_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/examples/publisher"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestASourceFeedsAnInformer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pods := fake.NewSource[*corev1.Pod](fake.Options{})
		inf := informer.New(pods, informer.Options{})
		go inf.Run(t.Context())

		_, err := pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
		synctest.Wait() // what follows from that has happened
		_, found := inf.Reader().Get(store.Key{Namespace: "shop", Name: "web-0"})
		if err != nil || !found {
			t.Errorf("web-0 is in the cache: %t, error %v", found, err)
		}
	})
}

func TestThreeWaysToAServer(t *testing.T) {
	server := fake.NewAPIServer(
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource("", "v1", "nodes", fake.ResourceOptions[*corev1.Node]{ClusterScoped: true}),
		fake.Resource("example.com", "v1", "robots", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot", Status: true}),
	)
	stored, err := fake.SourceOf[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stored.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}}); err != nil {
		t.Fatal(err)
	}

	pods := fake.ListWatcher[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods")) // no HTTP
	clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())                                // HTTP, no socket
	loopback := httptest.NewServer(server.Handler())                                              // HTTP, for kubectl too
	defer loopback.Close()

	count := 0
	if _, err := pods.List(t.Context(), listwatch.ListOptions{}, func(store.Item[*corev1.Pod], error) { count++ }); err != nil || count != 1 {
		t.Errorf("%d pods, error %v", count, err)
	}
	if _, err := clientset.CoreV1().Pods("shop").Get(t.Context(), "web-0", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	if response, err := loopback.Client().Get(loopback.URL + "/api/v1/namespaces/shop/pods/web-0"); err != nil || response.StatusCode != 200 {
		t.Errorf("%v, error %v", response, err)
	}
}

func TestAController(t *testing.T) {
	original := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: publisher.Name}}
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(
			fake.Resource("", "v1", "namespaces", fake.ResourceOptions[*corev1.Namespace]{ClusterScoped: true}),
			fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
		)
		clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
		controller, err := publisher.New(clientset, slog.New(slog.NewTextHandler(t.Output(), nil)))
		if err != nil {
			t.Fatal(err)
		}
		go controller.Run(t.Context()) // ends with the test

		if _, err := clientset.CoreV1().ConfigMaps(publisher.Home).Create(t.Context(), original, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		shop := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}
		if _, err := clientset.CoreV1().Namespaces().Create(t.Context(), shop, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the controller has done all it is going to do
		if _, err := clientset.CoreV1().ConfigMaps("shop").Get(t.Context(), publisher.Name, metav1.GetOptions{}); err != nil {
			t.Errorf("no copy: %v; the server was asked for %v", err, server.Requests())
		}

		server.ForgetRequests()
		time.Sleep(time.Minute) // of the bubble: it takes no time
		synctest.Wait()
		if requests := server.Requests(); len(requests) != 0 {
			t.Errorf("with nothing to do, it asked for %v", requests)
		}
	})
}

// newServer is what that controller needs of a server.
func newServer() *fake.APIServer {
	return fake.NewAPIServer(
		fake.Resource("", "v1", "namespaces", fake.ResourceOptions[*corev1.Namespace]{ClusterScoped: true}),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
	)
}

func TestAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.Play(fake.Script{Rules: []fake.Rule{
			{Verb: "create", Resource: "configmaps", To: 2, Fault: fake.Fault{Status: 500}},
			{Verb: "watch", From: 3, Fault: fake.Fault{DropAfter: 10 * time.Second}},
		}})
		clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
		for try := range 3 {
			_, err := clientset.CoreV1().ConfigMaps("shop").Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "a"}}, metav1.CreateOptions{})
			if failed := err != nil; failed != (try < 2) {
				t.Errorf("create %d: %v", try+1, err)
			}
		}
	})
}

func TestRandomFaults(t *testing.T) {
	for seed := range uint64(20) {
		script := fake.RandomScript(seed)
		synctest.Test(t, func(t *testing.T) {
			server := newServer()
			server.Play(script)
			maps := fake.ListWatcher[*corev1.ConfigMap](server, corev1.SchemeGroupVersion.WithResource("configmaps"))
			inf := informer.New(maps, informer.Options{OnError: func(error) {}})
			go inf.Run(t.Context())
			time.Sleep(time.Minute)
			server.Play(fake.Script{}) // the bad day is over
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			if !inf.Health().Synced {
				t.Errorf("not synced after\n%v", script)
			}
		})
	}
}

func TestAMissedChange(t *testing.T) {
	missed := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "missed"}}
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.Play(fake.Script{Rules: []fake.Rule{
			{Verb: "stream", To: 1, Fault: fake.Fault{DropAfter: time.Minute}},
			{Verb: "watch", To: 1, Fault: fake.Fault{Refuse: true}},
		}})
		configmaps := corev1.SchemeGroupVersion.WithResource("configmaps")
		inf := informer.New(fake.ListWatcher[*corev1.ConfigMap](server, configmaps), informer.Options{OnError: func(error) {}})
		go inf.Run(t.Context())
		maps, err := fake.SourceOf[*corev1.ConfigMap](server, configmaps)
		if err != nil {
			t.Fatal(err)
		}

		time.Sleep(time.Minute) // its watch is dropped, and the next one is refused
		synctest.Wait()
		_, err = maps.Create(missed)
		server.Compact() // the watch after that gets "expired" (410), and it has to list
		time.Sleep(time.Minute)
		if err != nil || inf.Reader().Len() != 1 || inf.Health().Relists["expired"] != 1 {
			t.Errorf("%d objects after %v; error %v", inf.Reader().Len(), server.Requests(), err)
		}
	})
}

func TestABadDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(fake.Resource[*corev1.Pod]("", "v1", "pods"))
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "stream", To: 3, Fault: fake.Fault{Refuse: true}}}})
		clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
		pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
		go pods.Run(t.Context())
		web := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web-0"}}
		_, err := clientset.CoreV1().Pods("shop").Create(t.Context(), web, metav1.CreateOptions{})
		time.Sleep(time.Minute) // takes no time
		synctest.Wait()         // all that can happen has happened
		if err != nil || pods.Reader().Len() != 1 || pods.Health().Failures != 0 {
			t.Errorf("%v, %+v; the server was asked for %v", err, pods.Health(), server.Requests())
		}
	})
}
