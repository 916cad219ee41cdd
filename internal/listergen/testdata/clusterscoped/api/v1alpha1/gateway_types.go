// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// GatewaySpec is no kind.
type GatewaySpec struct {
	Address string `json:"address,omitempty"`
}

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=gateways,scope=Cluster,shortName=gw,categories={all,net}
// +kubebuilder:printcolumn:name="Address",type=string,JSONPath=`.spec.address`

// Gateway is cluster-scoped, and its plural is not what the API machinery
// guesses.
type Gateway struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec GatewaySpec `json:"spec,omitempty"`
}

// +kubebuilder:object:root=true

// GatewayList is a list.
type GatewayList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Gateway `json:"items"`
}

// +kubebuilder:object:root=true

// GatewayConfig is the kind of a file, which no server has.
type GatewayConfig struct {
	metav1.TypeMeta `json:",inline"`
}

// DeepCopyObject returns a copy.
func (g *Gateway) DeepCopyObject() runtime.Object {
	c := *g
	g.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	return &c
}

// DeepCopyObject returns a copy.
func (l *GatewayList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopyObject().(*Gateway))
	}
	return &c
}
