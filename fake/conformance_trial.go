// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/store"
)

// trial is one subtest under way, and what it has to work with.
type trial struct {
	*testing.T
	suite  Conformance
	ctx    context.Context // ends when patience does, or the trial
	cancel context.CancelFunc
	server ConformanceServer

	line      *line        // that the informers talk over
	config    *rest.Config // with the line
	client    dynamic.Interface
	hangUp    func() // closes the client's connections
	namespace string
	made      []string // namespaces, that one included

	ledgers  []*ledger
	subjects []*subject
	fences   int
}

func (c Conformance) begin(t *testing.T) *trial {
	t.Helper()
	patience := cmp.Or(c.Patience, 2*time.Minute)
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, fmt.Errorf("not within %v", patience))
	t.Cleanup(cancel)
	trial := &trial{T: t, suite: c, ctx: ctx, cancel: cancel, server: c.Server(t), line: &line{}}
	trial.config = rest.CopyConfig(trial.server.Config)
	trial.config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return wire{trial.line, next}
	})
	trial.connect()
	trial.namespace = trial.newNamespace()
	return trial
}

// connect makes the client that the test itself writes with.
func (c *trial) connect() {
	c.Helper()
	direct := rest.CopyConfig(c.server.Config)
	direct.QPS = -1
	transport, err := rest.TransportFor(direct)
	if err == nil {
		c.client, err = dynamic.NewForConfigAndClient(direct, &http.Client{Transport: transport})
	}
	if err != nil {
		c.Fatalf("make a client for the server: %v", err)
	}
	c.hangUp = func() { utilnet.CloseIdleConnectionsFor(transport) }
}

// newNamespace makes a namespace, which the end of the trial removes.
func (c *trial) newNamespace() string {
	c.Helper()
	object := &unstructured.Unstructured{}
	object.SetAPIVersion("v1")
	object.SetKind("Namespace")
	object.SetGenerateName("conformance-")
	made, err := c.client.Resource(namespaces).Create(c.ctx, object, metav1.CreateOptions{})
	if err != nil {
		c.Fatalf("make a namespace: %v", err)
	}
	c.made = append(c.made, made.GetName())
	return made.GetName()
}

// removeNamespaces does not wait until they are empty: on a server without
// controllers that is never.
func (c *trial) removeNamespaces() {
	c.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), time.Minute)
	defer cancel()
	for _, name := range c.made {
		if err := c.client.Resource(namespaces).Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			c.Errorf("remove namespace %s: %v", name, err)
		}
	}
}

// end stops what is still running, and tells of what did not add up.
func (c *trial) end() {
	c.Helper()
	if c.Failed() {
		c.cancel() // for the handlers that are held up
	}
	for _, s := range c.subjects {
		s.stop()
	}
	for _, l := range c.ledgers {
		l.report()
	}
	c.removeNamespaces()
	c.cancel()
}

// needs fails the test if the server lacks what it needs.
func (c *trial) needs(there bool, field string) {
	c.Helper()
	if !there {
		c.Fatalf("this promise needs ConformanceServer.%s: set it, or name the promise in Conformance.Without", field)
	}
}

// scope is all of the trial's namespace.
func (c *trial) scope() ConformanceScope {
	return ConformanceScope{Config: rest.CopyConfig(c.config), Resource: configMaps, Namespace: c.namespace}
}

// The trial's objects have its namespace as a label: others may write ConfigMaps
// too, even into this namespace. Clusters do.
const trialLabel = "typedinformer-conformance"

// owns says whether an object is one of the trial's.
func (c *trial) owns(object *unstructured.Unstructured) bool {
	return object.GetLabels()[trialLabel] == c.namespace
}

// object is a ConfigMap with a number in it, which is what tells its states apart.
func (c *trial) object(name string, n int) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{ // as JSON is for unstructured objects
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"data":       map[string]any{"n": fmt.Sprint(n)},
	}}
	object.SetName(name)
	object.SetLabels(map[string]string{trialLabel: c.namespace, "side": "left"})
	return object
}

// size is the number in an object.
func size(object *unstructured.Unstructured) string {
	n, _, _ := unstructured.NestedString(object.Object, "data", "n") // none is a state too
	return n
}

func (c *trial) objects() dynamic.ResourceInterface {
	return c.client.Resource(configMaps).Namespace(c.namespace)
}

func (c *trial) create(name string, n int) *unstructured.Unstructured {
	c.Helper()
	return c.written(c.objects().Create(c.ctx, c.object(name, n), metav1.CreateOptions{}))
}

