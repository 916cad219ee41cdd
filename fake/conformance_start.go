// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func startPromises() []promise {
	return []promise{
		{"G32_StartIsAStreamingList", startIsAStreamingList},
		{"G32_RefusedStreamIsRemembered", refusedStreamIsRemembered},
		{"G32_StreamsThatEndEarlyAreGivenUp", streamsThatEndEarlyAreGivenUp},
		{"G33_PlainLists", plainLists},
	}
}

// verbs are the kinds of the requests so far.
func (c *trial) verbs() (verbs []string) {
	for _, request := range c.line.asked() {
		verbs = append(verbs, request.ruleVerb())
	}
	return verbs
}

func startIsAStreamingList(c *trial) {
	c.follow("a")
	asked := c.line.asked()
	if verbs := c.verbs(); !slices.Equal(verbs, []string{verbStream}) {
		c.Fatalf("the server was asked for %v; want one streaming list, which goes on as a watch", asked)
	}
	if first := asked[0]; first.VersionMatch != metav1.ResourceVersionMatchNotOlderThan || !first.Bookmarks {
		c.Errorf("the streaming list was asked for with %v; want resourceVersionMatch=NotOlderThan, and bookmarks", first)
	}
}

// answerStreams has all streaming lists answered.
func (c *trial) answerStreams(answer func() *http.Response) {
	c.line.answer(func(asked Request) (*http.Response, error) {
		if asked.ruleVerb() != verbStream {
			return nil, nil
		}
		return answer(), nil
	})
}

// refuseStreams answers streaming lists as a server that does not know them.
func (c *trial) refuseStreams() {
	c.answerStreams(func() *http.Response {
		return refusedResponse(apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", field.ErrorList{
			field.Forbidden(field.NewPath("sendInitialEvents"), "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"),
		}))
	})
}

func refusedStreamIsRemembered(c *trial) {
	c.refuseStreams()
	l, _ := c.follow("a")
	c.wantVerbs(verbStream, verbList, verbWatch)
	c.relist(func() { c.update("a", 2) })
	c.wantTold(l, "update a=1→2")
	if verbs := c.verbs()[3:]; slices.Contains(verbs, verbStream) {
		c.Errorf("later, the server was asked for %v; want no streaming list, since it does not know them", verbs)
	}
}

func (c *trial) wantVerbs(want ...string) {
	c.Helper()
	if verbs := c.verbs(); !slices.Equal(want, verbs) {
		c.Errorf("the server was asked for %v; want %v; in full:\n\t%s", verbs, want, c.log())
	}
}

// log is what was asked for, as text.
func (c *trial) log() string {
	var lines []string
	for _, request := range c.line.asked() {
		lines = append(lines, request.String())
	}
	return strings.Join(lines, "\n\t")
}

// A proxy that closes connections can keep a streaming list from ever ending.
func streamsThatEndEarlyAreGivenUp(c *trial) {
	const enough = 10
	c.answerStreams(func() *http.Response { return streamed(nil) })
	c.follow("a")
	if asked := c.line.asked(); len(asked) > enough {
		c.Errorf("the server was asked %d times before there was a plain list; want at most %d; in full:\n\t%s", len(asked), enough, c.log())
	}
}

// The first plain list takes what is at hand, later ones do not go back in time.
func plainLists(c *trial) {
	c.refuseStreams()
	l, _ := c.follow("a")
	seen := c.update("a", 2).GetResourceVersion()
	c.wantTold(l, "update a=1→2")
	before := len(c.line.asked())
	if first := c.lists(0); len(first) != 1 || first[0].Version != "0" {
		c.Errorf("first, the server was asked for the lists %v; want one of version 0", first)
	}
	c.relist(func() { c.update("a", 3) })
	c.wantTold(l, "update a=2→3")
	for _, list := range c.lists(before) {
		if list.Continue == "" && list.Version != "" && !newerOrSame(list.Version, seen) {
			c.Errorf("the server was asked for %v, after version %s was seen; want the newest, or nothing older than that", list, seen)
		}
	}
	if len(c.lists(before)) == 0 {
		c.Errorf("the version had expired, and there was no list; in full:\n\t%s", c.log())
	}
}

// lists are the plain lists after so many requests.
func (c *trial) lists(after int) (lists []Request) {
	for _, request := range c.line.asked()[after:] {
		if request.Verb == verbList {
			lists = append(lists, request)
		}
	}
	return lists
}

func newerOrSame(version, as string) bool { return version == as || newer(version, as) }
