// SPDX-License-Identifier: Apache-2.0

// Quickstart is the program in the README: it follows the pods of the cluster in
// KUBECONFIG.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := follow(ctx, kubernetes.NewForConfigOrDie(config)); err != nil {
		log.Fatal(err)
	}
}

func follow(ctx context.Context, clientset kubernetes.Interface) error {
	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
	_, err := pods.AddHandler(informer.HandlerFuncs[*corev1.Pod]{
		OnAdd:    func(pod *corev1.Pod, initial bool) { fmt.Println("+", pod.Name, initial) },
		OnUpdate: func(old, pod *corev1.Pod) { fmt.Println("~", pod.Name, old.Status.Phase, pod.Status.Phase) },
		OnDelete: func(last *corev1.Pod, final bool) { fmt.Println("-", last.Name, final) },
	})
	if err != nil {
		return err
	}
	return pods.Run(ctx) // until ctx is done; errors on the way are logged, or go to Options.OnError
}
