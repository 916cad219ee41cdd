// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/sharding"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/listwatch"
)

// Of a server that knows nothing of shards, each object is in one of them: in the
// one that the API machinery finds it in, by the selector that was sent.
func TestShardsDivideWhatThereIs(t *testing.T) {
	var items []string
	for i := range 200 {
		items = append(items, gadgetJSON(fmt.Sprint("g", i), i+1, `{}`))
	}
	for _, of := range []int{1, 2, 3, 7} {
		shards := map[string]int{}
		for index := range of {
			var selector string
			source := sourceOf[*Gadget](t, func(w http.ResponseWriter, r *http.Request) {
				selector = r.URL.Query().Get("shardSelector")
				answers(asJSON, listJSON(`"resourceVersion":"9"`, items...))(w, r)
			}, listwatch.RESTOptions{Shard: listwatch.Shard{Index: index, Of: of}})
			got, _, err := listWith(t, source, listwatch.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, result := range got {
				if _, twice := shards[result.Key.Name]; twice || result.Err != nil {
					t.Fatalf("%s is in two shards of %d, or broken: %v", result.Key, of, result.Err)
				}
				shards[result.Key.Name] = index
			}
			checkSelector(t, selector, shards, index)
		}
		if len(shards) != len(items) {
			t.Errorf("%d shards have %d objects, want %d", of, len(shards), len(items))
		}
	}
}

// checkSelector holds a shard against the selector.
func checkSelector(t *testing.T, selector string, shards map[string]int, index int) {
	t.Helper()
	if selector == "" {
		return
	}
	var r sharding.ShardRangeRequirement
	for part := range strings.FieldsFuncSeq(selector, func(c rune) bool { return strings.ContainsRune("(), '", c) }) {
		switch {
		case part == "shardRange":
		case r.Key == "":
			r.Key = part
		case r.Start == "":
			r.Start = part
		default:
			r.End = part
		}
	}
	for name, in := range shards {
		object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{UID: "uid-" + types.UID(name)}}
		matches, err := sharding.NewSelector(r).Matches(object)
		if err != nil || matches != (in == index) {
			t.Fatalf("%s: %s matches: %t, %v; it is in shard %d, and this is %d", name, selector, matches, err, in, index)
		}
	}
}

// A server that answers with another shard than was asked for would be cached as
// what it is not.
func TestShardThatIsAnotherIsAnError(t *testing.T) {
	body := listJSON(`"resourceVersion":"9","shardInfo":{"selector":"shardRange(object.metadata.uid, '0x0', '0x1')"}`)
	for _, shard := range []listwatch.Shard{{Index: 0, Of: 2}, {}} {
		_, _, err := listWith(t, sourceOf[*Gadget](t, answers(asJSON, body), listwatch.RESTOptions{Shard: shard}), listwatch.ListOptions{})
		if err == nil || !strings.Contains(err.Error(), "got the shard \"shardRange(object.metadata.uid, '0x0', '0x1')\"") {
			t.Errorf("error = %v", err)
		}
	}
}

// In a watch, what is of another shard has left this one, if it ever was in it; in
// the initial events it is missing.
func TestShardInWatch(t *testing.T) {
	var stream string
	for i := range 20 {
		stream += eventJSON("ADDED", gadgetJSON(fmt.Sprint("g", i), i+1, `{}`))
	}
	end := eventJSON("BOOKMARK", `{"metadata":{"resourceVersion":"30","annotations":{"k8s.io/initial-events-end":"true"}}}`)
	type seen struct {
		Type listwatch.EventType
		Name string
	}
	var got [2][]seen
	for index := range got {
		source := sourceOf[*Gadget](t, answers(asJSON, stream+end+stream), listwatch.RESTOptions{Shard: listwatch.Shard{Index: index, Of: 2}})
		for _, e := range follow(t.Context(), source, listwatch.WatchOptions{InitialEvents: true}) {
			if e.Err != nil || (e.Type == listwatch.Left) != (e.Item.Object == nil && e.Type != listwatch.Bookmark) {
				t.Fatalf("%+v", e)
			}
			got[index] = append(got[index], seen{e.Type, e.Item.Key.Name})
		}
	}
	var want [2][]seen
	for index := range want {
		mine := map[string]bool{}
		for _, e := range got[index] {
			if e.Type == listwatch.Bookmark {
				break
			}
			mine[e.Name] = true
			want[index] = append(want[index], e)
		}
		if len(mine) == 0 || len(mine) == 20 {
			t.Fatalf("shard %d has %d of 20 objects", index, len(mine))
		}
		want[index] = append(want[index], seen{Type: listwatch.Bookmark})
		for i := range 20 {
			name := fmt.Sprint("g", i)
			kind := listwatch.Left
			if mine[name] {
				kind = listwatch.Added
			}
			want[index] = append(want[index], seen{kind, name})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
