// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/typedinformer/typedinformer/store"
)

// debugHandler is what [DebugHandler] returns. Links and forms are made of queries
// alone, so that it need not know where it is mounted.
type debugHandler struct {
	group   *Group
	options DebugOptions
	page    *debugPage
}

func (h *debugHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", h.page.policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Vary", "Accept")
	query := r.URL.Query()
	reply := debugReply{w, query.Get("format") == "json" || query.Get("format") == "" && prefersJSON(r)}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		reply.fail(http.StatusMethodNotAllowed, errReadOnly)
		return
	}
	h.answer(reply, query)
}

var errReadOnly = errors.New("the page is for reading: ask with GET or HEAD")

// prefersJSON reports whether a request asks for JSON, and no browser does.
func prefersJSON(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func (h *debugHandler) answer(reply debugReply, query url.Values) {
	switch format := query.Get("format"); format {
	case "", "json", "html":
	default:
		reply.fail(http.StatusBadRequest, fmt.Errorf("there is no format %q: html or json", format))
		return
	}
	if query.Get("informer") == "" && query.Get("key") != "" {
		reply.fail(http.StatusBadRequest, errors.New("a key is searched for in one informer: say which, as informer"))
		return
	}
	if query.Get("informer") == "" {
		overview := h.overview()
		reply.send(overview, func() ([]byte, error) { return h.page.render("overview", overview) })
		return
	}
	details, status, err := h.details(query.Get("informer"), query.Get("key"))
	if err != nil {
		reply.fail(status, err)
		return
	}
	reply.send(details, func() ([]byte, error) { return h.page.render("details", details) })
}

// overview looks at all informers.
func (h *debugHandler) overview() debugOverview {
	overview := debugOverview{Time: time.Now(), Informers: []debugSummary{}}
	for _, subject := range h.subjects() {
		state := subject.informer.inspect(inspectionQuestion{})
		overview.Informers = append(overview.Informers, subject.summarize(&state))
	}
	slices.SortStableFunc(overview.Informers, func(a, b debugSummary) int {
		return cmp.Compare(a.Level.rank(), b.Level.rank())
	})
	return overview
}

// details looks at one informer. status is that of an error.
func (h *debugHandler) details(id, key string) (details debugDetails, status int, err error) {
	question := inspectionQuestion{details: true, bodies: h.options.ShowObjects}
	if key != "" {
		parsed, err := store.ParseKey(key)
		if err != nil {
			return details, http.StatusBadRequest, err
		}
		question.key = &parsed
	}
	subjects := h.subjects()
	n := slices.IndexFunc(subjects, func(s debugSubject) bool { return s.id == id })
	if n < 0 {
		return details, http.StatusNotFound, unknownInformer(id, subjects)
	}
	state := subjects[n].informer.inspect(question)
	return subjects[n].detail(&state, h.options), http.StatusOK, nil
}

func unknownInformer(id string, subjects []debugSubject) error {
	if len(subjects) == 0 {
		return fmt.Errorf("there is no informer %q: there is none at all", id)
	}
	known := make([]string, len(subjects))
	for i, subject := range subjects {
		known[i] = fmt.Sprintf("%q", subject.id)
	}
	return fmt.Errorf("there is no informer %q: there are %s", id, strings.Join(known, ", "))
}

// debugSubject is an informer with the name that it is asked for by.
type debugSubject struct {
	id       string
	name     string // what it is of
	handles  *int   // that hold it; nil if it is of no group
	flaw     error  // why it cannot run
	informer inspectable
}

// subjects returns the informers there are: those of the group by name, and then the
// others in their order.
func (h *debugHandler) subjects() (subjects []debugSubject) {
	taken := map[string]int{}
	add := func(of string, subject debugSubject) {
		subject.id = subject.name + ": " + of
		if taken[subject.id]++; taken[subject.id] > 1 {
			subject.id += fmt.Sprintf(" #%d", taken[subject.id])
		}
		subjects = append(subjects, subject)
	}
	if h.group != nil {
		for _, m := range h.group.sorted() {
			add(m.key.of.String(), debugSubject{name: m.text, handles: &m.holders, flaw: m.flaw, informer: m.informer})
		}
	}
	for _, informer := range h.options.Informers {
		add(informer.ofType(), debugSubject{name: informer.name(), informer: informer})
	}
	return subjects
}

// debugReply writes an answer as it was asked for.
type debugReply struct {
	http.ResponseWriter
	json bool
}

// send writes an answer whole, so that an error is not the end of half a page.
func (r debugReply) send(answer any, page func() ([]byte, error)) {
	kind, written := "text/html; charset=utf-8", page
	if r.json {
		kind, written = "application/json", func() ([]byte, error) { return json.MarshalIndent(answer, "", "  ") }
	}
	body, err := written()
	if err != nil {
		r.fail(http.StatusInternalServerError, fmt.Errorf("making the page: %w", err))
		return
	}
	r.write(http.StatusOK, kind, body)
}

func (r debugReply) fail(status int, failure error) {
	if !r.json {
		r.write(status, "text/plain; charset=utf-8", []byte("informer: "+failure.Error()+"\n"))
		return
	}
	// A struct of one string is always JSON.
	body, _ := json.Marshal(struct {
		Error string `json:"error"`
	}{"informer: " + failure.Error()})
	r.write(status, "application/json", body)
}

func (r debugReply) write(status int, kind string, body []byte) {
	r.Header().Set("Content-Type", kind)
	r.WriteHeader(status)
	// Whoever has gone away is told nothing.
	_, _ = r.Write(body)
}
