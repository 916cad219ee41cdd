// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"k8s.io/client-go/rest"
)

// A request is what was asked and how it was answered.
type request struct {
	what        string // "list", "watch", "streaming list", "write"
	status      int
	contentType string
}

// requests are those that went through a client, in the order of their answers.
type requests struct {
	mu  sync.Mutex // guards all
	all []request
}

// record has the clients of a config write down what they ask.
func (r *requests) record(config *rest.Config) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return recorder{r, next} })
}

// reads returns the different requests that were not writes.
func (r *requests) reads() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	var reads []request
	for _, each := range r.all {
		if each.what != "write" && !slices.Contains(reads, each) {
			reads = append(reads, each)
		}
	}
	return reads
}

// A recorder is the transport that writes down.
type recorder struct {
	requests *requests
	next     http.RoundTripper
}

func (r recorder) RoundTrip(asked *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(asked)
	if err != nil {
		return nil, err
	}
	contentType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	r.requests.mu.Lock()
	defer r.requests.mu.Unlock()
	r.requests.all = append(r.requests.all, request{kindOf(asked), response.StatusCode, contentType})
	return response, nil
}

func kindOf(asked *http.Request) string {
	query := asked.URL.Query()
	switch {
	case asked.Method != http.MethodGet:
		return "write"
	case query.Get("sendInitialEvents") == "true":
		return "streaming list"
	case query.Get("watch") != "":
		return "watch"
	}
	return "list"
}
