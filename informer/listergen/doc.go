// SPDX-License-Identifier: Apache-2.0

// Listergen writes typed informers and listers for the types of Go API packages,
// for an [informer.Group] to share.
//
//	go run github.com/typedinformer/typedinformer/informer/listergen@latest [flags] package...
//
// A package is a directory or an import path. With
//
//	//go:generate go tool listergen -index core/v1.Pod=spec.nodeName k8s.io/api/core/v1 k8s.io/api/apps/v1
//
// in a file of directory cluster, go generate writes cluster/informers, and a
// program says:
//
//	group := informer.NewGroup(informer.GroupOptions{})
//	all, err := informers.New(group, config)
//	pods := all.Core().V1().Pods().Lister()
//	deployments := all.Apps().V1().Deployments()
//	go group.Run(ctx)
//	err = group.WaitForSync(ctx)
//	web, err := pods.Get("shop", "web-0")
//	for pod := range pods.ByNodeName("node-7") { … }
//	registration, err := deployments.AddHandler(handler)
//
// For go tool to know the command, the module has it as a tool:
//
//	go get -tool github.com/typedinformer/typedinformer/informer/listergen@latest
//
// # Flags
//
//	-o dir
//		Write to this directory, which is made if it is not there; ./informers
//		unless given. Its last element is the name of the package in it.
//	-index [group/version.]Kind=path[,name=Name]
//		Add an index to a type whose package cannot be edited. It may be given
//		several times. In place of group and version there can be the end of
//		the import path.
//	-header file
//		Begin every file with the comments of this one, such as a license.
//
// # Packages
//
// An API package is one group version, with the markers that client-gen or
// kubebuilder read:
//
//	// +groupName=shop.example.com
//	package v1alpha1
//
//	// +genclient
//	// +informer:index=spec.colour
//	type Gadget struct {
//		metav1.TypeMeta   `json:",inline"`
//		metav1.ObjectMeta `json:"metadata"`
//		Spec              GadgetSpec `json:"spec"`
//	}
//
// Its group is what +groupName says above a package clause, or a constant
// GroupName; its version is the name of the package, or what +versionName=v1
// says. It has a function or variable AddToScheme, and deep copies. The accessor
// of the group is named after the first word of it, here Shop, or after
// +groupGoName=Shop.
//
// These types get an informer:
//
//   - those with +genclient, unless +genclient:noVerbs, onlyVerbs or skipVerbs
//     leave out list or watch;
//   - those with +kubebuilder:object:root=true and an ObjectMeta.
//
// Each needs a list type, such as GadgetList. The resource is the plural of the
// kind as the API machinery guesses it, unless +resourceName=gadgets or
// +kubebuilder:resource:path=gadgets says it. It is namespaced unless
// +genclient:nonNamespaced or +kubebuilder:resource:scope=Cluster is there.
//
// # Indexes
//
// A marker above a type adds an index by one of its fields:
//
//	// +informer:index=spec.nodeName
//	// +informer:index=spec.containers.image,name=Image
//	type Pod struct { … }
//
// The path is made of the names in JSON. The lister gets a method that is named
// after the last field, or after name, and takes what the field holds:
//
//	func (l PodLister) ByNodeName(nodeName string) iter.Seq[*corev1.Pod]
//
// Every object is in the index, those with an empty value too: ByNodeName("")
// has the pods that are on no node. The exception is a pointer on the path, or
// at its end, that is nil. A slice on the path, or at its end, makes an index
// with a value for each item. The field has to be comparable by what it says: no
// map, no pointer in it, and so no metav1.Time.
//
// # Output
//
//	informers/informers.go           Informers, New; Core().V1(), Apps().V1()
//	informers/corev1/informers.go    Informers of a group version
//	informers/corev1/client.go       how it talks to the server
//	informers/corev1/pod.go          PodInformer, PodLister
//
// An informer is acquired from the group when it is first asked for, and is then
// held. Acquire…, beside each accessor, acquires one of a namespace, of a
// selector or of a live set, for the caller to release. New also provides the
// resources to the group: informer.Get finds the same informers, and what a
// program gives to informer.Provide after New, such as the fake of a test, takes
// the place of the server.
//
// The same input gives the same bytes. A file that an earlier run has written and
// this one does not is removed; one that listergen has not written is never
// overwritten. All is checked first: on an error, nothing has been written.
//
// What is wrong is printed as file:line: message, all of it and sorted, and the
// exit code is 1. It is 2 if the command was called the wrong way.
//
// [informer.Group]: https://pkg.go.dev/github.com/typedinformer/typedinformer/informer#Group
package main
