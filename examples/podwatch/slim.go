// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
)

// slimPod is what is decoded and kept of a pod with --slim.
type slimPod struct {
	listwatch.Meta
	Spec   struct{ NodeName string }
	Status struct{ Phase string }
}

func (p slimPod) seen() seen {
	return seen{p.Namespace, p.Name, p.Spec.NodeName, p.Status.Phase}
}

// watchSlim watches pods of which there is no more than that. A server in this
// process must pause while memory is looked at, since its own is part of that.
func watchSlim(ctx context.Context, config *rest.Config, pause sync.Locker, o options, out io.Writer) error {
	slim, err := slimPods(config, o)
	if err != nil {
		return err
	}
	full, err := fullPods(config, o)
	if err != nil {
		return err
	}
	weigh := func(ctx context.Context) string {
		pause.Lock()
		defer pause.Unlock()
		return compareWeights(ctx, slim, full)
	}
	return view[slimPod]{slim, slimPod.seen, weigh}.watch(ctx, config.Host, o, out)
}

func slimPods(config *rest.Config, o options) (listwatch.ListWatcher[slimPod], error) {
	return listwatch.REST[slimPod](config, corev1.SchemeGroupVersion.WithResource("pods"), listwatch.RESTOptions{Namespace: o.namespace, LabelSelector: o.selector})
}
