// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// A set of n pods is spread evenly, so that every namespace and every node
// holds the same number whatever n is.
const (
	podsPerNamespace = 1_000
	podsPerNode      = 100
)

func namespaces(n int) int { return max(1, n/podsPerNamespace) }
func nodes(n int) int      { return max(1, n/podsPerNode) }

func namespaceName(i int) string { return fmt.Sprintf("team-%03d", i) }
func nodeName(i int) string      { return fmt.Sprintf("ip-10-0-%d-%d.ec2.internal", i/256, i%256) }

// newPods makes n pods as a decoder would leave them: each with strings and
// maps of its own, in a place of its own, in an order in which neighbours share
// neither namespace nor node.
func newPods(n int) []*corev1.Pod {
	// Without collections in between this takes half the time, and it is the
	// greater part of a process.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	pods := make([]*corev1.Pod, n)
	for i := range pods {
		pods[i] = newPod(n, i)
	}
	runtime.GC()
	return pods
}

func newPod(n, i int) *corev1.Pod {
	number := strconv.Itoa(i)
	workload := fmt.Sprintf("workload-%04d", i%5_000)
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:       namespaceName(i % namespaces(n)),
			Name:            fmt.Sprintf("%s-7d4b9c6f5d-%06d", workload, i),
			UID:             types.UID(fmt.Sprintf("3f1c9e52-8a7b-4f60-9d2e-%012d", i)),
			ResourceVersion: strconv.Itoa(1_000 + i),
			Labels: map[string]string{
				strings.Clone("app"):               strings.Clone(workload),
				strings.Clone("pod-template-hash"): strings.Clone("7d4b9c6f5d"),
			},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: strings.Clone("apps/v1"), Kind: strings.Clone("ReplicaSet"),
				Name: workload + "-7d4b9c6f5d", UID: types.UID("owner-" + number),
			}},
		},
		Spec: corev1.PodSpec{
			// A step that shares no divisor with the number of namespaces, so
			// that a node holds pods of many.
			NodeName:   nodeName(i * 7 / namespaces(n) % nodes(n)),
			Containers: []corev1.Container{{Name: strings.Clone("main"), Image: "registry.example/" + workload + ":v1"}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)},
	}
}

// successors returns a new state for each pod: another object, with another
// version, in the same namespace and on the same node.
func successors(pods []*corev1.Pod, version int) []*corev1.Pod {
	next := make([]*corev1.Pod, len(pods))
	for i, pod := range pods {
		next[i] = successor(pod, strconv.Itoa(version+i))
	}
	return next
}

// renumber gives pods that nobody looks at any more the versions from first on,
// in a few allocations.
func renumber(pods []*corev1.Pod, first int) {
	digits := make([]byte, 0, 20*len(pods))
	ends := make([]int, len(pods))
	for i := range pods {
		digits = strconv.AppendInt(digits, int64(first+i), 10)
		ends[i] = len(digits)
	}
	all, begin := string(digits), 0
	for i, pod := range pods {
		pod.ResourceVersion, begin = all[begin:ends[i]], ends[i]
	}
}

func successor(pod *corev1.Pod, version string) *corev1.Pod {
	next := *pod
	next.ResourceVersion = version
	return &next
}

// shuffled returns the pods in random order, the same in every process.
func shuffled(pods []*corev1.Pod) []*corev1.Pod {
	order := rand.New(rand.NewPCG(1, 2))
	mixed := append([]*corev1.Pod(nil), pods...)
	order.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return mixed
}

// byNode is the key function of the node index, for both.
func byNode(pod *corev1.Pod) (string, bool) { return pod.Spec.NodeName, pod.Spec.NodeName != "" }
