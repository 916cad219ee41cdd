// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// Factory is a shared informer factory as client-go's generator writes them: that
// of client-go itself, where C is kubernetes.Interface, and those of generated
// clients for custom resources.
type Factory[C any, F ~func(client C, resync time.Duration) cache.SharedIndexInformer] interface {
	InformerFor(object runtime.Object, newFunc F) cache.SharedIndexInformer
}

// Install makes an informer of this library the one that a factory has for T, so
// that whoever asks the factory for it runs on this one, unchanged:
//
//	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
//	err := clientgo.Install(factory, pods)
//	lister := factory.Core().V1().Pods().Lister() // reads the cache of pods
//
// The factory starts it and waits for it with all others; its default resync and its
// transform hold. What it has been told of namespaces and selectors does not: that
// is the source's.
//
// It is called before anybody asks the factory for an informer of T: if somebody
// has, the factory keeps that one, and an error says so.
func Install[T runtime.Object, C any, F ~func(client C, resync time.Duration) cache.SharedIndexInformer](factory Factory[C, F], inf *informer.Informer[T]) error {
	is := reflect.TypeFor[T]()
	if is.Kind() != reflect.Pointer {
		return failed(inf.Stats().Resource, "Install", fmt.Errorf("a factory has informers of pointers to API types, and %v is none", is))
	}
	var ours cache.SharedIndexInformer
	example, _ := reflect.New(is.Elem()).Interface().(runtime.Object)
	held := factory.InformerFor(example, func(_ C, resync time.Duration) cache.SharedIndexInformer {
		ours = Shared(inf, Options{Resync: resync})
		return ours
	})
	if ours == nil || held != ours {
		return failed(inf.Stats().Resource, "Install", errors.New("the factory has an informer of that type already: install before anybody asks for one"))
	}
	return nil
}
