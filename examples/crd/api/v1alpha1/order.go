// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Order is one pizza, or several. Its lister has ByOven, ByPhase and ByTopping.
//
// +genclient
// +informer:index=status.ovenName,name=Oven
// +informer:index=status.phase
// +informer:index=spec.pizzas.toppings,name=Topping
type Order struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   OrderSpec   `json:"spec"`
	Status OrderStatus `json:"status,omitempty"`
}

// OrderSpec is what was ordered.
type OrderSpec struct {
	Pizzas []Pizza `json:"pizzas"`
}

// Pizza is one of an order.
type Pizza struct {
	Toppings []string `json:"toppings,omitempty"`
}

// OrderStatus is what has become of an order.
type OrderStatus struct {
	Phase OrderPhase `json:"phase,omitempty"`
	// OvenName is the oven that the order is in, once there is one.
	OvenName *string `json:"ovenName,omitempty"`
}

// OrderPhase says how far an order is.
type OrderPhase string

// The phases of an order; before Baking it has none.
const (
	Baking OrderPhase = "Baking"
	Ready  OrderPhase = "Ready"
)

// OrderList is a list of orders.
type OrderList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Order `json:"items"`
}