func (c *trial) update(name string, n int) *unstructured.Unstructured {
	c.Helper()
	return c.patch(name, fmt.Sprintf(`{"data":{"n":"%d"}}`, n))
}

// move changes number and side of an object.
func (c *trial) move(name string, n int, side string) *unstructured.Unstructured {
	c.Helper()
	return c.patch(name, fmt.Sprintf(`{"data":{"n":"%d"},"metadata":{"labels":{"side":%q}}}`, n, side))
}

func (c *trial) patch(name, patch string) *unstructured.Unstructured {
	c.Helper()
	return c.written(c.objects().Patch(c.ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}))
}

func (c *trial) written(object *unstructured.Unstructured, err error) *unstructured.Unstructured {
	c.Helper()
	if err != nil {
		c.Fatalf("write to the server: %v", err)
	}
	return object
}

func (c *trial) delete(name string) {
	c.Helper()
	if err := c.objects().Delete(c.ctx, name, metav1.DeleteOptions{}); err != nil {
		c.Fatalf("delete from the server: %v", err)
	}
}

// state is what the server has of the trial's objects in a namespace, empty for
// all of them: their versions.
func (c *trial) state(namespace string) map[store.Key]string {
	c.Helper()
	list, err := c.client.Resource(configMaps).Namespace(namespace).List(c.ctx, metav1.ListOptions{})
	if err != nil {
		c.Fatalf("list what the server has: %v", err)
	}
	state := map[store.Key]string{}
	for i := range list.Items {
		if object := &list.Items[i]; c.owns(object) {
			state[keyOf(object)] = object.GetResourceVersion()
		}
	}
	return state
}

const fencePrefix = "zz-fence-"

func isFence(object *unstructured.Unstructured) bool {
	return strings.HasPrefix(object.GetName(), fencePrefix)
}

// fence waits until handlers were told of everything that follows from what was
// written before. It writes an object and waits for that; and another one, for a
// list can have brought the first one in any order.
func (c *trial) fence(ledgers ...*ledger) {
	c.Helper()
	for range 2 {
		c.fences++
		key := keyOf(c.create(fmt.Sprintf("%s%d", fencePrefix, c.fences), c.fences))
		for _, l := range ledgers {
			l.awaitThat("a handler to be told of the last write", func() bool { return l.state[key] != nil })
		}
	}
}

// wantTold waits for all that is to come, and compares the calls since the last
// time with want.
func (c *trial) wantTold(l *ledger, want ...string) {
	c.Helper()
	c.fence(l)
	if d := diff.Diff(want, l.lines()); d != "" {
		c.Errorf("the handler was told (-want +got):\n%s", d)
	}
	l.forget()
}

// wantToldInAnyOrder is wantTold where nothing is promised about the order of the
// objects.
func (c *trial) wantToldInAnyOrder(l *ledger, want ...string) {
	c.Helper()
	c.fence(l)
	if d := diff.Diff(sorted(want), sorted(l.lines())); d != "" {
		c.Errorf("the handler was told, in whatever order (-want +got):\n%s", d)
	}
	l.forget()
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }

// wantServerState compares the caches and what was told with the server, once all
// is there.
func (c *trial) wantServerState(s *subject, ledgers ...*ledger) {
	c.Helper()
	c.fence(ledgers...)
	want := c.state(s.scope.Namespace)
	if got := s.versions(); !maps.Equal(want, got) {
		c.Errorf("the cache is not what the server has (-want +got):\n%s", diff.Diff(want, got))
	}
	for _, l := range ledgers {
		if got := l.versions(); !maps.Equal(want, got) {
			c.Errorf("what a handler was told is not what the server has (-want +got):\n%s", diff.Diff(want, got))
		}
	}
}

// relist has the informers list again, after changes that they have not seen. It
// does not wait for that.
func (c *trial) relist(changes func()) {
	c.Helper()
	c.line.hold()
	changes()
	c.expireNext()
	c.line.release()
}

// expireNext has the next watch from a version answered as one that is too old.
func (c *trial) expireNext() {
	c.answerNext(1, func() (*http.Response, error) {
		return streamed(apierrors.NewResourceExpired("too old resource version")), nil
	})
}

// answerNext has the next so many watches that are no streaming lists answered.
func (c *trial) answerNext(watches int, answer func() (*http.Response, error)) {
	var answered atomic.Int64
	c.line.answer(func(request Request) (*http.Response, error) {
		if request.ruleVerb() != verbWatch || answered.Add(1) > int64(watches) {
			return nil, nil
		}
		return answer()
	})
}
