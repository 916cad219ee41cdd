// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

var quiet = informer.Options{OnError: func(error) {}}

func TestDebugOverviewPutsTheWorstFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a", "shop/b", "yard/c")
		group := informer.NewGroup(informer.GroupOptions{Options: quiet})
		s.acquire(group, "")
		hold := make(chan struct{})
		defer close(hold)
		addHandler(t, s.acquire(group, "shop"), informer.HandlerFuncs[*Widget]{
			OnAdd: func(w *Widget, _ bool) { <-hold },
		}, informer.HandlerOptions[*Widget]{Name: "slow"})
		yard := s.acquire(group, "yard")
		if _, err := index.Add(yard.Indexer(), "half", func(w *Widget) (int, bool) { return 1 / (w.Size - 7), true }); err != nil {
			t.Fatal(err)
		}
		forbidden := apierrors.NewForbidden(widgets.GroupResource(), "", errors.New("not for you"))
		only(answers{err: forbidden}).Acquire(group, informer.Scope{Namespace: "vault"})
		d := newDebugger(t, group, informer.DebugOptions{})
		for _, informer := range d.overview() {
			if want := "warning: not started"; informer.texts() != want || informer.Source.Phase != "not started" {
				t.Errorf("before Run, %s: %q, phase %q", informer.Resource, informer.texts(), informer.Source.Phase)
			}
		}
		stop := run(t, group)
		s.update("yard/c", 7)
		time.Sleep(12 * time.Second)
		synctest.Wait()

		var got []string
		for _, informer := range d.overview() {
			texts := regexp.MustCompile(`\d+ times`).ReplaceAllString(informer.texts(), "n times") // it depends on the jitter
			got = append(got, fmt.Sprintf("%s (%d): %s", informer.Resource, *informer.Handles, texts))
		}
		want := []string{
			"widgets.test.io in vault (1): bad: failing: forbidden, n times in a row; warning: not synced",
			"widgets.test.io in shop (1): warning: handler slow has not synced, and is behind by 12s",
			"widgets.test.io in yard (1): warning: 1 object in quarantine",
			"widgets.test.io (1): ",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("informers (-want +got):\n%s", diff)
		}
		all := d.overview()
		if shop := all[1]; shop.WorstHandler != "slow" || shop.WorstLag != 12 || shop.HandlerCount != 1 || shop.Objects != 2 {
			t.Errorf("shop: %+v", shop)
		}
		retry, err := time.Parse(time.RFC3339, all[0].Source.RetryAt)
		if err != nil || retry.Before(time.Now()) || !strings.Contains(all[0].Source.LastError, "not for you") {
			t.Errorf("vault: %+v, %v", all[0].Source, err)
		}
		page := d.get(http.StatusOK)
		for _, said := range []string{"✖ bad", "▲ warning", "✔ ok", "failing: forbidden", "next try in", "not for you", "widgets.test.io in shop"} {
			if !strings.Contains(page, said) {
				t.Errorf("the page does not say %q", said)
			}
		}
		time.Sleep(5 * time.Minute)
		if text := d.details("informer", all[3].Informer).texts(); text != "warning: stale for 5m12s" {
			t.Errorf("after five minutes without a bookmark: %q", text)
		}
		hold <- struct{}{} // one call ends, so that the other may be the last
		hold <- struct{}{}
		stop()
		for _, informer := range d.overview() {
			if informer.texts() != "warning: stopped" && !strings.HasSuffix(informer.texts(), "in quarantine") || informer.Source.Phase != "stopped" {
				t.Errorf("after Run, %s: %q, phase %q", informer.Resource, informer.texts(), informer.Source.Phase)
			}
		}
	})
}

func TestDebugDetails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a", "shop/b", "yard/c")
		group := informer.NewGroup(informer.GroupOptions{Options: quiet})
		all := s.acquire(group, "")
		if _, err := index.Add(all.Indexer(), "size", bySize); err != nil {
			t.Fatal(err)
		}
		addHandler(t, all, &recorder{}, informer.HandlerOptions[*Widget]{Name: "calm", Backlog: informer.Coalesce(7)})
		addHandler(t, all, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { panic("oh") }}, informer.HandlerOptions[*Widget]{Name: "nervous"})
		stop := run(t, group)
		d := newDebugger(t, group, informer.DebugOptions{ShowValues: true})
		got := d.details("informer", "widgets.test.io: *informer_test.Widget")
		if got.Objects != 3 || got.Level != "ok" || got.Version != "4" || got.Source.Lists != 1 || got.HistorySteps != nil {
			t.Errorf("details: %+v", got)
		}
		if h := got.Handlers; len(h) != 2 || h[0].Name != "calm" || h[0].Limit != "Coalesce(7)" || h[0].Delivered != 3 || !h[0].Synced || h[1].Panics != 3 {
			t.Errorf("handlers: %+v", h)
		}
		if i := got.Indexes; len(i) != 2 || i[0].Name != "namespace" || i[0].Largest[0].Value != "shop" || i[0].Largest[0].Count != 2 || i[1].Values != 3 {
			t.Errorf("indexes: %+v", i)
		}
		if e := got.RecentErrors; len(e) != 1 || e[0].Count != 3 || e[0].Kind != "panic of a handler" || e[0].About != "nervous" || !strings.Contains(e[0].Text, "oh") {
			t.Errorf("errors: %+v", e)
		}
		page := d.get(http.StatusOK, "informer", got.Informer)
		for _, said := range []string{"calm", "Coalesce(7)", "nervous", "no history is kept", "Recent errors"} {
			if !strings.Contains(page, said) {
				t.Errorf("the page does not say %q", said)
			}
		}
		stop()
	})
}

