// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
)

// watchFull watches pods as client-go's clients return them.
func watchFull(ctx context.Context, config *rest.Config, o options, out io.Writer) error {
	pods, err := fullPods(config, o)
	if err != nil {
		return err
	}
	return view[*corev1.Pod]{pods: pods, see: seenInFull}.watch(ctx, config.Host, o, out)
}

func fullPods(config *rest.Config, o options) (listwatch.ListWatcher[*corev1.Pod], error) {
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", config.Host, err)
	}
	return listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods(o.namespace), listwatch.Options{LabelSelector: o.selector}), nil
}

func seenInFull(pod *corev1.Pod) seen {
	return seen{pod.Namespace, pod.Name, pod.Spec.NodeName, string(pod.Status.Phase)}
}
