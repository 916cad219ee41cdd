// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Oven belongs to all shops, and so to no namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=ovens,scope=Cluster
type Oven struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec OvenSpec `json:"spec"`
}

// OvenSpec is what an oven is like.
type OvenSpec struct {
	// Capacity is how many pizzas fit in.
	Capacity int32 `json:"capacity"`
}

// OvenList is a list of ovens.
//
// +kubebuilder:object:root=true
type OvenList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Oven `json:"items"`
}
