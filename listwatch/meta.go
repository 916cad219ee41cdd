// SPDX-License-Identifier: Apache-2.0

package listwatch

import "k8s.io/apimachinery/pkg/types"

// Meta is embedded in a struct that [REST] is to fill, and gives it the part of
// the metadata that most programs need:
//
//	type Pod struct {
//		listwatch.Meta
//		Spec struct{ NodeName string }
//	}
//
// Then pod.Name, pod.Labels and so on are there. A struct that needs more of the
// metadata has a field of its own in place of it, for one
//
//	metav1.ObjectMeta `json:"metadata"`
type Meta struct {
	Header `json:"metadata"`
}

// Header is what a [Meta] consists of.
type Header struct {
	Name            string            `json:"name"`
	Namespace       string            `json:"namespace"`
	UID             types.UID         `json:"uid"`
	ResourceVersion string            `json:"resourceVersion"`
	Labels          map[string]string `json:"labels"`
}

// GetName returns the name.
func (h *Header) GetName() string { return h.Name }

// GetNamespace returns the namespace, which is empty for objects without one.
func (h *Header) GetNamespace() string { return h.Namespace }

// GetUID returns the UID, which tells an object from a later one of the same name.
func (h *Header) GetUID() types.UID { return h.UID }

// GetResourceVersion returns the resource version.
func (h *Header) GetResourceVersion() string { return h.ResourceVersion }

// GetLabels returns the labels, which are shared and not to be changed.
func (h *Header) GetLabels() map[string]string { return h.Labels }
