// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
)

// The copies that deepcopy-gen or controller-gen would write.

// DeepCopy returns a copy.
func (o *Order) DeepCopy() *Order {
	c := *o
	o.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	c.Spec.Pizzas = slices.Clone(o.Spec.Pizzas)
	for i := range c.Spec.Pizzas {
		c.Spec.Pizzas[i].Toppings = slices.Clone(c.Spec.Pizzas[i].Toppings)
	}
	if o.Status.OvenName != nil {
		c.Status.OvenName = new(*o.Status.OvenName)
	}
	return &c
}

// DeepCopyObject returns a copy.
func (o *Order) DeepCopyObject() runtime.Object { return o.DeepCopy() }

// DeepCopyObject returns a copy.
func (l *OrderList) DeepCopyObject() runtime.Object {
	c := *l
	l.ListMeta.DeepCopyInto(&c.ListMeta)
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopy())
	}
	return &c
}

// DeepCopy returns a copy.
func (o *Oven) DeepCopy() *Oven {
	c := *o
	o.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	return &c
}

// DeepCopyObject returns a copy.
func (o *Oven) DeepCopyObject() runtime.Object { return o.DeepCopy() }

// DeepCopyObject returns a copy.
func (l *OvenList) DeepCopyObject() runtime.Object {
	c := *l
	l.ListMeta.DeepCopyInto(&c.ListMeta)
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopy())
	}
	return &c
}
