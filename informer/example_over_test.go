// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// A set of namespaces changes while an informer follows it.
func ExampleNewOverNamespaces() {
	server := fake.NewAPIServer(fake.Resource[*Widget]("test.io", "v1", "widgets"))
	objects, err := fake.SourceOf[*Widget](server, widgets)
	if err != nil {
		fmt.Println(err)
	}
	for _, key := range []string{"shop/lamp", "cart/bag", "store/shelf"} {
		if _, err := objects.Create(widget(key, 1)); err != nil {
			fmt.Println(err)
		}
	}

	var namespaces informer.NameSet
	if err := namespaces.Add("shop", "cart"); err != nil {
		fmt.Println(err)
	}
	// With a clientset: listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods(namespace)).
	inf := informer.NewOverNamespaces(&namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
		return fake.ListWatcher[*Widget](server, widgets, fake.Scope{Namespace: namespace})
	}, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()
	wait := func() {
		if err := inf.WaitForSync(ctx); err != nil {
			fmt.Println(err)
		}
	}
	wait()
	fmt.Println(inf.Reader().Len(), "objects")

	if err := namespaces.Add("store"); err != nil {
		fmt.Println(err)
	}
	wait()
	for _, part := range inf.Stats().Parts {
		fmt.Println(part.Name, part.Objects)
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// 2 objects
	// cart 1
	// shop 1
	// store 1
	// <nil>
}

// Two clusters are one cache; the keys tell them apart.
func ExampleNewOverClusters() {
	var clusters informer.NameSet
	sources := map[string]*fake.Source[*Widget]{}
	for _, cluster := range []string{"east", "west"} {
		sources[cluster] = fake.NewSource[*Widget](fake.Options{})
		if _, err := sources[cluster].Create(widget("shop/lamp", len(sources))); err != nil {
			fmt.Println(err)
		}
		if err := clusters.Add(cluster); err != nil {
			fmt.Println(err)
		}
	}
	inf := informer.NewOverClusters(&clusters, func(cluster string) listwatch.ListWatcher[*Widget] {
		return sources[cluster]
	}, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()
	if err := inf.WaitForSync(ctx); err != nil {
		fmt.Println(err)
	}
	for key, w := range inf.Reader().Items() {
		cluster, within := informer.SplitClusterKey(key)
		if cluster == "west" {
			fmt.Println(key, "is", within, "of", cluster, "with size", w.Size)
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// west:shop/lamp is shop/lamp of west with size 2
	// <nil>
}
