// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/examples/crd/api/v1alpha1"
	"github.com/typedinformer/typedinformer/examples/crd/informers"
	"github.com/typedinformer/typedinformer/informer"
)

//go:generate go run github.com/typedinformer/typedinformer/informer/listergen -header license.txt ./api/v1alpha1

// kitchen is what a cook wants to know. All of it is answered from the cache.
type kitchen struct {
	group *informer.Group
	all   *informers.Informers
}

func newKitchen(config *rest.Config) (*kitchen, error) {
	group := informer.NewGroup(informer.GroupOptions{})
	all, err := informers.New(group, config)
	if err != nil {
		return nil, err
	}
	// What is asked for before the group runs is what the group waits for.
	all.Pizza().V1alpha1().Orders()
	all.Pizza().V1alpha1().Ovens()
	return &kitchen{group: group, all: all}, nil
}

// run calls work once the caches have synced, and returns when all has ended.
func (k *kitchen) run(ctx context.Context, work func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- k.group.Run(ctx) }()
	err := k.group.WaitForSync(ctx)
	if err == nil {
		err = work(ctx)
	}
	cancel()
	if failed := <-ended; err == nil {
		err = failed
	}
	return err
}

// print prints what is in each oven, and what waits for one.
func (k *kitchen) print(out io.Writer) {
	orders := k.all.Pizza().V1alpha1().Orders().Lister()
	ovens := k.all.Pizza().V1alpha1().Ovens().Lister().List(nil)
	slices.SortFunc(ovens, func(a, b *v1alpha1.Oven) int { return strings.Compare(a.Name, b.Name) })
	for _, oven := range ovens {
		pizzas := 0
		for order := range orders.ByOven(oven.Name) {
			pizzas += len(order.Spec.Pizzas)
		}
		fmt.Fprintf(out, "%s: %d of %d\n", oven.Name, pizzas, oven.Spec.Capacity)
	}
	waiting, baking := 0, 0
	for range orders.ByPhase("") {
		waiting++
	}
	for range orders.ByPhase(v1alpha1.Baking) {
		baking++
	}
	fmt.Fprintf(out, "orders: %d waiting, %d baking\n", waiting, baking)
}

// without returns the orders that have none of a topping, for the guest who
// cannot have it.
func (k *kitchen) without(topping string) (names []string) {
	orders := k.all.Pizza().V1alpha1().Orders().Lister()
	having := map[string]bool{}
	for order := range orders.ByTopping(topping) {
		having[order.Name] = true
	}
	for _, order := range orders.List(nil) {
		if !having[order.Name] {
			names = append(names, order.Name)
		}
	}
	slices.Sort(names)
	return names
}
