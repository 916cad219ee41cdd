// SPDX-License-Identifier: Apache-2.0

package publisher_test

import (
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/examples/publisher"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// cluster is a server in memory, a client of it, and a publisher at work.
type cluster struct {
	*testing.T
	server    *fake.APIServer
	clientset *kubernetes.Clientset
	publisher *publisher.Publisher
}

// start makes a cluster, in a bubble, whose server has this script. It ends with
// the test.
func start(t *testing.T, script fake.Script) *cluster {
	t.Helper()
	server := fake.NewAPIServer(
		fake.Resource("", "v1", "namespaces", fake.ResourceOptions[*corev1.Namespace]{ClusterScoped: true}),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
	)
	server.Play(script)
	clientset, err := kubernetes.NewForConfig(server.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	p, err := publisher.New(clientset, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(t.Context()) }() // that context ends before the cleanup
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	synctest.Wait()
	return &cluster{t, server, clientset, p}
}

// original is the ConfigMap to publish.
func original(data string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: publisher.Name}, Data: map[string]string{"ca": data}}
}

func (c *cluster) createOriginal(data string) {
	c.Helper()
	if _, err := c.clientset.CoreV1().ConfigMaps(publisher.Home).Create(c.Context(), original(data), metav1.CreateOptions{}); err != nil {
		c.Fatal(err)
	}
	synctest.Wait() // the controller knows of it: what comes next is one thing to do
}

func (c *cluster) updateOriginal(data string) {
	c.Helper()
	if _, err := c.clientset.CoreV1().ConfigMaps(publisher.Home).Update(c.Context(), original(data), metav1.UpdateOptions{}); err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) createNamespace(name string) {
	c.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := c.clientset.CoreV1().Namespaces().Create(c.Context(), namespace, metav1.CreateOptions{}); err != nil {
		c.Fatal(err)
	}
}

// labelNamespace does it behind the clientset's back, as another client would.
func (c *cluster) labelNamespace(name string) {
	c.Helper()
	namespaces, err := fake.SourceOf[*corev1.Namespace](c.server, corev1.SchemeGroupVersion.WithResource("namespaces"))
	if err != nil {
		c.Fatal(err)
	}
	namespace, _ := namespaces.Get(store.Key{Name: name})
	metav1.SetMetaDataLabel(&namespace.ObjectMeta, "team", "sales")
	if _, err := namespaces.Update(namespace); err != nil {
		c.Fatal(err)
	}
}

// wantCopies compares what is published, on the server and not in a cache.
func (c *cluster) wantCopies(want ...string) {
	c.Helper()
	stored, err := fake.SourceOf[*corev1.ConfigMap](c.server, corev1.SchemeGroupVersion.WithResource("configmaps"))
	if err != nil {
		c.Fatal(err)
	}
	var got []string
	_, err = stored.List(c.Context(), listwatch.ListOptions{}, func(item store.Item[*corev1.ConfigMap], _ error) {
		if item.Key.Namespace != publisher.Home {
			got = append(got, item.Key.Namespace+": "+item.Object.Data["ca"])
		}
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		c.Errorf("copies (-want +got), error %v:\n%s", err, diff)
	}
}

// wantWrites compares the writes since the last call, those of the test too.
func (c *cluster) wantWrites(want ...string) {
	c.Helper()
	var got []string
	for _, request := range c.server.Requests() {
		if !isRead(request) {
			got = append(got, request.String())
		}
	}
	c.server.ForgetRequests()
	if diff := cmp.Diff(want, got); diff != "" {
		c.Errorf("writes (-want +got):\n%s", diff)
	}
}

// wantReads compares the lists and watches of a resource.
func (c *cluster) wantReads(resource string, want ...string) {
	c.Helper()
	var got []string
	for _, request := range c.server.Requests() {
		if isRead(request) && request.Resource.Resource == resource {
			got = append(got, request.String())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.Errorf("lists and watches of %s (-want +got):\n%s", resource, diff)
	}
}

func isRead(request fake.Request) bool {
	return slices.Contains([]string{"get", "list", "watch"}, request.Verb)
}