func TestDebugAnswersOnlyWhatItCan(t *testing.T) {
	s := newSupply(t, "shop/a")
	group := informer.NewGroup(informer.GroupOptions{})
	s.acquire(group, "shop")
	d := newDebugger(t, group, informer.DebugOptions{})
	id := "widgets.test.io in shop: *informer_test.Widget"
	for _, test := range []struct {
		method, query string
		status        int
		said          string
	}{
		{http.MethodGet, "", http.StatusOK, "Informers"},
		{http.MethodHead, "", http.StatusOK, ""},
		{http.MethodPost, "", http.StatusMethodNotAllowed, "GET or HEAD"},
		{http.MethodDelete, queryOf("informer", id), http.StatusMethodNotAllowed, "GET or HEAD"},
		{http.MethodGet, queryOf("informer", "nodes"), http.StatusNotFound, `there is no informer "nodes": there are "` + id + `"`},
		{http.MethodGet, queryOf("informer", id, "key", "a/b/c"), http.StatusBadRequest, "more than one slash"},
		{http.MethodGet, queryOf("informer", id, "key", "shop/"), http.StatusBadRequest, "the name is empty"},
		{http.MethodGet, queryOf("key", "shop/a"), http.StatusBadRequest, "say which"},
		{http.MethodGet, queryOf("format", "yaml"), http.StatusBadRequest, "html or json"},
		{http.MethodGet, queryOf("informer", id, "key", "shop/none"), http.StatusOK, "is not in the cache"},
	} {
		answer := d.ask(test.status, test.method, "/"+test.query)
		if !strings.Contains(answer.Body.String(), test.said) {
			t.Errorf("%s %s does not say %q: %s", test.method, test.query, test.said, answer.Body)
		}
		header := answer.Header()
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-") {
			t.Errorf("%s %s: header %v", test.method, test.query, header)
		}
		if test.status == http.StatusMethodNotAllowed && header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow: %q", test.method, header.Get("Allow"))
		}
	}
	if empty := newDebugger(t, nil, informer.DebugOptions{}); !strings.Contains(empty.get(http.StatusNotFound, "informer", "x"), "there is none at all") ||
		!strings.Contains(empty.get(http.StatusOK), "There is none") {
		t.Error("a page without informers does not say so")
	}
}

func TestDebugAnswersInJSON(t *testing.T) {
	d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{informer.New(newServer(t), quiet)}})
	for _, test := range []struct {
		query, accept string
		json          bool
	}{
		{"?format=json", "text/html", true},
		{"", "application/json", true},
		{"", "text/html,application/json", false},
		{"?format=html", "application/json", false},
		{"?format=json&informer=x", "", true},
		{"?informer=x", "application/json", true},
	} {
		status := http.StatusOK
		if strings.Contains(test.query, "informer") {
			status = http.StatusNotFound
		}
		answer := d.ask(status, http.MethodGet, "/"+test.query, "Accept", test.accept)
		var fields map[string]any
		err := json.Unmarshal(answer.Body.Bytes(), &fields)
		if (err == nil) != test.json || strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") != test.json {
			t.Errorf("%q as %q: %v, %v", test.query, test.accept, err, answer.Header())
		}
		if status == http.StatusNotFound && !strings.Contains(fmt.Sprint(fields["error"]), `no informer "x"`) {
			t.Errorf("%q as %q: %v", test.query, test.accept, fields)
		}
	}
}

