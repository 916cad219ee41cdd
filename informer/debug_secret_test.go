// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

const (
	hostile = "<script>alert(1)</script>"
	image   = "<img src=x onerror=alert(1)>" // a name cannot have a slash
)

// vaults is a resource that is called something hostile.
var vaults = schema.GroupVersionResource{Group: hostile, Version: "v1", Resource: "vaults"}

// newVaults is an informer of vaults with the secret in all the places that it can
// get to: data, annotation, index, and the errors of whatever reads it.
func newVaults(t *testing.T, secret string) *informer.Informer[*Vault] {
	source := fake.NewSource[*Vault](fake.Options{})
	for _, name := range []string{image, "second", "broken", "late"} {
		_, err := source.Create(&Vault{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: image, Name: name, Labels: map[string]string{hostile: hostile},
				Annotations: map[string]string{"last-applied": secret},
			},
			Data: map[string]string{"token": secret},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	transformed := listwatch.Map(listwatch.ListWatcher[*Vault](source), func(v *Vault) (*Vault, error) {
		if v.Name == "broken" {
			return nil, fmt.Errorf("what is this: %s", v.Data["token"])
		}
		return v, nil
	})
	inf := informer.New(transformed, informer.Options{Resource: vaults, OnError: func(error) {}, DetectMutations: 1, MutationPeriod: -1})
	if _, err := index.AddUnique(inf.Indexer(), hostile, func(v *Vault) (string, bool) { return v.Data["token"], true }); err != nil {
		t.Fatal(err)
	}
	if _, err := index.Add(inf.Indexer(), "picky", func(v *Vault) (string, bool) {
		if v.Name == "late" {
			panic(errors.New(v.Data["token"]))
		}
		return "", false
	}); err != nil {
		t.Fatal(err)
	}
	addHandler(t, inf, informer.HandlerFuncs[*Vault]{OnAdd: func(v *Vault, _ bool) { panic(v.Data["token"]) }},
		informer.HandlerOptions[*Vault]{Name: hostile})
	return inf
}

// debugPages is everything that is said of an informer, in both forms.
func debugPages(d debugger) string {
	d.t.Helper()
	var all strings.Builder
	for _, format := range []string{"html", "json"} {
		all.WriteString(d.get(http.StatusOK, "format", format))
		for _, shown := range d.overview() {
			all.WriteString(d.get(http.StatusOK, "format", format, "informer", shown.Informer))
			for _, name := range []string{image, "second", "broken", "late", "none"} {
				all.WriteString(d.get(http.StatusOK, "format", format, "informer", shown.Informer, "key", image+"/"+name))
			}
		}
	}
	return all.String()
}

func TestDebugTellsNoSecretWithoutTheOption(t *testing.T) {
	const secret = "the-secret-token"
	synctest.Test(t, func(t *testing.T) {
		inf := newVaults(t, secret)
		stop := run(t, inf)
		with := func(options informer.DebugOptions) debugger {
			options.Informers = []informer.AnyInformer{inf}
			return newDebugger(t, nil, options)
		}
		d := with(informer.DebugOptions{})
		if all := debugPages(d); strings.Contains(all, secret) {
			t.Errorf("it is told: …%s…", around(all, secret))
		}
		id := d.overview()[0].Informer
		details := d.details("informer", id, "key", image+"/"+image)
		if o := details.Object; o == nil || !o.Cached || o.UID == "" || o.Labels[hostile] != hostile || o.Object != nil {
			t.Errorf("the object: %+v", details.Object)
		}
		var kinds []string
		for _, err := range details.RecentErrors {
			kinds = append(kinds, err.Kind)
		}
		if diff := cmp.Diff([]string{"not unique", "object", "panic of a handler"}, slices.Compact(sorted(kinds))); diff != "" {
			t.Errorf("what went wrong (-want +got):\n%s", diff)
		}
		if len(details.Quarantine) != 2 || details.Quarantine[1].Error != `the function of index "picky" panicked: *errors.errorString` {
			t.Errorf("in quarantine: %+v", details.Quarantine)
		}

		d = with(informer.DebugOptions{ShowValues: true})
		details = d.details("informer", id, "key", image+"/"+image)
		if details.Object.Object != nil || details.Object.Indexes[1].Values[0] != secret || details.Indexes[1].Largest[0].Value != secret {
			t.Errorf("with values: %+v", details)
		}
		if !strings.Contains(details.Quarantine[0].Error, secret) {
			t.Errorf("with values: %+v", details.Quarantine)
		}

		d = with(informer.DebugOptions{ShowObjects: true})
		details = d.details("informer", id, "key", image+"/"+image)
		var shown Vault
		if err := json.Unmarshal(details.Object.Object, &shown); err != nil || shown.Data["token"] != secret || shown.Annotations["last-applied"] != secret {
			t.Errorf("with objects: %+v, %v", shown, err)
		}
		if len(details.Object.Indexes[1].Values) != 1 {
			t.Error("with objects there are no values")
		}
		stop()
	})
}

// Of an answer without a kind the API machinery quotes all, in an error of the list.
func TestDebugDoesNotQuoteAListWithoutAKind(t *testing.T) {
	const secret = "the-secret-token"
	synctest.Test(t, func(t *testing.T) {
		failure := fmt.Errorf("decoding: %w", runtime.NewMissingKindErr(secret))
		inf := informer.New(answers{err: failure}, quiet)
		stop := run(t, inf)
		d := newDebugger(t, nil, informer.DebugOptions{Informers: []informer.AnyInformer{inf}})
		if all := debugPages(d); strings.Contains(all, secret) || !strings.Contains(all, "decoding: the answer does not say of which kind it is") {
			t.Errorf("the failure: …%s…", around(all, "decoding"))
		}
		stop()
	})
}

// Names, labels and all else may be anything, since sources may be anything.
func TestDebugTakesEverythingForText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := newVaults(t, hostile)
		stop := run(t, inf)
		group := informer.NewGroup(informer.GroupOptions{Options: quiet})
		only(newServer(t)).Acquire(group, informer.Scope{Namespace: hostile, LabelSelector: hostile, Projection: `"><script>`})
		d := newDebugger(t, group, informer.DebugOptions{Informers: []informer.AnyInformer{inf}, ShowObjects: true})
		for _, part := range []string{"<script", "<img", "onerror=alert(1)>"} {
			if all := debugPages(d); strings.Contains(all, part) {
				t.Errorf("there is a tag: …%s…", around(all, part))
			}
		}
		id := vaults.GroupResource().String() + ": *informer_test.Vault"
		page := d.get(http.StatusOK, "informer", id, "key", image+"/"+image)
		for said, times := range map[string]int{"&lt;script&gt;alert(1)&lt;/script&gt;": 8, "&lt;img src=x onerror=alert(1)&gt;": 2} {
			if n := strings.Count(page, said); n < times {
				t.Errorf("%q is there %d times, want %d at least:\n%s", said, n, times, page)
			}
		}
		// An error is text, and the browser is told so.
		answer := d.ask(http.StatusNotFound, http.MethodGet, "/"+queryOf("informer", hostile))
		if kind := answer.Header().Get("Content-Type"); kind != "text/plain; charset=utf-8" {
			t.Errorf("an error is %s", kind)
		}
		stop()
	})
}

func around(text, part string) string {
	at := strings.Index(text, part)
	if at < 0 {
		return ""
	}
	return text[max(0, at-200):min(len(text), at+200)]
}
