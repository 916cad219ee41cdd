// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

// lineTo is a line to a server with widgets, and a client that talks over it.
func lineTo(t *testing.T) (*fake.Line, *http.Client, *fake.Source[*Widget]) {
	server := stocked(t)
	line := fake.NewLine(server.RESTConfig().Transport)
	return line, &http.Client{Transport: line}, sourceFrom[*Widget](t, server, toys)
}

var widgetPath = "http://fake/apis/" + toys.Group + "/" + toys.Version + "/namespaces/shop/" + toys.Resource

// watched opens a watch and reads its first event.
func watched(t *testing.T, client *http.Client, widgets *fake.Source[*Widget]) (*http.Response, *bufio.Reader) {
	t.Helper()
	response, err := client.Get(widgetPath + "?watch=true&resourceVersion=4")
	if err != nil {
		t.Fatal(err)
	}
	must(t)(widgets.Create(widget("shop", "first", 1)))
	events := bufio.NewReader(response.Body)
	if event, err := events.ReadString('\n'); err != nil || !strings.Contains(event, `"first"`) {
		t.Fatalf("the first event is %q, error %v", event, err)
	}
	return response, events
}

func TestLineCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, client, widgets := lineTo(t)
		response, events := watched(t, client, widgets)
		line.Cut()
		must(t)(widgets.Create(widget("shop", "unseen", 1)))
		if event, err := events.ReadString('\n'); !errors.Is(err, io.ErrUnexpectedEOF) || event != "" {
			t.Errorf("after the cut there came %q, error %v", event, err)
		}
		if err := response.Body.Close(); err != nil || line.UnderWay() != 0 {
			t.Errorf("after Close %d requests are under way, error %v", line.UnderWay(), err)
		}
		response, err := client.Get(widgetPath)
		if err != nil {
			t.Fatalf("a request after the cut: %v", err)
		}
		_ = response.Body.Close()
	})
}

func TestLineHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, client, _ := lineTo(t)
		line.Hold()
		answered := make(chan error, 1)
		ask := func(ctx context.Context) {
			request, _ := http.NewRequestWithContext(ctx, http.MethodGet, widgetPath, nil)
			response, err := client.Do(request)
			if err == nil {
				err = response.Body.Close()
			}
			answered <- err
		}
		ctx, cancel := context.WithCancel(t.Context())
		go ask(ctx)
		synctest.Wait()
		if len(answered) != 0 || line.UnderWay() != 1 {
			t.Errorf("a line that is held has answered; %d requests are under way", line.UnderWay())
		}
		cancel()
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("the request has ended, and returned %v", err)
		}
		go ask(t.Context())
		synctest.Wait()
		line.Release()
		if err := <-answered; err != nil || line.UnderWay() != 0 {
			t.Errorf("after Release the request returned %v; %d are under way", err, line.UnderWay())
		}
	})
}

func TestLineRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, client, widgets := lineTo(t)
		response, events := watched(t, client, widgets)
		defer response.Body.Close()
		line.Repeat()
		must(t)(widgets.Create(widget("shop", "second", 1)))
		once, _ := events.ReadString('\n')
		twice, _ := events.ReadString('\n')
		if once != twice || !strings.Contains(once, `"second"`) {
			t.Errorf("the event was %s, and then %s", once, twice)
		}
	})
}

// Half an event is not one to repeat.
func TestLineRepeatsWholeEvents(t *testing.T) {
	line := fake.NewLine(fake.Transport(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "whole\nhalf")
	})))
	line.Repeat()
	response, err := (&http.Client{Transport: line}).Get(widgetPath + "?watch=true")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); string(body) != "whole\nwhole\nhalf" || err != nil {
		t.Errorf("read %q, error %v", body, err)
	}
}

func TestLineAnswersAndListens(t *testing.T) {
	line, client, _ := lineTo(t)
	line.Answer(func(asked fake.Request) (*http.Response, error) {
		if asked.Verb != "watch" {
			return nil, nil
		}
		return fake.Streamed(), nil
	})
	for _, query := range []string{
		"?limit=1&resourceVersion=0",
		"/a",
		"?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=300&labelSelector=a%3Db",
	} {
		response, err := client.Get(widgetPath + query)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || (len(body) == 0) != strings.HasPrefix(query, "?watch") {
			t.Errorf("%s was answered with %s %q, error %v", query, response.Status, body, err)
		}
		_ = response.Body.Close()
	}
	resource := toys.GroupResource().String()
	var asked []string
	for _, request := range line.Asked() {
		asked = append(asked, request.String())
	}
	if diff := cmp.Diff([]string{
		"list " + resource + " in shop resourceVersion=0 limit=1",
		"get " + resource + " shop/a",
		"watch " + resource + " in shop resourceVersionMatch=NotOlderThan sendInitialEvents allowWatchBookmarks labelSelector=a=b",
	}, asked); diff != "" {
		t.Errorf("the line has heard (-want +got):\n%s", diff)
	}
}