// Whatever the path is that the handler is mounted at, with the prefix stripped or
// not, its links are of the query alone.
func TestDebugWorksAtAnyPath(t *testing.T) {
	group := informer.NewGroup(informer.GroupOptions{})
	newSupply(t).acquire(group, "shop")
	handler := informer.DebugHandler(group, informer.DebugOptions{})
	mux := http.NewServeMux()
	mux.Handle("/debug/informers/", handler)
	mux.Handle("GET /plain", handler)
	mux.Handle("/stripped/", http.StripPrefix("/stripped", handler))
	link := regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	for _, path := range []string{"/debug/informers/", "/plain", "/stripped/"} {
		for _, query := range []string{"", queryOf("informer", "widgets.test.io in shop: *informer_test.Widget")} {
			recorder := httptest.NewRecorder()
			mux.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path+query, nil))
			links := link.FindAllStringSubmatch(recorder.Body.String(), -1)
			if recorder.Code != http.StatusOK || len(links) < 2 {
				t.Errorf("%s%s: status %d, %d links", path, query, recorder.Code, len(links))
			}
			for _, found := range links {
				if !strings.HasPrefix(found[1], "?") {
					t.Errorf("%s%s has a link to %s", path, query, found[1])
				}
			}
		}
	}
}

// The browser takes a style whose hash the header names, and no other.
func TestDebugHasTheStyleThatItsPolicyNames(t *testing.T) {
	answer := newDebugger(t, nil, informer.DebugOptions{}).ask(http.StatusOK, http.MethodGet, "/")
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(answer.Body.String())
	if style == nil {
		t.Fatal("there is no style")
	}
	hash := sha256.Sum256([]byte(style[1]))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
	if policy := answer.Header().Get("Content-Security-Policy"); !strings.Contains(policy, want) {
		t.Errorf("the policy is %s, want %s in it", policy, want)
	}
}

// Informers that are of no group are shown behind those that are, two of one name
// and type by number; a view is one of them.
func TestDebugShowsOtherInformersToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a", "shop/b")
		options := quiet
		options.Resource = widgets
		one, two := informer.New(s, options), informer.New(s, options)
		large := informer.Filter(one, func(w *Widget) bool { return w.Size > 1 }, informer.ViewOptions[*Widget]{Resource: robots})
		broken := informer.New[*Widget](nil, quiet)
		stops := []func(){run(t, one), run(t, large)}
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{one, two, large, broken}})
		var got []string
		for _, shown := range d.overview() {
			got = append(got, fmt.Sprintf("%s: %d %s", shown.Informer, shown.Objects, shown.texts()))
			if shown.Handles != nil {
				t.Errorf("%s has handles", shown.Informer)
			}
			if details := d.details("informer", shown.Informer); details.Objects != shown.Objects {
				t.Errorf("%s has %d objects, and %d by itself", shown.Informer, shown.Objects, details.Objects)
			}
		}
		want := []string{
			"widgets.test.io: *informer_test.Widget #2: 0 warning: not started",
			"*informer_test.Widget: *informer_test.Widget: 0 warning: not started",
			"widgets.test.io: *informer_test.Widget: 2 ",
			"robots.example.com: *informer_test.Widget: 1 ",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("informers (-want +got):\n%s", diff)
		}
		for _, stop := range stops {
			stop()
		}
	})
}

// What a group cannot run stands first, with the reason.
func TestDebugSaysWhyAnInformerCannotRun(t *testing.T) {
	group := informer.NewGroup(informer.GroupOptions{Options: quiet})
	informer.Provider[*Widget]{Resource: widgets}.Acquire(group, informer.Scope{Namespace: "shop"})
	newSupply(t).acquire(group, "")
	d := newDebugger(t, group, informer.DebugOptions{})
	first := d.overview()[0]
	if first.texts() != "bad: cannot run" || !strings.Contains(first.Source.LastError, "the provider has no Source") {
		t.Errorf("first: %+v", first)
	}
	if page := d.get(http.StatusOK); !strings.Contains(page, "the provider has no Source") {
		t.Error("the page does not say why")
	}
}

func TestDebugShowsParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a", "shop/b", "cart/c")
		var set informer.NameSet
		if err := set.Add("shop", "cart", "dark"); err != nil {
			t.Fatal(err)
		}
		inf := informer.NewOverNamespaces(&set, func(namespace string) listwatch.ListWatcher[*Widget] {
			if namespace == "dark" {
				return answers{err: errBroken}
			}
			return s.Within(fake.Scope{Namespace: namespace})
		}, quiet)
		stop := run(t, inf)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
		id := d.overview()[0].Informer
		var got []string
		for _, part := range d.details("informer", id).Parts {
			got = append(got, fmt.Sprintf("%s: %d, synced %v, failing %v", part.Name, part.Objects, part.Source.Synced, part.Source.Failures > 0))
		}
		want := []string{"cart: 1, synced true, failing false", "dark: 0, synced false, failing true", "shop: 2, synced true, failing false"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
		if page := d.get(http.StatusOK, "informer", id); !strings.Contains(page, "Parts") || !strings.Contains(page, "broken") {
			t.Error("the page does not show the parts")
		}
		stop()
	})
}
