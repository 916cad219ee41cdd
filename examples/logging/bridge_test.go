// SPDX-License-Identifier: Apache-2.0

// Package logging_test shows how informers log where a program logs: with slog,
// with klog, or with any other logger of logr, and what the lines of a bad day look
// like there.
//
//	go test -v ./logging
package logging_test

import (
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// A program with klog has the lines of its informers among its own, with the
// severity and the flags of klog.
func Example_toKlog() {
	clientset := kubernetes.NewForConfigOrDie(&rest.Config{})
	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{
		Logger: toLogr(klog.Background()),
	})
	_ = pods
}

// toLogr makes a slog.Logger of one of logr: klog.Background(), klog.FromContext(ctx),
// or that of controller-runtime, once it has been set.
func toLogr(logger logr.Logger) *slog.Logger {
	return slog.New(logr.ToSlogHandler(logger))
}

// All informers of a program that say nothing of a logger log with slog's default.
func Example_allToKlog() {
	before := slog.Default()
	defer slog.SetDefault(before) // a program leaves it set
	slog.SetDefault(slog.New(logr.ToSlogHandler(klog.Background())))
}

// A program with slog has the lines of client-go, which logs with klog, among its
// own. It is this or the one above: together they hand a line round and round.
func Example_klogToSlog() {
	state := klog.CaptureState()
	defer state.Restore() // a program leaves it set
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: timeless}))
	klog.SetSlogLogger(logger)
	klog.InfoS("Waiting for caches to sync", "controller", "shop")
	klog.Warning("an unstructured line, as there are many")
	// Output:
	// level=INFO msg="Waiting for caches to sync" controller=shop
	// level=INFO msg="an unstructured line, as there are many"
}

// timeless leaves the time out.
func timeless(groups []string, attribute slog.Attr) slog.Attr {
	if len(groups) == 0 && attribute.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attribute
}

// A group has one logger for all of its informers, unless a provider has options of
// its own.
func Example_group() {
	logger := slog.New(slog.NewJSONHandler(os.Stderr, nil)).With("component", "informers")
	group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{Logger: logger}})
	_ = group
}
