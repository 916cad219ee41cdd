// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/store"
)

// Conformance is the suite for every implementation of an informer and every
// implementation of an API server: it tests that the one does on the other what
// informers promise. A failure on one server and not on another is a mistake of
// a server, a failure on all of them one of the informer.
//
//	fake.Conformance{
//		Server: func(*testing.T) fake.ConformanceServer {
//			server := fake.NewAPIServer(fake.ConformanceResources()...)
//			return fake.ConformanceServer{Config: server.RESTConfig()}
//		},
//		Informer: func(t *testing.T, scope fake.ConformanceScope) fake.ConformanceInformer { … },
//		Bubble:   true,
//		Without:  map[string]string{"G35_RestartIsSurvived": "there is nothing to restart"},
//	}.Run(t)
//
// Each promise is a subtest that is named after it, and has a namespace of its
// own on the server, in which it writes ConfigMaps through the dynamic client.
// What it takes for bad days it brings along: the informer's client talks over a
// line that the suite can cut, hold up, listen to and answer in the server's
// stead. Only what the server itself has to do needs the functions of
// [ConformanceServer].
//
// The suite never sleeps and never polls: it waits for events, and writes one
// more object to see that nothing else has happened before.
type Conformance struct {
	// Server returns the server of a subtest. It may be the same each time, but
	// not with Bubble. It is called in the subtest, whose name tells which one
	// it is.
	Server func(t *testing.T) ConformanceServer
	// Informer returns a new informer of what is in scope, which is not running
	// yet.
	Informer func(t *testing.T, scope ConformanceScope) ConformanceInformer
	// Bubble runs each subtest in a bubble of [testing/synctest], where waiting
	// takes no time and a goroutine that is left behind fails the test. The
	// server has to be made in the bubble then, and to have no socket.
	Bubble bool
	// Without has the promises that are left out, by name, and the reason, which
	// is shown where the subtest is skipped. A name that does not exist is an
	// error, and so is a promise that needs what the server does not have and is
	// not named here: nothing is left out silently.
	Without map[string]string
	// Patience is how long a subtest may take. Zero means 2 minutes.
	Patience time.Duration
}

// ConformanceServer is a server that informers are tested on.
type ConformanceServer struct {
	// Config is how to reach the server, with the right to make namespaces and
	// to do everything with the ConfigMaps in them.
	Config *rest.Config
	// Expire returns once the server has forgotten version and all before it, so
	// that a watch from there is answered with "expired" (410). There are newer
	// versions when it is called. It is optional.
	Expire func(ctx context.Context, version string) error
	// Restart ends the server and returns once it is there again, with the same
	// objects and at the same address. It is optional.
	Restart func(ctx context.Context) error
}

// ConformanceScope is what an informer is to follow.
type ConformanceScope struct {
	// Config has the line to the server. The informer has to talk over it: there
	// the suite sees what is asked, and makes it go wrong. It takes JSON, which
	// is what the dynamic client asks for.
	Config *rest.Config
	// Resource is that of ConfigMaps.
	Resource schema.GroupVersionResource
	// Namespace is empty for all of them.
	Namespace string
	// LabelSelector and FieldSelector are empty for everything.
	LabelSelector, FieldSelector string
}

// Client returns a dynamic client for the resource and namespace. The selectors
// remain to be set.
func (s ConformanceScope) Client() (dynamic.ResourceInterface, error) {
	client, err := dynamic.NewForConfig(s.Config)
	if err != nil {
		return nil, fmt.Errorf("fake: make a dynamic client: %w", err)
	}
	if s.Namespace == "" {
		return client.Resource(s.Resource), nil
	}
	return client.Resource(s.Resource).Namespace(s.Namespace), nil
}

// ConformanceInformer is an informer as the suite sees it. All methods are
// called from several goroutines at once.
type ConformanceInformer interface {
	// Run returns nil when ctx is done and everything has ended. It is called
	// again only to see that this is an error.
	Run(ctx context.Context) error
	// WaitForSync returns nil once the cache has synced and the handlers that
	// were added before the call have returned from their initial adds.
	WaitForSync(ctx context.Context) error
	// AddHandler may be called before Run and while it runs.
	AddHandler(handler ConformanceHandler) (ConformanceRegistration, error)
	// Get reads the cache. The error for an object that is not there is the API
	// machinery's NotFound.
	Get(key store.Key) (*unstructured.Unstructured, error)
	// List reads all of the cache, in any order.
	List() []*unstructured.Unstructured
}

// ConformanceHandler is a handler of the suite.
type ConformanceHandler interface {
	// HandleAdd is called for an object that was not there; initial says that it
	// was when the handler began.
	HandleAdd(object *unstructured.Unstructured, initial bool)
	HandleUpdate(old, object *unstructured.Unstructured)
	// HandleDelete is called with the last known state; final says that it is
	// the one that was deleted.
	HandleDelete(last *unstructured.Unstructured, final bool)
}

// ConformanceRegistration is a handler's place in an informer.
type ConformanceRegistration interface {
	// Synced is closed once the handler has returned from every initial add.
	Synced() <-chan struct{}
	// Done is closed when the handler's last call has returned, after Remove or
	// the end of the informer.
	Done() <-chan struct{}
	// Remove ends the delivery.
	Remove()
}

// ConformanceResources are the resources that an [APIServer] needs for the
// suite: ConfigMaps, and namespaces.
func ConformanceResources() []ResourceDefinition {
	type options = ResourceOptions[*unstructured.Unstructured]
	return []ResourceDefinition{
		Resource("", "v1", configMaps.Resource, options{Kind: "ConfigMap"}),
		Resource("", "v1", namespaces.Resource, options{Kind: "Namespace", ClusterScoped: true, Status: true}),
	}
}

var (
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
)

// promise is one subtest of the suite.
type promise struct {
	name string
	test func(*trial)
}

func promises() []promise {
	return slices.Concat(cachePromises(), eventPromises(), relistPromises(),
		syncPromises(), lifePromises(), startPromises(), watchPromises())
}

// Run runs the suite, one subtest after the other.
func (c Conformance) Run(t *testing.T) {
	t.Helper()
	all := promises()
	if mistakes := c.mistakes(all); len(mistakes) > 0 {
		t.Fatal(strings.Join(mistakes, "\n"))
	}
	for _, promise := range all {
		t.Run(promise.name, func(t *testing.T) {
			if reason, left := c.Without[promise.name]; left {
				t.Skipf("left out: %s", reason)
			}
			c.try(t, promise.test)
		})
	}
}

// try runs one subtest.
func (c Conformance) try(t *testing.T, test func(*trial)) {
	run := func(t *testing.T) {
		trial := c.begin(t)
		defer trial.end()
		test(trial)
	}
	if c.Bubble {
		synctest.Test(t, run)
		return
	}
	run(t)
}

// mistakes are what cannot be meant in a Conformance.
func (c Conformance) mistakes(all []promise) (mistakes []string) {
	if c.Server == nil || c.Informer == nil {
		mistakes = append(mistakes, "fake: Conformance needs a Server and an Informer")
	}
	var names []string
	for _, promise := range all {
		names = append(names, promise.name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Without)) {
		if !slices.Contains(names, name) {
			mistakes = append(mistakes, fmt.Sprintf("fake: Conformance.Without names %q, which is no promise of the suite; there are %s", name, strings.Join(names, ", ")))
		}
		if c.Without[name] == "" {
			mistakes = append(mistakes, fmt.Sprintf("fake: Conformance.Without gives no reason for leaving out %s", name))
		}
	}
	return mistakes
}
