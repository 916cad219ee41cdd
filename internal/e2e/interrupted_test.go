// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// A watch that breaks goes on where it was, without a list.
func testCutConnection(t *testing.T, server *server) {
	ctx := deadline(t)
	var wire line
	namespace := server.namespace(ctx, t)
	reads := server.clientset(t, wire.use).CoreV1().Pods(namespace)
	writes := server.clientset(t).CoreV1().Pods(namespace)
	traffic := newTraffic(writes, newPod, 9)
	inf := informer.New(listwatch.FromClient[*corev1.Pod](reads), logged(t))
	run(ctx, t, 20, traffic)
	told, stop := start(ctx, t, inf)
	for range 3 {
		wire.cut()
		run(ctx, t, 20, traffic)
		settle(ctx, t, inf, told, latest(ctx, t, writes, metav1.ListOptions{}))
	}
	stop()
	if source := inf.Stats().Source; source.Relists != 0 || source.Watches < 4 {
		t.Errorf("the source was asked for %+v; want a watch after each cut, and no list", source)
	}
}

// The whole cluster is followed over a restart of its server. What happens up to
// the end and from the beginning on is noticed, and nothing is left behind.
func TestRestart(t *testing.T) {
	for _, list := range []struct {
		name  string
		plain bool
	}{{"streaming list", false}, {"plain list", true}} {
		t.Run(list.name, func(t *testing.T) {
			server := startServer(t)
			ctx := deadline(t)
			namespace := server.namespace(ctx, t)
			core := server.clientset(t).CoreV1()
			traffic := newTraffic(core.ConfigMaps(namespace), newConfigMap, 10)
			options := logged(t)
			options.NoStreamingList = list.plain
			options.Backoff, options.MaxBackoff = 100*time.Millisecond, time.Second // enough for a server that is down for seconds
			inf := informer.New(listwatch.FromClient[*corev1.ConfigMap](core.ConfigMaps("")), options)
			run(ctx, t, 50, traffic)
			told, stop := start(ctx, t, inf)
			for range 2 {
				run(ctx, t, 50, traffic)
				server.restart()
				run(ctx, t, 50, traffic)
				settle(ctx, t, inf, told, latest(ctx, t, core.ConfigMaps(""), metav1.ListOptions{}))
			}
			stop()
			awaitNoGoroutines(ctx, t)
		})
	}
}

// TestExpiredVersion has the server forget the version that an informer has to go
// on from: it answers the watch with 410, and the informer lists again.
func TestExpiredVersion(t *testing.T) {
	t.Parallel()
	// A watch cache would serve old versions for longer than a test may take.
	server := startServer(t, "--watch-cache=false", "--etcd-compaction-interval=5s")
	ctx := deadline(t)
	var wire line
	quiet, busy := server.namespace(ctx, t), server.namespace(ctx, t)
	reads := server.clientset(t, wire.use).CoreV1().ConfigMaps(quiet)
	core := server.clientset(t).CoreV1()
	traffic := newTraffic(core.ConfigMaps(quiet), newConfigMap, 11)
	inf := informer.New(listwatch.FromClient[*corev1.ConfigMap](reads), logged(t))
	run(ctx, t, 20, traffic)
	told, stop := start(ctx, t, inf)
	before := inf.Stats()

	run(ctx, t, 20, newTraffic(core.ConfigMaps(busy), newConfigMap, 12)) // so that there is something to forget
	awaitExpired(ctx, t, core.ConfigMaps(quiet), before.Version)
	wire.cut()
	run(ctx, t, 20, traffic)
	settle(ctx, t, inf, told, latest(ctx, t, core.ConfigMaps(quiet), metav1.ListOptions{}))
	stop()
	if after := inf.Stats().Source; before.Source.Relists != 0 || after.Relists != 1 {
		t.Errorf("the source was asked for %+v, then for %+v; want one relist", before.Source, after)
	}
}

// awaitExpired asks the server for an old version until it does not have it any
// more. It tells nobody when it forgets.
func awaitExpired[L runtime.Object](ctx context.Context, t *testing.T, client lister[L], version string) {
	t.Helper()
	await(ctx, t, "version "+version+" is still there", func() bool {
		_, err := client.List(ctx, metav1.ListOptions{
			ResourceVersion: version, ResourceVersionMatch: metav1.ResourceVersionMatchExact, Limit: 1,
		})
		if err != nil && !apierrors.IsResourceExpired(err) {
			t.Fatalf("list version %s: %v", version, err)
		}
		return err != nil
	})
}

// awaitNoGoroutines waits until no goroutine is in this library, or was started
// by it. Run has returned; what the last of them still has to do is to return too.
func awaitNoGoroutines(ctx context.Context, t *testing.T) {
	t.Helper()
	var left string
	await(ctx, t, "goroutines are left", func() bool {
		var stacks strings.Builder
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		left = ""
		for _, stack := range strings.Split(stacks.String(), "\n\n") {
			for _, name := range []string{"informer", "reflect", "listwatch", "queue"} {
				if strings.Contains(stack, "github.com/typedinformer/typedinformer/"+name+".") {
					left += stack + "\n\n"
				}
			}
		}
		return left == ""
	})
}

// await asks again and again; it is for what nobody tells.
func await(ctx context.Context, t *testing.T, failure string, done func() bool) {
	t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("%v: %s", context.Cause(ctx), failure)
		}
	}
}
