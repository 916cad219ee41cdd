// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
)

// A conversation is what one client says to a server, in order. All servers have
// to answer it in the same way. It has a namespace to itself, and begins with no
// objects but those that it makes.
type conversation struct {
	name  string
	steps []step
	// differs says why the fake answers in another way, which it may; empty if it
	// has to answer as a server does.
	differs string
}

// A step is a request, or the reading of a watch that an earlier one has opened.
// Names in braces stand for what differs from server to server: see newPartner,
// and keep.
type step struct {
	do     string // method and path with query, as in "GET {configmaps}?limit=2"
	accept string // "" means JSON, none no header at all
	sends  string // the type of the body; "" means JSON
	body   string
	keep   string // "name=path.in.the.answer …": what later steps name in braces

	open   string // the answer is a watch that stays open under this name
	read   string // the watch to read from, with no request
	events int    // how many events to read, of a watch that is opened or read
	toEnd  bool   // read all events until the server ends the watch
	// changes passes bookmarks over: a server sends them when it likes.
	changes bool
	forget  bool // the server forgets its past; there is no request
}

const none = "none"

// An answer is what came of a step.
type answer struct {
	asked  string
	status int
	header http.Header
	// content are the parts of the body: the events of a watch, or one alone.
	content []any
	ended   bool // a watch has ended
}

// A partner is a client in the middle of a conversation.
type partner struct {
	t      *testing.T
	ctx    context.Context
	client *http.Client
	host   string
	forget func() // makes the server forget the past

	names   map[string]string
	streams map[string]*frames
}

// newPartner returns the client that a config makes, with a namespace to talk
// about.
func newPartner(ctx context.Context, t *testing.T, config *rest.Config, namespace string) *partner {
	t.Helper()
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return &partner{
		t: t, ctx: ctx, client: client, host: config.Host,
		streams: map[string]*frames{},
		names: map[string]string{
			"ns":         namespace,
			"configmaps": "/api/v1/namespaces/" + namespace + "/configmaps",
			"pods":       "/api/v1/namespaces/" + namespace + "/pods",
			"robots":     "/apis/toys.example.com/v1/namespaces/" + namespace + "/robots",
			"roles":      "/apis/rbac.authorization.k8s.io/v1/clusterroles",
		},
	}
}

// hold holds a conversation.
func (p *partner) hold(c conversation) []answer {
	p.t.Helper()
	defer p.hangUp()
	var answers []answer
	for i, s := range c.steps {
		a, err := p.take(s)
		if err != nil {
			p.t.Fatalf("%s, step %d, %s: %v", c.name, i+1, s.title(), err)
		}
		answers = append(answers, a)
	}
	return answers
}

func (p *partner) hangUp() {
	for _, stream := range p.streams {
		_ = stream.body.Close() // nobody wants the rest
	}
}

func (s step) title() string {
	title := s.do
	switch {
	case s.read != "":
		title = "(the watch " + s.read + " goes on)"
	case s.forget:
		title = "(the server forgets its past)"
	}
	for _, header := range []struct{ name, value string }{{"Accept", s.accept}, {"Content-Type", s.sends}} {
		if header.value != "" {
			title += "\n" + header.name + ": " + header.value
		}
	}
	if s.body != "" {
		title += "\n" + s.body
	}
	return title
}

func (p *partner) take(s step) (answer, error) {
	switch {
	case s.forget:
		p.forget()
		return answer{asked: s.title()}, nil
	case s.read != "":
		return p.follow(answer{asked: s.title()}, p.streams[s.read], s)
	}
	response, err := p.request(s)
	if err != nil {
		return answer{}, err
	}
	a := answer{asked: s.title(), status: response.StatusCode, header: response.Header}
	if response.StatusCode == http.StatusOK && (s.open != "" || s.events > 0 || s.toEnd) {
		stream := newFrames(response)
		if s.open != "" {
			p.streams[s.open] = stream
		} else {
			defer response.Body.Close()
		}
		return p.follow(a, stream, s)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return a, err
	}
	content, err := decodeBody(response.Header.Get("Content-Type"), body)
	if err != nil {
		return a, err
	}
	if content != nil {
		a.content = []any{content}
	}
	return a, p.keepFrom(content, s.keep)
}

func (p *partner) request(s step) (*http.Response, error) {
	method, path, _ := strings.Cut(p.fill(s.do), " ")
	request, err := http.NewRequestWithContext(p.ctx, method, p.host+path, strings.NewReader(p.fill(s.body)))
	if err != nil {
		return nil, err
	}
	if s.accept == "" {
		request.Header.Set("Accept", "application/json")
	} else if s.accept != none {
		request.Header.Set("Accept", s.accept)
	}
	if s.sends != "" {
		request.Header.Set("Content-Type", s.sends)
	} else if s.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return p.client.Do(request)
}

// follow reads of a watch what the step wants.
func (p *partner) follow(a answer, stream *frames, s step) (answer, error) {
	for s.toEnd || len(a.content) < s.events {
		event, err := stream.next()
		if err == io.EOF && s.toEnd {
			a.ended = true
			break
		}
		if err != nil {
			return a, fmt.Errorf("after the events %v: %w", a.content, err)
		}
		if s.changes && isBookmark(event) {
			continue
		}
		a.content = append(a.content, event)
	}
	if len(a.content) == 0 {
		return a, nil
	}
	return a, p.keepFrom(a.content[len(a.content)-1], s.keep)
}

func isBookmark(event any) bool {
	fields, _ := event.(map[string]any)
	return fields["type"] == "BOOKMARK"
}

// fill puts in what the names in braces stand for.
func (p *partner) fill(text string) string {
	for name, value := range p.names {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// keepFrom gives names to parts of an answer.
func (p *partner) keepFrom(content any, wanted string) error {
	for _, each := range strings.Fields(wanted) {
		name, path, _ := strings.Cut(each, "=")
		value := content
		for part := range strings.SplitSeq(path, ".") {
			fields, _ := value.(map[string]any)
			value = fields[part]
		}
		text, ok := value.(string)
		if !ok {
			all, _ := json.Marshal(content)
			return fmt.Errorf("there is no text at %s of %s", path, all)
		}
		p.names[name] = text
	}
	return nil
}
