// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/fake"
)

// recording is where the answers of the real server are kept.
func recording(c conversation) string { return filepath.Join("testdata", "wire", c.name+".txt") }

func recorded(t *testing.T, c conversation) string {
	t.Helper()
	text, err := os.ReadFile(recording(c))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// compare compares a transcript with what the real server has answered.
func compare(t *testing.T, c conversation, got string) {
	t.Helper()
	wanted, had := strings.Split(recorded(t, c), "\n\n"), strings.Split(got, "\n\n")
	for i := range max(len(wanted), len(had)) {
		if diff := cmp.Diff(parse(wanted, i), parse(had, i)); diff != "" {
			t.Errorf("answer %d differs from that in %s (-want +got):\n%s", i+1, recording(c), diff)
		}
	}
}

// parse takes one answer of a transcript apart, so that a difference is one of
// fields and not of long lines. The request comes first, for whoever reads that.
func parse(exchanges []string, i int) (parts []any) {
	if i >= len(exchanges) {
		return nil
	}
	for line := range strings.SplitSeq(exchanges[i], "\n") {
		name, object, isPart := strings.Cut(line, "{")
		var fields any
		if isPart && strings.HasPrefix(line, "  ") && json.Unmarshal([]byte("{"+object), &fields) == nil {
			parts = append(parts, strings.TrimSpace(name), fields)
		} else {
			parts = append(parts, line)
		}
	}
	return parts
}

// TestWireOnFake holds the fake to what the real server has answered.
func TestWireOnFake(t *testing.T) {
	for _, c := range conversations() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newWireFake()
				p := newPartner(deadline(t), t, server.RESTConfig(), "shop")
				p.forget = server.Compact
				got := transcribe(t, p.hold(c), "shop")
				if c.differs == "" {
					compare(t, c, got)
				} else if got == recorded(t, c) {
					t.Errorf("The answers do not differ any more: it is not true that %s", c.differs)
				}
			})
		})
	}
}

// newWireFake is a server with the resources that conversations are about.
func newWireFake() *fake.APIServer {
	return fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: 8 * time.Second},
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
		fake.Resource[*rbacv1.ClusterRole](rbacv1.GroupName, "v1", "clusterroles",
			fake.ResourceOptions[*rbacv1.ClusterRole]{ClusterScoped: true}),
		fake.Resource[*unstructured.Unstructured]("toys.example.com", "v1", "robots",
			fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot", Status: true}),
	)
}
