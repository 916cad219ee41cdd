// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// newServer has the writes of withHistory.
func newServer(t testing.TB) *fake.APIServer {
	t.Helper()
	server := fake.NewAPIServer(fake.Resource[*Widget](toys.Group, toys.Version, toys.Resource))
	withHistory(t, sourceOf(t, server))
	return server
}

func sourceOf(t testing.TB, server *fake.APIServer) *fake.Source[*Widget] {
	t.Helper()
	return sourceFrom[*Widget](t, server, toys)
}

// always is a script with this fault for every call.
func always(fault fake.Fault) fake.Script {
	return fake.Script{Rules: []fake.Rule{{Fault: fault}}}
}

// A tape is what a reader gets, each line with the time since it began to read.
type tape struct {
	lines []string
	began time.Time
}

func newTape() *tape { return &tape{began: time.Now()} }

func (p *tape) add(text string) {
	p.lines = append(p.lines, fmt.Sprintf("%v %s", time.Since(p.began), text))
}

// watch reads a watch to its end.
func (p *tape) watch(ctx context.Context, source listwatch.ListWatcher[*Widget], options watchOptions) {
	for event, err := range source.Watch(ctx, options) {
		if err != nil {
			p.add(event.Type.String() + " " + errorLine(err))
			continue
		}
		p.add(eventLine(event))
	}
	p.add("end")
}

// list reads one page.
func (p *tape) list(ctx context.Context, source listwatch.ListWatcher[*Widget], options listOptions) listwatch.Page {
	page, err := source.List(ctx, options, func(item store.Item[*Widget], err error) {
		if err != nil {
			p.add(errorLine(err))
			return
		}
		p.add(line(item))
	})
	if err != nil {
		p.add(errorLine(err))
	} else {
		p.add("page " + page.Version)
	}
	return page
}

// errorLine is short for errors with a meaning to clients, and long for others.
func errorLine(err error) string {
	var item *listwatch.ItemError
	switch {
	case errors.As(err, &item):
		return fmt.Sprintf("%s@%s: %s %v", item.Key, item.Version, item.Stage, item.Err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "unexpected EOF"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	return err.Error()
}
