// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
)

var bothWeights = regexp.MustCompile(`  300 pods\nA pod takes (\d+) bytes of memory in this cache, and would take (\d+) without --slim \(the mean of 300\)\.\n\nNAMESPACE  PODS  NODE    PODS\n`)

func TestSlimSaysWhatAPodTakes(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--slim", "--once", "--pods", "300", "--rate", "0.001", "--kubeconfig", ""}, &out); err != nil {
		t.Fatal(err)
	}
	found := bothWeights.FindStringSubmatch(out.String())
	if found == nil {
		t.Fatalf("printed %q, want it to match %v", out.String(), bothWeights)
	}
	slim, _ := strconv.Atoi(found[1])
	full, _ := strconv.Atoi(found[2])
	if slim < 100 || 4*slim >= full {
		t.Errorf("a pod takes %d bytes, and %d without --slim, want less than a quarter of that", slim, full)
	}
}

// What is weighed comes when it is there, and the table does not wait for it.
func TestSlimFollows(t *testing.T) {
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(t.Context(), []string{"--slim", "--interval", "10ms", "--rate", "500", "--kubeconfig", ""}, in)
		in.CloseWithError(err)
		ended <- err
	}()
	awaited := []string{"A pod takes ", " on node-"}
	for lines := bufio.NewScanner(out); len(awaited) > 0 && lines.Scan(); {
		if strings.Contains(lines.Text(), awaited[0]) {
			awaited = awaited[1:]
		}
	}
	out.Close() // which ends the program
	if err := <-ended; err != io.ErrClosedPipe || len(awaited) > 0 {
		t.Errorf("run = %v, want %v; not printed: %q", err, io.ErrClosedPipe, awaited)
	}
}

func TestWhatCannotBeWeighed(t *testing.T) {
	empty := httptest.NewServer(fake.NewAPIServer(fake.Resource[*corev1.Pod]("", "v1", "pods")).Handler())
	defer empty.Close()
	down := httptest.NewServer(nil)
	down.Close()
	for server, want := range map[string]string{
		empty.URL: "What a pod takes is not known: there is none.\n",
		down.URL:  "connection refused\n",
	} {
		config := &rest.Config{Host: server}
		slim, err := slimPods(config, options{})
		if err != nil {
			t.Fatal(err)
		}
		full, err := fullPods(config, options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := compareWeights(t.Context(), slim, full); !strings.HasPrefix(got, "What a pod takes is not known: ") || !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
