// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"fmt"

	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
)

// shop is a server with two widgets.
func shop() (*fake.APIServer, listwatch.ListWatcher[*Widget]) {
	server := fake.NewAPIServer(fake.Resource("example.com", "v1", "widgets", fake.ResourceOptions[*Widget]{Kind: "Widget"}))
	source, err := fake.SourceOf[*Widget](server, widgets)
	if err != nil {
		fmt.Println(err)
	}
	for key, color := range map[string]string{"shop/lamp": "red", "shop/sofa": "blue"} {
		if _, err := source.Create(widget(key, "1", "color", color)); err != nil {
			fmt.Println(err)
		}
	}
	return server, fake.ListWatcher[*Widget](server, widgets) // listwatch.FromClient, in a program
}

// A controller of client-go's kind, with a workqueue of keys, runs on an informer of
// this library.
func ExampleShared() {
	_, source := shop()
	inf := clientgo.Shared(informer.New(source, informer.Options{}))
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	handler, err := inf.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) {
			if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
				queue.Add(key)
			}
		},
	})
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		inf.RunWithContext(ctx)
	}()
	fmt.Println("synced:", cache.WaitFor(ctx, "", handler.HasSyncedChecker()))
	fmt.Println("queued:", queue.Len())
	lister := cache.NewGenericLister(inf.GetIndexer(), widgets.GroupResource())
	lamp, err := lister.ByNamespace("shop").Get("lamp")
	fmt.Println(text(lamp), err)
	queue.ShutDown()
	cancel()
	<-ended
	// Output:
	// synced: true
	// queued: 2
	// shop/lamp@1 <nil>
}

// A program with informers of its own has another constructor, and nothing else.
func ExampleNewSharedIndexInformer() {
	server, _ := shop()
	client := metadata.NewForConfigOrDie(server.RESTConfig())
	inf := clientgo.NewSharedIndexInformer(listWatch(client), &Widget{}, 0, cache.Indexers{"color": colors})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		inf.RunWithContext(ctx)
	}()
	fmt.Println("synced:", cache.WaitFor(ctx, "", inf.HasSyncedChecker()))
	blue, err := inf.GetIndexer().ByIndex("color", "blue")
	fmt.Println(texts(blue), err)
	cancel()
	<-ended
	// Output:
	// synced: true
	// [shop/sofa@1] <nil>
}

// A program that has to keep its informer reads it typed.
func ExampleFromShared() {
	server, _ := shop()
	theirs := cache.NewSharedIndexInformer(listWatch(metadata.NewForConfigOrDie(server.RESTConfig())), &Widget{}, 0, nil)
	inf := clientgo.FromShared[*Widget](theirs, informer.Options{Resource: widgets})
	byColor, err := index.AddLabel(inf.Indexer(), "color")
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		theirs.RunWithContext(ctx)
		ended <- nil
	}()
	go func() { ended <- inf.Run(ctx) }()
	if err := inf.WaitForSync(ctx); err != nil {
		fmt.Println(err)
	}
	for w := range byColor.Get("red") {
		fmt.Println("red:", w.Name)
	}
	cancel()
	fmt.Println(<-ended, <-ended)
	// Output:
	// red: lamp
	// <nil> <nil>
}

// Whoever asks a factory for widgets gets those of this library's informer.
func ExampleInstall() {
	_, source := shop()
	factory := newFactory() // informers.NewSharedInformerFactory, in a program
	inf := informer.New(source, informer.Options{})
	if err := clientgo.Install(factory, inf); err != nil {
		fmt.Println(err)
	}
	theirs := factory.Widgets() // factory.Core().V1().Pods().Informer()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		theirs.RunWithContext(ctx) // factory.Start
	}()
	if err := inf.WaitForSync(ctx); err != nil { // says why, where WaitForCacheSync says false
		fmt.Println(err)
	}
	fmt.Println(texts(theirs.GetStore().List()))
	cancel()
	<-ended
	fmt.Println(clientgo.Install(factory, inf))
	// Output:
	// [shop/lamp@1 shop/sofa@1]
	// clientgo: widgets.example.com: Install: the factory has an informer of that type already: install before anybody asks for one
}
