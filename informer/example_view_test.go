// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// sourceOf returns a source of widgets, of sizes 1, 2, 3 and so on.
func sourceOf(keys ...string) listwatch.ListWatcher[*Widget] {
	source := fake.NewSource[*Widget](fake.Options{}) // listwatch.FromClient, in a program
	for i, key := range keys {
		if _, err := source.Create(widget(key, i+1)); err != nil {
			fmt.Println(err)
		}
	}
	return source
}

// runAll runs informers and views until stop is called, which waits for them.
func runAll(all ...runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	group, ctx := errgroup.WithContext(ctx)
	for _, each := range all {
		group.Go(func() error { return each.Run(ctx) })
	}
	return func() {
		cancel()
		if err := group.Wait(); err != nil {
			fmt.Println(err)
		}
	}
}

func ExampleMap() {
	widgets := informer.New(sourceOf("shop/lamp", "shop/sofa"), informer.Options{})
	labels := informer.Map(widgets, func(w *Widget) (string, error) {
		return fmt.Sprintf("%s, %d m", w.Name, w.Size), nil
	}, informer.ViewOptions[string]{})
	defer runAll(widgets, labels)()

	if err := labels.WaitForSync(context.Background()); err != nil {
		fmt.Println(err)
	}
	label, _ := labels.Reader().Get(store.Key{Namespace: "shop", Name: "sofa"})
	fmt.Println(label)
	// Output: sofa, 2 m
}

func ExampleFilter() {
	widgets := informer.New(sourceOf("shop/lamp", "shop/sofa", "home/sofa"), informer.Options{})
	large := informer.Filter(widgets, func(w *Widget) bool { return w.Size > 1 }, informer.ViewOptions[*Widget]{})
	byName, err := index.Add(large.Indexer(), "name", func(w *Widget) (string, bool) { return w.Name, true })
	if err != nil {
		fmt.Println(err)
	}
	defer runAll(widgets, large)()

	if err := large.WaitForSync(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(byName.Count("sofa"), byName.Count("lamp"))
	_, err = large.Lister().Namespace("shop").Get("lamp")
	fmt.Println(err)
	// Output:
	// 2 0
	// widgets "lamp" not found
}

// Rooms, and what stands in them.
func ExampleJoin() {
	rooms := informer.New(sourceOf("kitchen", "attic"), informer.Options{})
	furniture := informer.New(sourceOf("kitchen/table", "kitchen/chair"), informer.Options{})
	furnished := informer.Join(
		informer.By(rooms, func(room *Widget) (string, bool) { return room.Name, true }),
		informer.By(furniture, func(piece *Widget) (string, bool) { return piece.Namespace, true }),
		func(room *Widget, pieces iter.Seq[*Widget]) (string, error) {
			text := room.Name + ":"
			for piece := range pieces {
				text += " " + piece.Name
			}
			return text, nil
		}, informer.ViewOptions[string]{})
	defer runAll(rooms, furniture, furnished)()

	if err := furnished.WaitForSync(context.Background()); err != nil {
		fmt.Println(err)
	}
	for _, text := range slices.Sorted(furnished.Reader().All()) {
		fmt.Println(text)
	}
	// Output:
	// attic:
	// kitchen: chair table
}

// What the furniture of each room weighs.
func ExampleGroupBy() {
	furniture := informer.New(sourceOf("kitchen/table", "kitchen/chair", "attic/lamp"), informer.Options{})
	weights := informer.GroupBy(
		informer.By(furniture, func(piece *Widget) (store.Key, bool) { return store.Key{Name: piece.Namespace}, true }),
		func(room store.Key, pieces iter.Seq[*Widget]) (weight int, err error) {
			for piece := range pieces {
				weight += piece.Size
			}
			return weight, nil
		}, informer.ViewOptions[int]{})
	defer runAll(furniture, weights)()

	if err := weights.WaitForSync(context.Background()); err != nil {
		fmt.Println(err)
	}
	all := maps.Collect(weights.Reader().Items())
	fmt.Println(all[store.Key{Name: "kitchen"}], all[store.Key{Name: "attic"}])
	// Output: 3 3
}

// A view names its objects; two that would get one name are no accident that goes
// unnoticed.
func ExampleViewOptions() {
	widgets := informer.New(sourceOf("home/sofa", "shop/lamp", "shop/sofa"), informer.Options{})
	reported := make(chan error, 1)
	byName := informer.Filter(widgets, func(*Widget) bool { return true }, informer.ViewOptions[*Widget]{
		Key:     func(w *Widget) store.Key { return store.Key{Name: w.Name} },
		OnError: func(err error) { reported <- err },
	})
	defer runAll(widgets, byName)()

	if err := byName.WaitForSync(context.Background()); err != nil {
		fmt.Println(err)
	}
	sofa, err := byName.Lister().Get("sofa")
	fmt.Println(sofa, err)
	var collision *informer.CollisionError
	fmt.Println(errors.As(<-reported, &collision), collision.Key, collision.Rows)
	// Output:
	// home/sofa=1 <nil>
	// true sofa [home/sofa shop/sofa]
}
