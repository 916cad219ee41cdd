// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// buildExample builds an example to run, so that it can be sent a signal, with the
// race detector, as all it needs has been built for the tests. It has no deadline:
// with cold caches it takes minutes.
func buildExample(t *testing.T, name string) string {
	t.Helper()
	return build(t, name, "build", "-race")
}

// build runs a command of go that writes a program.
func build(t *testing.T, name string, command ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := append([]string{"-C", "../../examples"}, command...)
	if out, err := exec.Command("go", append(args, "-o", path, "./"+name)...).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// example returns a command that finds the server in KUBECONFIG.
func (s *server) example(t *testing.T, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(deadline(t), name, args...)
	command.Env = append(os.Environ(), "KUBECONFIG="+s.kubeconfig)
	command.Stderr = t.Output()
	return command
}

func createPod(t *testing.T, server *server, namespace, name, node string) {
	t.Helper()
	pod := newPod(name)
	pod.Spec.NodeName = node
	if _, err := server.clientset(t).CoreV1().Pods(namespace).Create(deadline(t), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func testPodwatch(t *testing.T, server *server) {
	namespace := server.namespace(deadline(t), t)
	createPod(t, server, namespace, "web-0", "node-7")
	createPod(t, server, namespace, "web-1", "node-7")
	out, err := server.example(t, buildExample(t, "podwatch"), "--once", "--namespace", namespace).Output()
	if err != nil {
		t.Fatalf("podwatch: %v\n%s", err, out)
	}
	for _, said := range []string{namespace, "node-7", "2"} {
		if !strings.Contains(string(out), said) {
			t.Errorf("podwatch does not say %s:\n%s", said, out)
		}
	}
}

// Quickstart follows all namespaces until it is interrupted.
func testQuickstart(t *testing.T, server *server) {
	command := server.example(t, buildExample(t, "quickstart"))
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	namespace := server.namespace(deadline(t), t)
	createPod(t, server, namespace, "quick", "")
	heard := false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "+ quick ") {
			heard = true
			if err := command.Process.Signal(syscall.SIGINT); err != nil {
				t.Error(err)
			}
		}
	}
	if err := command.Wait(); err != nil || !heard {
		t.Errorf("quickstart ended with %v; the pod was heard of: %v", err, heard)
	}
}

// The controller example has a test of its own for a server.
func testController(t *testing.T, server *server) {
	program := build(t, "controller", "test", "-c", "-race", "-tags", "e2e")
	command := server.example(t, program, "-test.run", "^TestOnAServer$")
	command.Env = append(command.Env, "NAMESPACE="+server.namespace(deadline(t), t))
	out, err := command.Output()
	if err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
