// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/store"
)

// checkClientGo has client-go's own informers and its reflector follow changes of
// a server, and checks that they end with what it has. That is a check of the
// server: what it gets wrong, these would not survive or not notice.
//
// The namespace exists, is empty and belongs to the check. It can run within a
// bubble of testing/synctest. prepared, if it is not nil, is given the factory before
// anybody has asked it for anything.
func checkClientGo(t *testing.T, config *rest.Config, namespace string, changes int, prepared func(informers.SharedInformerFactory, *kubernetes.Clientset)) {
	t.Helper()
	ctx := deadline(t)
	config = rest.CopyConfig(config)
	config.QPS = -1 // no limit
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	core := clientset.CoreV1()
	const seed = 20260
	configMaps := newTraffic(core.ConfigMaps(namespace), newConfigMap, seed)
	pods := newTraffic(core.Pods(namespace), newPod, seed+1)
	run(ctx, t, changes/10, configMaps, pods) // for the first list

	// What is started here ends before the check does, as a bubble demands.
	ctx, stop := context.WithCancel(ctx)
	factory := informers.NewSharedInformerFactoryWithOptions(clientset, 0, informers.WithNamespace(namespace))
	if prepared != nil {
		prepared(factory, clientset)
	}
	var reflectors sync.WaitGroup
	defer reflectors.Wait()
	defer factory.Shutdown()
	defer stop()

	var toldConfigMaps, toldPods mirror
	for _, shared := range []struct {
		informer cache.SharedIndexInformer
		told     *mirror
	}{
		{factory.Core().V1().ConfigMaps().Informer(), &toldConfigMaps},
		{factory.Core().V1().Pods().Informer(), &toldPods},
	} {
		if _, err := shared.informer.AddEventHandler(clientGoHandler(t, shared.told)); err != nil {
			t.Fatal(err)
		}
	}
	factory.StartWithContext(ctx)
	var reflected mirror
	source := cache.NewListWatchFromClient(core.RESTClient(), "pods", namespace, fields.Everything())
	reflector := cache.NewReflector(source, &corev1.Pod{}, mirrorStore{&reflected}, 0)
	reflectors.Go(func() { reflector.RunWithContext(ctx) })

	if synced := factory.WaitForCacheSyncWithContext(ctx); synced.Err != nil {
		t.Fatalf("client-go's informers have not synced: %v", synced.Err)
	}
	run(ctx, t, changes, configMaps, pods)

	wantConfigMaps := latest(ctx, t, core.ConfigMaps(namespace), metav1.ListOptions{})
	wantPods := latest(ctx, t, core.Pods(namespace), metav1.ListOptions{})
	equal(t, "the server, as the writes of config maps left it,", configMaps.state(), wantConfigMaps)
	equal(t, "the server, as the writes of pods left it,", pods.state(), wantPods)
	toldConfigMaps.await(ctx, t, wantConfigMaps)
	toldPods.await(ctx, t, wantPods)
	reflected.await(ctx, t, wantPods)
	equal(t, "client-go's cache of config maps", wantConfigMaps, cached(t, factory.Core().V1().ConfigMaps().Informer()))
	equal(t, "client-go's cache of pods", wantPods, cached(t, factory.Core().V1().Pods().Informer()))
	listed, err := factory.Core().V1().Pods().Lister().Pods(namespace).List(labels.Everything())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "what client-go's lister of pods finds", wantPods, stateOf(listed))
}

// stateOf returns the state that objects are of.
func stateOf[T metav1.Object](objects []T) versions {
	state := versions{}
	for _, object := range objects {
		state.set(object)
	}
	return state
}

func equal(t *testing.T, what string, want, got versions) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// cached returns the state of one of client-go's caches.
func cached(t *testing.T, informer cache.SharedIndexInformer) versions {
	t.Helper()
	var state mirror
	if err := (mirrorStore{&state}).Replace(informer.GetStore().List(), ""); err != nil {
		t.Fatal(err)
	}
	return state.have
}

// clientGoHandler is handlerOf for client-go.
func clientGoHandler(t *testing.T, m *mirror) cache.ResourceEventHandler {
	set := func(object any) {
		if err := (mirrorStore{m}).Add(object); err != nil {
			t.Errorf("client-go told of %T: %v", object, err)
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    set,
		UpdateFunc: func(_, object any) { set(object) },
		DeleteFunc: func(object any) {
			name, err := cache.DeletionHandlingObjectToName(object)
			if err != nil {
				t.Errorf("client-go told of the deletion of %T: %v", object, err)
			}
			m.change(func(v versions) { delete(v, store.Key{Namespace: name.Namespace, Name: name.Name}) })
		},
	}
}

// mirrorStore is a mirror as client-go's reflector fills it, untyped.
type mirrorStore struct {
	*mirror
}

func (m mirrorStore) Add(object any) error {
	header, err := meta.Accessor(object)
	if err == nil {
		m.change(func(v versions) { v.set(header) })
	}
	return err
}

func (m mirrorStore) Update(object any) error { return m.Add(object) }

func (m mirrorStore) Delete(object any) error {
	header, err := meta.Accessor(object)
	if err == nil {
		m.change(func(v versions) { delete(v, store.Key{Namespace: header.GetNamespace(), Name: header.GetName()}) })
	}
	return err
}

func (m mirrorStore) Replace(objects []any, _ string) error {
	state := versions{}
	for _, object := range objects {
		header, err := meta.Accessor(object)
		if err != nil {
			return err
		}
		state.set(header)
	}
	m.change(func(v versions) {
		clear(v)
		maps.Copy(v, state)
	})
	return nil
}

func (m mirrorStore) Resync() error { return nil }
