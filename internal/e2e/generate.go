// SPDX-License-Identifier: Apache-2.0

package e2e

// Informers of types that are not ours to put markers on.
//go:generate go run github.com/typedinformer/typedinformer/informer/listergen -o kubeinformers -header ../listergen/testdata/license.txt -index core/v1.Pod=spec.nodeName -index core/v1.Pod=spec.containers.image,name=Image -index core/v1.Pod=status.phase -index batch/v1.Job=spec.suspend,name=Suspended k8s.io/api/core/v1 k8s.io/api/apps/v1 k8s.io/api/batch/v1
