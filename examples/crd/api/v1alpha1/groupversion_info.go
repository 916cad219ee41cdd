// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 has the types of a pizza shop.
//
// +groupName=pizza.example.com
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is that of the types.
var GroupVersion = schema.GroupVersion{Group: "pizza.example.com", Version: "v1alpha1"}

// AddToScheme registers the types.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &Order{}, &OrderList{}, &Oven{}, &OvenList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
