// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// Both kinds of lists, in both encodings, and no other request than it takes.
func testEncodings(t *testing.T, server *server) {
	for _, test := range []struct {
		name        string
		contentType string
		plain       bool
		asked       []request
	}{
		{"streaming, JSON", runtime.ContentTypeJSON, false, []request{
			{"streaming list", http.StatusOK, runtime.ContentTypeJSON},
		}},
		{"streaming, protobuf", runtime.ContentTypeProtobuf, false, []request{
			{"streaming list", http.StatusOK, runtime.ContentTypeProtobuf},
		}},
		{"plain, JSON", runtime.ContentTypeJSON, true, []request{
			{"list", http.StatusOK, runtime.ContentTypeJSON},
			{"watch", http.StatusOK, runtime.ContentTypeJSON},
		}},
		{"plain, protobuf", runtime.ContentTypeProtobuf, true, []request{
			{"list", http.StatusOK, runtime.ContentTypeProtobuf},
			{"watch", http.StatusOK, runtime.ContentTypeProtobuf},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			options := flawless(t)
			options.NoStreamingList = test.plain
			asked := checkEncoding(t, server, test.contentType, options)
			if diff := cmp.Diff(test.asked, asked, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("the informers asked (-want +got):\n%s", diff)
			}
		})
	}
}

// checkEncoding follows config maps and then pods, and returns what was asked.
func checkEncoding(t *testing.T, server *server, contentType string, options informer.Options) []request {
	var asked requests
	encoded := func(config *rest.Config) { config.ContentType, config.AcceptContentTypes = contentType, contentType }
	reads, writes := server.clientset(t, encoded, asked.record).CoreV1(), server.clientset(t, encoded).CoreV1()
	namespace := server.namespace(deadline(t), t)

	configMaps := informer.New(listwatch.FromClient[*corev1.ConfigMap](reads.ConfigMaps(namespace)), options)
	checkFollows(t, configMaps, writes.ConfigMaps(namespace), metav1.ListOptions{},
		newTraffic(writes.ConfigMaps(namespace), newConfigMap, 1))
	pods := informer.New(listwatch.FromClient[*corev1.Pod](reads.Pods(namespace)), options)
	checkFollows(t, pods, writes.Pods(namespace), metav1.ListOptions{},
		newTraffic(writes.Pods(namespace), newPod, 2))
	return asked.reads()
}

// A server that has streaming lists switched off says so once, and the informer
// does without.
func TestServerWithoutStreamingLists(t *testing.T) {
	t.Parallel()
	server := startServer(t, "--feature-gates=WatchList=false")
	asked := checkEncoding(t, server, runtime.ContentTypeProtobuf, flawless(t))
	want := []request{
		{"streaming list", http.StatusUnprocessableEntity, runtime.ContentTypeProtobuf},
		{"list", http.StatusOK, runtime.ContentTypeProtobuf},
		{"watch", http.StatusOK, runtime.ContentTypeProtobuf},
	}
	if diff := cmp.Diff(want, asked, cmp.AllowUnexported(request{})); diff != "" {
		t.Errorf("the informers asked (-want +got):\n%s", diff)
	}
}
