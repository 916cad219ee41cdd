// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Robot is a custom resource as one program wants it.
type Robot struct {
	listwatch.Meta
	Spec struct{ Arms int }
}

var (
	robots    = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "robots"}
	robotKind = robots.GroupVersion().WithKind("Robot")
)

// robotServer has robots, and returns the test's own side of them.
func robotServer(t *testing.T) (*fake.APIServer, *fake.Source[*unstructured.Unstructured]) {
	t.Helper()
	server := fake.NewAPIServer(fake.Resource("example.com", "v1", "robots", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot"}))
	all, err := fake.SourceOf[*unstructured.Unstructured](server, robots)
	if err != nil {
		t.Fatal(err)
	}
	return server, all
}

func robot(i int, arms any) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"arms": arms}}}
	object.SetGroupVersionKind(robotKind)
	object.SetNamespace("shop")
	object.SetName(fmt.Sprint("robot-", i))
	return object
}

// One custom resource of a thousand that cannot be decoded holds nobody else up,
// and is there with its next event.
func TestG34_OneBrokenObjectOfREST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, all := robotServer(t)
		for i := range 1000 {
			arms := any(int64(i))
			if i == 500 {
				arms = "two"
			}
			if _, err := all.Create(robot(i, arms)); err != nil {
				t.Fatal(err)
			}
		}
		source, err := listwatch.REST[Robot](server.RESTConfig(), robots, listwatch.RESTOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var failures []error
		inf := informer.New(source, informer.Options{OnError: func(err error) { failures = append(failures, err) }})
		go inf.Run(t.Context())
		synctest.Wait()
		if err := inf.WaitForSync(t.Context()); err != nil || inf.Reader().Len() != 999 {
			t.Fatalf("%v, %d robots; want 999", err, inf.Reader().Len())
		}
		broken := store.Key{Namespace: "shop", Name: "robot-500"}
		if _, quarantined := inf.Quarantined(broken); len(failures) != 1 || !strings.Contains(failures[0].Error(), "shop/robot-500") || !quarantined {
			t.Errorf("errors %v, quarantined: %t; want the one robot that is broken", failures, quarantined)
		}
		if _, err := all.Update(robot(500, int64(2))); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		healed, found := inf.Reader().Get(broken)
		if _, quarantined := inf.Quarantined(broken); !found || healed.Spec.Arms != 2 || quarantined {
			t.Errorf("%+v, %t, quarantined: %t; want it healed", healed, found, quarantined)
		}
	})
}

// A relist decodes and delivers what has changed, and nothing else (G17).
func TestG17_RelistOfRESTDecodesWhatHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, all := robotServer(t)
		for i := range 100 {
			if _, err := all.Create(robot(i, int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		source, err := listwatch.REST[*Robot](server.RESTConfig(), robots, listwatch.RESTOptions{})
		if err != nil {
			t.Fatal(err)
		}
		inf := informer.New(source, informer.Options{})
		var told []string
		if _, err := inf.AddHandler(informer.HandlerFuncs[*Robot]{
			OnUpdate: func(_, robot *Robot) { told = append(told, fmt.Sprintf("%s has %d arms", robot.Name, robot.Spec.Arms)) },
			OnDelete: func(robot *Robot, _ bool) { told = append(told, robot.Name+" is gone") },
		}); err != nil {
			t.Fatal(err)
		}
		// The stream ends, and when it is to go on, after a while, it is too late.
		server.Play(fake.Script{Rules: []fake.Rule{
			{Verb: "stream", To: 1, Fault: fake.Fault{DropAfter: time.Second}},
			{Verb: "watch", To: 1, Fault: fake.Fault{Delay: 10 * time.Second, Compact: true}},
		}})
		go inf.Run(t.Context())
		time.Sleep(5 * time.Second)
		before, _ := inf.Reader().Get(store.Key{Namespace: "shop", Name: "robot-1"})
		if _, err := all.Update(robot(7, int64(70))); err != nil {
			t.Fatal(err)
		}
		if _, err := all.Delete(store.Key{Namespace: "shop", Name: "robot-8"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got, want := fmt.Sprint(told), "[robot-8 is gone robot-7 has 70 arms]"; got != want {
			t.Errorf("told %s, want %s", got, want)
		}
		after, _ := inf.Reader().Get(store.Key{Namespace: "shop", Name: "robot-1"})
		if stats := inf.Stats(); before != after || stats.Source.Relists != 1 {
			t.Errorf("%p, then %p, and %d relists; want the same robot after one", before, after, stats.Source.Relists)
		}
	})
}

// kinds is a mapper of what there is.
type kinds struct {
	meta.RESTMapper
	there  atomic.Bool
	resets atomic.Int32
}

func (k *kinds) RESTMapping(kind schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	if !k.there.Load() {
		return nil, &meta.NoKindMatchError{GroupKind: kind, SearchedVersions: versions}
	}
	return &meta.RESTMapping{Resource: robots, GroupVersionKind: robotKind, Scope: meta.RESTScopeNamespace}, nil
}

func (k *kinds) Reset() { k.resets.Add(1) }

// A kind that is not there yet is waited for, and until then the informer says why
// it has not synced.
func TestG22_AKindThatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, all := robotServer(t)
		if _, err := all.Create(robot(0, int64(2))); err != nil {
			t.Fatal(err)
		}
		mapper := &kinds{}
		source, err := listwatch.ForKind[Robot](server.RESTConfig(), mapper, robotKind, listwatch.RESTOptions{})
		if err != nil {
			t.Fatal(err)
		}
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		go inf.Run(t.Context())
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = inf.WaitForSync(ctx)
		if err == nil || !strings.Contains(err.Error(), "no kind Robot in example.com/v1 (yet); install its CustomResourceDefinition") {
			t.Errorf("error = %v; want it to say what is missing", err)
		}
		mapper.there.Store(true)
		if err := inf.WaitForSync(t.Context()); err != nil || inf.Reader().Len() != 1 || mapper.resets.Load() == 0 {
			t.Errorf("%v, %d robots, %d resets of the mapper; want the robot", err, inf.Reader().Len(), mapper.resets.Load())
		}
	})
}
