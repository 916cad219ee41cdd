// SPDX-License-Identifier: Apache-2.0

// Crd has an API of its own, and informers of its types that were generated:
// with indexes by fields, and shared by all who are in one group. It needs no
// cluster: it bakes a few pizzas against a server in memory, and ends.
//
//	go run ./crd
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/examples/crd/api/v1alpha1"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "crd:", err)
		os.Exit(1)
	}
}

// newServer has the types, as a cluster with their definitions has.
func newServer() *fake.APIServer {
	return fake.NewAPIServer(
		fake.Resource[*v1alpha1.Order]("pizza.example.com", "v1alpha1", "orders"),
		fake.Resource[*v1alpha1.Oven]("pizza.example.com", "v1alpha1", "ovens"),
	)
}

// fill writes two ovens and three orders, one of which is being baked.
func fill(server *fake.APIServer) error {
	ovens, err := fake.SourceOf[*v1alpha1.Oven](server, v1alpha1.GroupVersion.WithResource("ovens"))
	if err != nil {
		return err
	}
	for name, capacity := range map[string]int32{"big": 6, "small": 2} {
		oven := &v1alpha1.Oven{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.OvenSpec{Capacity: capacity}}
		if _, err := ovens.Create(oven); err != nil {
			return err
		}
	}
	orders, err := fake.SourceOf[*v1alpha1.Order](server, v1alpha1.GroupVersion.WithResource("orders"))
	if err != nil {
		return err
	}
	baking := order("table-1", []string{"tomato", "olives"}, []string{"tomato"})
	baking.Status = v1alpha1.OrderStatus{Phase: v1alpha1.Baking, OvenName: new("big")}
	for _, order := range []*v1alpha1.Order{baking, order("table-2", []string{"cheese"}), order("table-3", []string{"olives"})} {
		if _, err := orders.Create(order); err != nil {
			return err
		}
	}
	return nil
}

func order(name string, pizzas ...[]string) *v1alpha1.Order {
	order := &v1alpha1.Order{ObjectMeta: metav1.ObjectMeta{Namespace: "trattoria", Name: name}}
	for _, toppings := range pizzas {
		order.Spec.Pizzas = append(order.Spec.Pizzas, v1alpha1.Pizza{Toppings: toppings})
	}
	return order
}

// bake puts an order into an oven, and returns what the server has made of it.
func bake(server *fake.APIServer, name, oven string) (*v1alpha1.Order, error) {
	orders, err := fake.SourceOf[*v1alpha1.Order](server, v1alpha1.GroupVersion.WithResource("orders"))
	if err != nil {
		return nil, err
	}
	changed := order(name, []string{"cheese"})
	changed.Status = v1alpha1.OrderStatus{Phase: v1alpha1.Baking, OvenName: &oven}
	return orders.Update(changed)
}

func demo(ctx context.Context) error {
	server := newServer()
	if err := fill(server); err != nil {
		return err
	}
	kitchen, err := newKitchen(server.RESTConfig())
	if err != nil {
		return err
	}
	return kitchen.run(ctx, func(ctx context.Context) error {
		kitchen.print(os.Stdout)
		fmt.Println("without olives:", kitchen.without("olives"))
		fmt.Println("table-2 goes into the small oven")
		baking, err := bake(server, "table-2", "small")
		if err != nil {
			return err
		}
		// The cache hears of it a moment later.
		if err := informer.WaitForObject(ctx, kitchen.all.Pizza().V1alpha1().Orders(), baking); err != nil {
			return err
		}
		kitchen.print(os.Stdout)
		return nil
	})
}
