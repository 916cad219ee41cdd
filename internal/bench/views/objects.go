// SPDX-License-Identifier: Apache-2.0

// Package views is what the measurements of derived views have in common. Those
// of istio's krt are in a module of their own, since nothing else should need
// what istio needs.
//
//	pods ──▶ Map ──▶ Address
//	pods ─┬▶ Join ──▶ Endpoints ──▶ GroupBy ──▶ Load
//	services
package views

import (
	"fmt"
	"iter"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A service has ten pods, a namespace ten services, and a node a hundred pods of
// as many services.
const (
	podsPerService       = 10
	servicesPerNamespace = 10
	podsPerNode          = 100
)

// Pods makes n pods of generation 1.
func Pods(n int) []*corev1.Pod {
	pods := make([]*corev1.Pod, n)
	for i := range pods {
		pods[i] = &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: namespace(i / podsPerService),
				Name:      fmt.Sprintf("%s-7d4b9c6f5d-%06d", service(i/podsPerService), i),
				Labels:    map[string]string{"app": service(i / podsPerService)},
			},
			Spec:   corev1.PodSpec{NodeName: node(i % nodes(n))},
			Status: corev1.PodStatus{PodIP: fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)},
		}
	}
	advance(pods, 1)
	return pods
}

// Services makes the services of n pods.
func Services(n int) []*corev1.Service {
	services := make([]*corev1.Service, n/podsPerService)
	for i := range services {
		services[i] = &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace(i), Name: service(i), ResourceVersion: "1"},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": service(i)}},
		}
	}
	return services
}

func namespace(ofService int) string { return fmt.Sprintf("team-%03d", ofService/servicesPerNamespace) }
func service(i int) string           { return fmt.Sprintf("workload-%04d", i) }
func node(i int) string              { return fmt.Sprintf("ip-10-0-%d-%d.ec2.internal", i/256, i%256) }
func nodes(n int) int                { return max(1, n/podsPerNode) }

// advance gives pods that nobody looks at any more another generation, and with
// it a later version.
func advance(pods []*corev1.Pod, generation int64) {
	for i, pod := range pods {
		pod.Generation = generation
		pod.ResourceVersion = strconv.FormatInt(generation*1_000_000+int64(i), 10)
	}
}

// Address is what is made of each pod.
type Address struct {
	Namespace, Name, Node, IP string
	Generation                int64
}

func AddressOf(pod *corev1.Pod) Address {
	return Address{pod.Namespace, pod.Name, pod.Spec.NodeName, pod.Status.PodIP, pod.Generation}
}

// ResourceName is the key that krt wants.
func (a Address) ResourceName() string { return a.Namespace + "/" + a.Name }

// App is what pods and services are joined by.
func App(pod *corev1.Pod) string                 { return pod.Labels["app"] }
func SelectedApp(service *corev1.Service) string { return service.Spec.Selector["app"] }

// Endpoints are what is made of a service and its pods.
type Endpoints struct {
	Namespace, Name   string
	Pods, Generations int64
}

func EndpointsOf(service *corev1.Service, pods iter.Seq[*corev1.Pod]) Endpoints {
	e := Endpoints{Namespace: service.Namespace, Name: service.Name}
	for pod := range pods {
		e.Pods++
		e.Generations += pod.Generation
	}
	return e
}

func (e Endpoints) ResourceName() string { return e.Namespace + "/" + e.Name }

// Load is what is made of the endpoints of a namespace.
type Load struct {
	Namespace         string
	Pods, Generations int64
}

func LoadOf(namespace string, all iter.Seq[Endpoints]) Load {
	l := Load{Namespace: namespace}
	for e := range all {
		l.Pods += e.Pods
		l.Generations += e.Generations
	}
	return l
}

func (l Load) ResourceName() string { return l.Namespace }

// Same says whether a result is what it was before.
func Same[T comparable](a, b T) bool { return a == b }
