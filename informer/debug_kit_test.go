// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Vault is an API type with something to hide.
type Vault struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Data              map[string]string `json:"data"`
}

func (v *Vault) DeepCopyObject() runtime.Object {
	data := map[string]string{}
	for name, value := range v.Data {
		data[name] = value
	}
	return &Vault{v.TypeMeta, *v.ObjectMeta.DeepCopy(), data}
}

// debugger asks a debug page.
type debugger struct {
	http.Handler
	t *testing.T
}

func newDebugger(t *testing.T, group *informer.Group, options informer.DebugOptions) debugger {
	return debugger{informer.DebugHandler(group, options), t}
}

// get asks with pairs of names and values, and wants a status.
func (d debugger) get(status int, query ...string) string {
	d.t.Helper()
	return d.ask(status, http.MethodGet, "/"+queryOf(query...)).Body.String()
}

func queryOf(pairs ...string) string {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return "?" + query.Encode()
}

func (d debugger) ask(status int, method, target string, header ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	request := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	d.ServeHTTP(recorder, request)
	if recorder.Code != status {
		d.t.Fatalf("%s %s: status %d, want %d: %s", method, target, recorder.Code, status, recorder.Body)
	}
	return recorder
}

// overview is the JSON of all informers.
func (d debugger) overview() []debugged {
	d.t.Helper()
	var overview struct{ Informers []debugged }
	d.decode(&overview, "format", "json")
	return overview.Informers
}

// details is the JSON of one.
func (d debugger) details(query ...string) (details debugged) {
	d.t.Helper()
	d.decode(&details, append(query, "format", "json")...)
	return details
}

func (d debugger) decode(into any, query ...string) {
	d.t.Helper()
	decoder := json.NewDecoder(strings.NewReader(d.get(http.StatusOK, query...)))
	if err := decoder.Decode(into); err != nil {
		d.t.Fatal(err)
	}
}

// debugged is what a program reads of the JSON, by the names that are documented.
type debugged struct {
	Informer, Resource, Type, Level string
	Problems                        []struct{ Level, Text string }
	Handles                         *int
	Objects, Queued, Quarantined    int
	Version                         string
	Events                          uint64
	Source                          debuggedSource
	HandlerCount                    int
	WorstLag                        float64
	WorstHandler                    string
	Memory                          struct{ Bytes, ObjectBytes, IndexBytes, Sampled int64 }
	Parts                           []struct {
		Name, Version string
		Objects       int
		Source        debuggedSource
	}
	Handlers []struct {
		Name, Limit                           string
		Synced                                bool
		Delivered, Backlog, Coalesced, Panics uint64
		Lag                                   float64
	}
	Indexes []struct {
		Name         string
		Values       int
		ValuesHidden bool
		Largest      []struct {
			Value string
			Count int
		}
	}
	Quarantine   []debuggedQuarantine
	RecentErrors []struct {
		Kind, About, How, Text string
		Count                  int
		First, Last            string
	}
	HistorySteps *int
	Object       *struct {
		Key, UID, Version string
		Cached            bool
		Labels            map[string]string
		Indexes           []struct {
			Index  string
			Count  int
			Values []string
		}
		Quarantined       *debuggedQuarantine
		Changes           []debuggedChange
		ChangesIncomplete bool
		Object            json.RawMessage
		ObjectError       string
	}
}

type debuggedSource struct {
	Phase, PhaseSince, LastContact, LastError, LastErrorTime, RetryAt string
	Synced                                                            bool
	Received                                                          int
	Staleness                                                         float64
	Failures, Lists, Watches, Errors, Relists                         int
	RelistCauses                                                      map[string]int
}

type debuggedQuarantine struct {
	Key, Version, Stage, Error, Since string
	States                            int
	Stale                             bool
}

type debuggedChange struct {
	Version, Type string
	Listed, Final bool
}

// texts are the problems of an informer, in one line.
func (d debugged) texts() string {
	var texts []string
	for _, problem := range d.Problems {
		texts = append(texts, problem.Level+": "+problem.Text)
	}
	return strings.Join(texts, "; ")
}

// try asks without a wish for what the answer is.
func (d debugger) try(method, target string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	d.ServeHTTP(recorder, httptest.NewRequest(method, target, nil))
	return recorder
}

// listed is a source of these items, to which nothing happens.
func listed[T any](items []store.Item[T]) listwatch.ListWatcher[T] { return itemList[T](items) }

type itemList[T any] []store.Item[T]

func (l itemList[T]) List(_ context.Context, _ listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	for _, item := range l {
		each(item, nil)
	}
	return listwatch.Page{Version: "1"}, nil
}

func (l itemList[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		if options.InitialEvents {
			yield(listwatch.Event[T]{}, listwatch.ErrNoInitialEvents)
			return
		}
		<-ctx.Done()
	}
}
