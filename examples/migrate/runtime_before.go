// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// RuntimeBefore is the program on the cache of controller-runtime, which a manager
// makes of the same options (manager.Options.Cache).
func RuntimeBefore(ctx context.Context, config *rest.Config, tell func(what string)) (Program, error) {
	return onCache(ctx, config, cache.Options{}, tell)
}

// onCache is what stays as it is, whatever the informers are.
func onCache(ctx context.Context, config *rest.Config, options cache.Options, tell func(what string)) (Program, error) {
	objects, err := cache.New(config, options)
	if err != nil {
		return Program{}, err
	}
	err = objects.IndexField(ctx, &corev1.Pod{}, "spec.nodeName", func(object client.Object) []string {
		if pod, ok := object.(*corev1.Pod); ok {
			return []string{pod.Spec.NodeName}
		}
		return nil
	})
	if err != nil {
		return Program{}, err
	}
	pods, err := objects.GetInformer(ctx, &corev1.Pod{}, cache.BlockUntilSynced(false))
	if err != nil {
		return Program{}, err
	}
	if _, err := pods.AddEventHandler(untyped(tell)); err != nil {
		return Program{}, err
	}
	return Program{
		Run: objects.Start,
		OnNode: func(node string) ([]*corev1.Pod, error) {
			var list corev1.PodList
			err := objects.List(ctx, &list, client.MatchingFields{"spec.nodeName": node})
			var found []*corev1.Pod
			for i := range list.Items {
				found = append(found, &list.Items[i])
			}
			return found, err
		},
	}, nil
}
