// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/store"
)

// factory is one as client-go's generator writes them, in short.
type factory struct {
	client    metadata.Interface
	resync    time.Duration
	transform cache.TransformFunc
	informers map[reflect.Type]cache.SharedIndexInformer
	asked     []cache.SharedIndexInformer // what newFunc has made
}

type newInformerFunc func(client metadata.Interface, resync time.Duration) cache.SharedIndexInformer

func (f *factory) InformerFor(object runtime.Object, newFunc newInformerFunc) cache.SharedIndexInformer {
	is := reflect.TypeOf(object)
	if held, exists := f.informers[is]; exists {
		return held
	}
	made := newFunc(f.client, f.resync)
	f.asked = append(f.asked, made)
	if f.transform != nil {
		if err := made.SetTransform(f.transform); err != nil {
			panic(err)
		}
	}
	f.informers[is] = made
	return made
}

// Widgets is what a generated accessor does.
func (f *factory) Widgets() cache.SharedIndexInformer {
	return f.InformerFor(&Widget{}, func(metadata.Interface, time.Duration) cache.SharedIndexInformer {
		return cache.NewSharedIndexInformer(&cache.ListWatch{}, &Widget{}, 0, nil)
	})
}

func newFactory() *factory {
	return &factory{informers: map[reflect.Type]cache.SharedIndexInformer{}}
}

func TestInstall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, "a/one")
		factory := newFactory()
		factory.resync, factory.transform = time.Minute, doubled
		typed := server.informer()
		if err := clientgo.Install(factory, typed); err != nil {
			t.Fatal(err)
		}
		inf := factory.Widgets()
		var calls notes
		addHandler(t, inf, &calls)
		defer run(t, inf)()
		calls.want(t, "initial a/one@11")
		if read, found := typed.Reader().Get(store.Key{Namespace: "a", Name: "one"}); !found || text(read) != "a/one@11" {
			t.Errorf("the typed informer has %v", read)
		}
		time.Sleep(time.Minute)
		calls.want(t, "update a/one@11 from 11")
	})
}

func TestInstallWhereThereIsOneAlready(t *testing.T) {
	server := newServer(t)
	for name, before := range map[string]func(*factory){
		"another one": func(f *factory) { f.Widgets() },
		"ours":        func(f *factory) { _ = clientgo.Install(f, server.informer()) },
	} {
		t.Run(name, func(t *testing.T) {
			factory := newFactory()
			before(factory)
			kept := factory.Widgets()
			wantError(t, clientgo.Install(factory, server.informer()), "widgets", "Install", "already", "before anybody asks")
			if len(factory.asked) != 1 || factory.Widgets() != kept {
				t.Error("the factory has another one now")
			}
		})
	}
}

// stubborn is a factory that makes what it is given and keeps another.
type stubborn struct{ *factory }

func (s stubborn) InformerFor(_ runtime.Object, newFunc newInformerFunc) cache.SharedIndexInformer {
	newFunc(nil, 0)
	return s.Widgets()
}

func TestInstallInAFactoryThatKeepsAnother(t *testing.T) {
	wantError(t, clientgo.Install(stubborn{newFactory()}, newServer(t).informer()), "widgets", "Install", "already")
}

// thing is an API type that is no pointer.
type thing struct{ *Widget }

func TestInstallOfWhatIsNoPointer(t *testing.T) {
	inf := informer.New(fake.NewSource[thing](fake.Options{}), informer.Options{})
	wantError(t, clientgo.Install(newFactory(), inf), "things", "Install", "clientgo_test.thing is none")
}
