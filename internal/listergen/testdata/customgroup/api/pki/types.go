// SPDX-License-Identifier: Apache-2.0

// Package pki has one kind.
//
// +groupName=x509-certs.k8s.example.io
// +groupGoName=PKI
// +versionName=v2
package pki

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TLSBundle is a kind.
//
// +genclient
// +resourceName=tls-bundles
type TLSBundle struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

// TLSBundleList is a list.
type TLSBundleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []TLSBundle `json:"items"`
}

// AddToScheme registers the types.
func AddToScheme(scheme *runtime.Scheme) error {
	version := schema.GroupVersion{Group: "x509-certs.k8s.example.io", Version: "v2"}
	scheme.AddKnownTypes(version, &TLSBundle{}, &TLSBundleList{})
	metav1.AddToGroupVersion(scheme, version)
	return nil
}

// DeepCopyObject returns a copy.
func (o *TLSBundle) DeepCopyObject() runtime.Object {
	c := *o
	o.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	return &c
}

// DeepCopyObject returns a copy.
func (l *TLSBundleList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopyObject().(*TLSBundle))
	}
	return &c
}
