// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeapi returns the program that runs an API server: the one that KUBEAPI
// names, as make e2e does, or one that is built, which takes minutes the first
// time. It is called once.
var kubeapi = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("KUBEAPI"); path != "" {
		return path, nil
	}
	path, err := filepath.Abs("../../.bin/kubeapi")
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("make", "-C", "../..", path).CombinedOutput(); err != nil {
		return "", fmt.Errorf("make kubeapi: %w\n%s", err, out)
	}
	return path, nil
})

// A server is an API server beside the test.
type server struct {
	t       *testing.T
	dir     string
	flags   []string // of kube-apiserver
	program *exec.Cmd
	stdin   io.Closer // the program ends with it, should the test die
	errors  *strings.Builder

	kubeconfig string
	config     *rest.Config
}

// startServer starts an API server and waits until it is ready. It ends with the
// test. The tests of one server have a namespace each.
func startServer(t *testing.T, flags ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), flags: flags}
	t.Cleanup(s.stop)
	s.start(0)
	return s
}

// restart ends the server and starts it anew, with the same data and address.
func (s *server) restart() {
	s.t.Helper()
	s.stop()
	s.start(s.port())
}

func (s *server) port() (port int) {
	address, err := url.Parse(s.config.Host)
	if err == nil {
		_, err = fmt.Sscan(address.Port(), &port)
	}
	if err != nil {
		s.t.Fatalf("the port of %s: %v", s.config.Host, err)
	}
	return port
}

func (s *server) start(port int) {
	s.t.Helper()
	path, err := kubeapi()
	if err != nil {
		s.t.Fatal(err)
	}
	s.errors = new(strings.Builder)
	s.program = exec.Command(path, append([]string{
		"-stdin", "-dir", s.dir, "-port", fmt.Sprint(port), "-log", s.log(), "--",
	}, s.flags...)...)
	s.program.Stderr = s.errors
	stdout, err := s.program.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if s.stdin, err = s.program.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	if err := s.program.Start(); err != nil {
		s.t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = s.program.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	late.Stop()
	if err != nil {
		s.stop()
		s.t.Fatalf("the server did not become ready within %v: %v", patience, err)
	}
	s.kubeconfig = strings.TrimSpace(line)
	if s.config, err = clientcmd.BuildConfigFromFlags("", s.kubeconfig); err != nil {
		s.t.Fatal(err)
	}
	s.config.QPS = -1 // no limit
}

func (s *server) log() string { return filepath.Join(s.dir, "log") }

// stop ends the server, if it runs, and waits until it has ended.
func (s *server) stop() {
	s.t.Helper()
	if s.program == nil || s.program.Process == nil {
		return
	}
	_ = s.program.Process.Signal(syscall.SIGTERM) // it may have ended, which Wait tells
	late := time.AfterFunc(patience, func() { _ = s.program.Process.Kill() })
	err := s.program.Wait()
	late.Stop()
	_ = s.stdin.Close()
	s.program = nil
	if err != nil {
		s.t.Errorf("kubeapi: %v\n%sthe end of its log:\n%s", err, s.errors, s.tail())
	}
}

// tail returns the end of the log.
func (s *server) tail() string {
	const enough = 4000
	log, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-enough):])
}

// clientset returns a clientset for the server, or one that differs from that as
// change says.
func (s *server) clientset(t *testing.T, change ...func(*rest.Config)) *kubernetes.Clientset {
	t.Helper()
	config := rest.CopyConfig(s.config)
	for _, change := range change {
		change(config)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return clientset
}

// namespace makes a namespace for one test. Nobody removes it: it takes a
// controller to empty one, and the server goes soon.
func (s *server) namespace(ctx context.Context, t *testing.T) string {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}
	made, err := s.clientset(t).CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("make a namespace for the test: %v", err)
	}
	return made.Name
}
