// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// The server is a process of its own, so that its processor time and its heap are
// none of the client's: this binary again, with what it is to serve in the
// environment. It reads steps from its input and ends with it, so it does not
// outlive whoever has started it. Its first line of output says how to reach it,
// each line after that that somebody has asked for what there is.

var http1 = flag.Bool("http1", false, "serve pods over HTTP/1.1 without TLS, not over HTTP/2 with it")

// serverVariable holds what the server is to be, and makes one of this binary.
const serverVariable = "TYPEDINFORMER_BENCH_SERVER"

type restServing struct {
	Encoding string
	Pods     int
	HTTP1    bool
}

// restAddress is how a server is reached.
type restAddress struct {
	Host string
	CA   []byte
}

// serveRest serves until the input ends.
func serveRest(serving string, input io.Reader, output io.Writer) error {
	var what restServing
	if err := json.Unmarshal([]byte(serving), &what); err != nil {
		return fmt.Errorf("reading what to serve: %w", err)
	}
	format, ok := wireFormats[what.Encoding]
	if !ok {
		return fmt.Errorf("there is no encoding %q", what.Encoding)
	}
	state, err := newRestState(format, what.Pods)
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // after what was left behind so far, there is little
	lines := &locked{to: json.NewEncoder(output)}
	server := httptest.NewUnstartedServer(restHandler{restState: state, asked: func() { lines.write("asked") }})
	address := restAddress{}
	if what.HTTP1 {
		server.Start()
	} else {
		server.EnableHTTP2 = true
		server.StartTLS()
		address.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	}
	address.Host = server.URL
	lines.write(address)
	steps := json.NewDecoder(input)
	for {
		var step restStep
		if err := steps.Decode(&step); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a step: %w", err)
		}
		state.take(step)
	}
}

// locked writes lines for several goroutines.
type locked struct {
	mu sync.Mutex
	to *json.Encoder // guarded by mu
}

// write does not fail: where nobody reads any more, the input has ended too.
func (l *locked) write(line any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.to.Encode(line)
}

// restServer is a server that runs.
type restServer struct {
	config *rest.Config  // without an encoding
	asked  chan struct{} // told of each request for what there is
	steps  *json.Encoder
	stop   func()
}

// startRestServer starts a server.
func startRestServer(tb testing.TB, serving restServing) *restServer {
	tb.Helper()
	what, err := json.Marshal(serving)
	if err != nil {
		tb.Fatal(err)
	}
	binary, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), serverVariable+"="+string(what))
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	s := &restServer{steps: json.NewEncoder(input), asked: make(chan struct{}, 100)}
	var address restAddress
	read := json.NewDecoder(output)
	if err := read.Decode(&address); err != nil {
		tb.Fatalf("the server did not say where it is: %v", err)
	}
	s.config = &rest.Config{Host: address.Host, QPS: -1, TLSClientConfig: rest.TLSClientConfig{CAData: address.CA}}
	var reading sync.WaitGroup
	reading.Go(func() {
		for line := ""; read.Decode(&line) == nil; {
			s.asked <- struct{}{}
		}
	})
	s.stop = func() {
		input.Close()
		reading.Wait()
		if err := command.Wait(); err != nil {
			tb.Errorf("the server has ended with: %v", err)
		}
	}
	return s
}

// take has the server take a step.
func (s *restServer) take(tb testing.TB, step restStep) {
	tb.Helper()
	if err := s.steps.Encode(step); err != nil {
		tb.Fatalf("telling the server of a step: %v", err)
	}
}

// wasAsked waits until somebody has asked for what there is.
func (s *restServer) wasAsked(tb testing.TB) {
	tb.Helper()
	select {
	case <-s.asked:
	case <-time.After(tooLong):
		tb.Fatalf("nobody has asked the server for what there is after %v", tooLong)
	}
}
