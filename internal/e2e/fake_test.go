// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/fake"
)

// newFake is a server with what the real one's tests use of it.
func newFake() *fake.APIServer {
	return fake.NewAPIServer(
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
	)
}

// Client-go's own informers are the judges of the fake: they are what it has to
// be a server for.
func TestClientGoOnFake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		checkClientGo(t, newFake().RESTConfig(), "shop", 10_000, nil)
	})
}

func TestClientGoOnFakeInProtobuf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := newFake().RESTConfig()
		config.ContentType = runtime.ContentTypeProtobuf
		checkClientGo(t, config, "shop", 1_000, nil)
	})
}
