// SPDX-License-Identifier: Apache-2.0

// Package v1 has one kind, with the markers of client-gen.
//
// +groupName=shop.example.com
package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// +genclient
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object

// DeliveryPolicy is namespaced.
type DeliveryPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec DeliveryPolicySpec `json:"spec"`
}

// DeliveryPolicySpec is no kind.
type DeliveryPolicySpec struct {
	Carrier string `json:"carrier"`
} // +genclient

// DeliveryPolicyList is a list.
type DeliveryPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []DeliveryPolicy `json:"items"`
}

// +genclient
// +genclient:onlyVerbs=create

// DeliveryReview can only be created, and so has no informer.
type DeliveryReview struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

// AddToScheme registers the types.
func AddToScheme(scheme *runtime.Scheme) error {
	version := schema.GroupVersion{Group: "shop.example.com", Version: "v1"}
	scheme.AddKnownTypes(version, &DeliveryPolicy{}, &DeliveryPolicyList{})
	metav1.AddToGroupVersion(scheme, version)
	return nil
}

// DeepCopyObject returns a copy.
func (p *DeliveryPolicy) DeepCopyObject() runtime.Object {
	c := *p
	p.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	return &c
}

// DeepCopyObject returns a copy.
func (l *DeliveryPolicyList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopyObject().(*DeliveryPolicy))
	}
	return &c
}
