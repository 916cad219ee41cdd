// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/informer"
)

func TestDebugPageIsServed(t *testing.T) {
	clientset, err := kubernetes.NewForConfig(newServer().RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	group := informer.NewGroup(informer.GroupOptions{})
	provide(group, clientset)
	journal, err := newJournal(group, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.release()
	ctx, cancel := context.WithCancel(t.Context())
	said, ended := make(chan string, 1), make(chan error)
	go func() {
		ended <- serveDebug(ctx, "127.0.0.1:0", group, func(format string, args ...any) { said <- fmt.Sprintf(format, args...) })
	}()
	answer, err := http.Get(strings.Fields(<-said)[1])
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(page), "deployments.apps") {
		t.Errorf("%v:\n%s", err, page)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("serveDebug: %v", err)
	}
}

func TestDebugPageIsForThisMachineAlone(t *testing.T) {
	for address, wrong := range map[string]string{
		"127.0.0.1:8080": "", "[::1]:8080": "",
		":8080": "others may reach", "0.0.0.0:8080": "others may reach", "192.0.2.1:8080": "others may reach", "localhost": "missing port",
	} {
		err := loopback(address)
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: %v, want %q", address, err, wrong)
		}
	}
}
