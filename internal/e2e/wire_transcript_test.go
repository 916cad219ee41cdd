// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A transcript is what was said, as it would be said by any server: with the
// versions, UIDs, times and names of this one replaced.
type transcript struct {
	namespace string
	writes    []uint64       // the versions of all objects that were seen, in order
	uids      map[string]int // in the order of their appearance
}

// transcribe writes down a conversation.
func transcribe(t *testing.T, answers []answer, namespace string) string {
	t.Helper()
	w := &transcript{namespace: namespace, uids: map[string]int{}}
	for _, a := range answers {
		for _, content := range a.content {
			visit("", content, reconcile)
			visit("", content, w.collect)
		}
	}
	slices.Sort(w.writes)
	w.writes = slices.Compact(w.writes)
	var text strings.Builder
	for _, a := range answers {
		fmt.Fprintf(&text, "%s\n%s", a.asked, a.head())
		for _, content := range a.content {
			visit("", content, w.replace)
			for _, line := range lines(t, content) {
				fmt.Fprintf(&text, "  %s\n", line)
			}
		}
		if a.ended {
			text.WriteString("  (end)\n")
		}
		text.WriteString("\n")
	}
	return text.String()
}

// head is what clients look at in the head of an answer. What else there is may
// differ; for one, the fake names the methods that are allowed where one is not.
func (a answer) head() string {
	if a.status == 0 {
		return ""
	}
	head := fmt.Sprintf("%d %s\n", a.status, a.header.Get("Content-Type"))
	if a.header.Get("Retry-After") != "" {
		head += "Retry-After: some time\n"
	}
	return head
}

// lines are the parts of a body, one to a line: those of a list, its rows or
// items, after the rest of it.
func lines(t *testing.T, content any) []string {
	t.Helper()
	var result []string
	encode := func(value any) {
		text := new(strings.Builder)
		encoder := json.NewEncoder(text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		result = append(result, strings.TrimSpace(text.String()))
	}
	fields, ok := content.(map[string]any)
	if !ok {
		encode(content)
		return result
	}
	if object, ok := fields["object"]; ok && len(fields) == 2 {
		encode(object)
		result[0] = fmt.Sprintf("%s %s", fields["type"], result[0])
		return result
	}
	head := maps.Clone(fields)
	var parts []any
	for _, name := range []string{"items", "rows"} {
		if list, ok := head[name].([]any); ok && len(list) > 0 {
			parts = list
			delete(head, name)
		}
	}
	encode(head)
	for _, part := range parts {
		encode(part)
	}
	return result
}

// visit calls see with every object of JSON in content and the name of the field
// it is in, or that its list is in; in the same order whenever it is called.
func visit(name string, content any, see func(name string, fields map[string]any)) {
	switch content := content.(type) {
	case map[string]any:
		see(name, content)
		for _, name := range slices.Sorted(maps.Keys(content)) {
			visit(name, content[name], see)
		}
	case []any:
		for _, value := range content {
			visit(name, value, see)
		}
	}
}

// collect learns the versions of writes, which are those of objects. Lists and
// bookmarks have others in between: there are more writes to a server.
func (w *transcript) collect(name string, metadata map[string]any) {
	if name != "metadata" || metadata["name"] == nil {
		return
	}
	if version, ok := version(metadata); ok {
		w.writes = append(w.writes, version)
	}
}

func version(metadata map[string]any) (uint64, bool) {
	text, _ := metadata["resourceVersion"].(string)
	version, err := strconv.ParseUint(text, 10, 64)
	return version, err == nil && version != 0
}

var (
	digits    = regexp.MustCompile(`\b[0-9]+\b`)
	generated = regexp.MustCompile(`^([Gg]en-)[bcdfghjklmnpqrstvwxz2456789]{5}$`)
	uidLike   = regexp.MustCompile(`[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}`)
	ageLike   = regexp.MustCompile(`^[0-9]+s$`)
)

// replace replaces what is particular to a server in one object of JSON.
func (w *transcript) replace(_ string, fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch value := fields[name].(type) {
		case string:
			fields[name] = w.text(name, value, fields)
		case []any:
			for i, element := range value {
				if text, ok := element.(string); ok {
					value[i] = w.text("", text, nil)
				}
			}
		}
	}
}

func (w *transcript) text(name, text string, siblings map[string]any) string {
	text = strings.ReplaceAll(text, w.namespace, "{ns}")
	text = uidLike.ReplaceAllStringFunc(text, w.uid)
	_, notTime := time.Parse(time.RFC3339, text)
	version, isVersion := version(siblings)
	switch {
	case notTime == nil:
		return "(time)"
	case ageLike.MatchString(text):
		return "(age)"
	case name == "resourceVersion" && isVersion:
		return w.rank(version)
	case name == "continue" && text != "":
		return "(token)"
	case name == "message":
		return digits.ReplaceAllString(text, "#")
	case name == "name":
		return generated.ReplaceAllString(text, "$1(5 letters)")
	}
	return text
}

func (w *transcript) uid(text string) string {
	if w.uids[text] == 0 {
		w.uids[text] = len(w.uids) + 1
	}
	return fmt.Sprintf("(uid %d)", w.uids[text])
}

// rank is a version by how many writes there were up to it.
func (w *transcript) rank(version uint64) string {
	place, _ := slices.BinarySearch(w.writes, version+1)
	return fmt.Sprintf("v%d", place)
}
