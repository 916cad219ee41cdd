// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

func TestObserveWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		source, err := fake.SourceOf[*corev1.Pod](server, pods)
		if err != nil {
			t.Fatal(err)
		}
		inf := informer.New(fake.ListWatcher[*corev1.Pod](server, pods), quiet)
		stop := run(t, inf.Run)
		collector := metrics.NewCollector(metrics.Options{})
		settle(time.Second)

		created, err := source.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
		if err != nil {
			t.Fatal(err)
		}
		wait := func(ctx context.Context, version string) error {
			return collector.ObserveWait(ctx, "test", func(ctx context.Context) error { return inf.WaitForVersion(ctx, version) })
		}
		if err := wait(t.Context(), created.ResourceVersion); err != nil {
			t.Error(err)
		}
		soon, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := wait(soon, "4711"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		gone, leave := context.WithCancelCause(t.Context())
		leave(errors.New("nobody asks any more"))
		if err := wait(gone, "4711"); err == nil {
			t.Error("no error")
		}
		stop()
		var failure *informer.VersionError
		if err := wait(t.Context(), "4711"); !errors.As(err, &failure) {
			t.Errorf("error %v", err)
		}

		want := map[string]float64{}
		for result, seconds := range map[string]float64{"reached": 0, "timeout": 3, "canceled": 0, "failed": 0} {
			labels := "{result=" + result + ",waiter=test}"
			want["wait_for_version_seconds_sum"+labels], want["wait_for_version_seconds_count"+labels] = seconds, 1
		}
		if diff := cmp.Diff(want, of(gather(t, collector), "wait_for_version_seconds_sum", "wait_for_version_seconds_count")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
