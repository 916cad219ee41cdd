// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"math/rand"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/apitesting/fuzzer"
	metafuzzer "k8s.io/apimachinery/pkg/apis/meta/fuzzer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Of objects of the Kubernetes API, filled at random, nothing is lost.
func TestCompactIsLossless(t *testing.T) {
	t.Run("Pod", lossless[corev1.Pod])
	t.Run("Node", lossless[corev1.Node])
	t.Run("Service", lossless[corev1.Service])
	t.Run("Secret", lossless[corev1.Secret])
	t.Run("ConfigMap", lossless[corev1.ConfigMap])
	t.Run("Event", lossless[corev1.Event])
	t.Run("PersistentVolume", lossless[corev1.PersistentVolume])
	t.Run("Deployment", lossless[appsv1.Deployment])
	t.Run("StatefulSet", lossless[appsv1.StatefulSet])
	t.Run("CronJob", lossless[batchv1.CronJob])
	t.Run("HorizontalPodAutoscaler", lossless[autoscalingv2.HorizontalPodAutoscaler])
	t.Run("EndpointSlice", lossless[discoveryv1.EndpointSlice])
	t.Run("Ingress", lossless[networkingv1.Ingress])
	t.Run("NetworkPolicy", lossless[networkingv1.NetworkPolicy])
	t.Run("ClusterRole", lossless[rbacv1.ClusterRole])
	t.Run("ResourceClaim", lossless[resourcev1.ResourceClaim])
}

func lossless[T any](t *testing.T) {
	for seed := range int64(10) {
		filled := func() *T {
			object := new(T)
			fuzzer.FuzzerFor(metafuzzer.Funcs, rand.NewSource(seed), scheme.Codecs).NilChance(0.2).NumElements(0, 4).MaxDepth(20).Fill(object)
			return object
		}
		want := filled()
		source := listwatch.Compact(listwatch.FromFuncs(
			store.WithKey(func(*T) store.Key { return store.Key{Name: "filled"} }),
			func(context.Context, listwatch.ListOptions) ([]*T, listwatch.Page, error) {
				return []*T{filled(), filled(), filled()}, listwatch.Page{}, nil
			},
			func(context.Context, listwatch.WatchOptions, func(listwatch.EventType, *T) bool) error { return nil },
		), listwatch.CompactOptions{})
		_, err := source.List(t.Context(), listwatch.ListOptions{}, func(item store.Item[*T], err error) {
			if err != nil || !reflect.DeepEqual(want, item.Object) {
				t.Errorf("seed %d: %v (-want +got):\n%s", seed, err, cmp.Diff(want, item.Object, cmp.Exporter(func(reflect.Type) bool { return true })))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if object, ok := any(want).(metav1.Object); seed == 0 && (!ok || object.GetName() == "") {
			t.Error("the object is not filled")
		}
	}
}
