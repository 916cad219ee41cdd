// SPDX-License-Identifier: Apache-2.0

package logging_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// What is tried again is a warning, once for each way in which it fails, however
// often it does. What costs an object or an event is an error. That all is well
// again is told once too, and says how long it has taken.
func TestLinesOfABadDay(t *testing.T) {
	const (
		down      = `reflect: pods: streaming list at version .* failed \(1 in a row\), streaming list follows in .*connection refused; is the server up, and is it the one that is meant\?`
		forbidden = `reflect: pods: streaming list at version .* failed \(\d+ in a row\), streaming list follows in .*; who asks needs the verbs list and watch on this resource`
		broken    = `listwatch: pods .*shop/web-0.* at version \d+: transform: the label app is missing; .*`
		panicked  = `informer: pods: handler .*handler-1.* panicked, and goes on with the next event: a bug\\ngoroutine .*`
	)
	for _, test := range []struct {
		name string
		day  func(t *testing.T) (lines string)
		want []string
	}{
		{"slog", withSlog, []string{
			`level=WARN msg="informer: the source has failed, and is tried again" resource=pods phase="streaming list" error="` + down + `"`,
			`level=WARN msg="informer: the source has failed, and is tried again" resource=pods phase="streaming list" error="` + forbidden + `"`,
			`level=INFO msg="informer: the source serves again" resource=pods failures=\d+ after=2m\S+`,
			`level=ERROR msg="informer: an object cannot be used" resource=pods key=shop/web-0 error="` + broken + `"`,
			`level=INFO msg="informer: an object can be used again, or is gone" resource=pods key=shop/web-0`,
			`level=ERROR msg="informer: a handler has panicked" resource=pods error="` + panicked + `"`,
		}},
		{"klog", withKlog, []string{
			`W0101 00:00:00.000000 +\d+ journal.go:\d+\] "informer: the source has failed, and is tried again" resource="pods" phase="streaming list" error="` + down + `"`,
			`W0101 00:01:\S+ +\d+ journal.go:\d+\] "informer: the source has failed, and is tried again" resource="pods" phase="streaming list" error="` + forbidden + `"`,
			`I0101 00:02:\S+ +\d+ journal.go:\d+\] "informer: the source serves again" resource="pods" failures=\d+ after="2m\S+"`,
			`E0101 00:04:00.000000 +\d+ journal.go:\d+\] "informer: an object cannot be used" resource="pods" key="shop/web-0" error="` + broken + `"`,
			`I0101 00:04:00.000000 +\d+ journal.go:\d+\] "informer: an object can be used again, or is gone" resource="pods" key="shop/web-0"`,
			`E0101 00:04:00.000000 +\d+ journal.go:\d+\] "informer: a handler has panicked" resource="pods" error="` + panicked + `"`,
		}},
		// Warnings of slog are information of level 0 in logr, which has no such thing.
		{"logr", withLogr, []string{
			`"level"=0 "msg"="informer: the source has failed, and is tried again" "resource"="pods" "phase"="streaming list" "error"="` + down + `"`,
			`"level"=0 "msg"="informer: the source has failed, and is tried again" "resource"="pods" "phase"="streaming list" "error"="` + forbidden + `"`,
			`"level"=0 "msg"="informer: the source serves again" "resource"="pods" "failures"=\d+ "after"="2m\S+"`,
			`"msg"="informer: an object cannot be used" "error"=null "resource"="pods" "key"="shop/web-0" "error"="` + broken + `"`,
			`"level"=0 "msg"="informer: an object can be used again, or is gone" "resource"="pods" "key"="shop/web-0"`,
			`"msg"="informer: a handler has panicked" "error"=null "resource"="pods" "error"="` + panicked + `"`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := strings.Split(strings.TrimSpace(test.day(t)), "\n")
			for i, line := range lines {
				t.Logf("%.300s", line)
				if i < len(test.want) && !regexp.MustCompile("^"+test.want[i]+"$").MatchString(line) {
					t.Errorf("line %d is\n%s\nwant\n%s", i+1, line, test.want[i])
				}
			}
			if len(lines) != len(test.want) {
				t.Errorf("there are %d lines, want %d", len(lines), len(test.want))
			}
		})
	}
}

func withSlog(t *testing.T) string {
	var out bytes.Buffer
	play(t, slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: timeless})))
	return out.String()
}

func withKlog(t *testing.T) string {
	state := klog.CaptureState()
	defer state.Restore()
	var out bytes.Buffer
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	klog.SetOutputBySeverity("INFO", &out) // which has the others too
	play(t, toLogr(klog.Background()))
	klog.Flush()
	return out.String()
}

func withLogr(t *testing.T) string {
	var mu sync.Mutex // guards out: lines come from several goroutines
	var out strings.Builder
	play(t, toLogr(funcr.New(func(_, line string) {
		mu.Lock()
		defer mu.Unlock()
		out.WriteString(line + "\n")
	}, funcr.Options{})))
	return out.String()
}

// play has an informer see a bad day: a minute in which the server is down, one in
// which it forbids, a pod that cannot be used, and a handler with a bug.
func play(t *testing.T, logger *slog.Logger) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(fake.Resource[*corev1.Pod]("", "v1", "pods"))
		clientset, err := kubernetes.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		pods := clientset.CoreV1().Pods("shop")
		inf := informer.New(listwatch.Map(listwatch.FromClient[*corev1.Pod](pods), labeled), informer.Options{Logger: logger})
		if _, err := inf.AddHandler(informer.HandlerFuncs[*corev1.Pod]{OnUpdate: func(_, _ *corev1.Pod) { panic("a bug") }}); err != nil {
			t.Fatal(err)
		}
		server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Refuse: true}}}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- inf.Run(ctx) }()
		time.Sleep(time.Minute)
		server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
		time.Sleep(time.Minute)
		server.Play(fake.Script{})
		time.Sleep(2 * time.Minute)
		pod, err := pods.Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web-0"}}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, app := range []string{"web", "db"} {
			synctest.Wait()
			pod.Labels = map[string]string{"app": app}
			if pod, err = pods.Update(ctx, pod, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

var errNoApp = errors.New("the label app is missing")

func labeled(pod *corev1.Pod) (*corev1.Pod, error) {
	if pod.Labels["app"] == "" {
		return nil, errNoApp
	}
	return pod, nil
}
