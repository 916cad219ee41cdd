// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// TestRandomScriptsCanBeSurvived holds the faults to what they promise: the
// simplest client that takes nothing for granted, and begins anew whenever
// something is odd, ends with the state of the server, and leaves nothing
// running.
func TestRandomScriptsCanBeSurvived(t *testing.T) {
	for seed := range uint64(300) {
		script := fake.RandomScript(seed)
		synctest.Test(t, func(t *testing.T) {
			server := newServer(t)
			server.Play(script)
			ctx, cancel := context.WithCancel(t.Context())
			c := &wary{source: fake.ListWatcher[*Widget](server, toys)}
			go c.follow(ctx)
			writeAtRandom(t, sourceOf(t, server), seed)
			server.Play(fake.Script{})
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			want, _, err := list(t.Context(), sourceOf(t, server), listOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, slices.Sorted(maps.Values(c.state))); diff != "" {
				t.Errorf("the state (-server +client) after\n%#v\n%s", script, diff)
			}
			cancel()
		})
	}
}

func writeAtRandom(t *testing.T, widgets *fake.Source[*Widget], seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	for range 60 {
		time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
		name := "w" + strconv.Itoa(random.IntN(10))
		if _, found := widgets.Get(shop(name)); !found {
			must(t)(widgets.Create(widget("shop", name, random.IntN(100))))
		} else if random.IntN(3) == 0 {
			must(t)(widgets.Delete(shop(name)))
		} else {
			must(t)(widgets.Update(widget("shop", name, random.IntN(100))))
		}
	}
}

// wary is a client that goes back to the beginning after each error.
type wary struct {
	source listwatch.ListWatcher[*Widget]
	state  map[store.Key]string
	newest string // as a number, or the state cannot be followed
}

var errOdd = errors.New("the server contradicts itself")

func (c *wary) follow(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		if try%2 == 0 {
			c.attempt(ctx, c.list)
		}
		for c.attempt(ctx, c.watch) && ctx.Err() == nil {
			pause(ctx)
		}
		pause(ctx)
	}
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
}

// attempt gives an answer a minute: one that is silent has to be given up.
func (c *wary) attempt(ctx context.Context, step func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := step(ctx); err != nil {
		c.newest = ""
		return false
	}
	return true
}

func (c *wary) list(ctx context.Context) error {
	state := map[store.Key]string{}
	var odd error
	options := listOptions{Limit: 3}
	for {
		page, err := c.source.List(ctx, options, func(item store.Item[*Widget], err error) {
			odd = errors.Join(odd, err)
			state[item.Key] = line(item)
		})
		if err = errors.Join(err, odd); err != nil {
			return err
		}
		if options.Continue = page.Continue; options.Continue == "" {
			c.state, c.newest = state, page.Version
			return nil
		}
	}
}

// watch goes on where the last one ended, or begins with a streaming list.
func (c *wary) watch(ctx context.Context) error {
	initial := c.newest == ""
	if initial {
		c.state = map[store.Key]string{}
	}
	for event, err := range c.source.Watch(ctx, watchOptions{Version: c.newest, InitialEvents: initial, Bookmarks: true, Timeout: 20 * time.Second}) {
		if err != nil {
			return err
		}
		if !initial && number(event.Item.Version) < number(c.newest) {
			return errOdd
		}
		switch event.Type {
		case listwatch.Added, listwatch.Modified:
			c.state[event.Item.Key] = line(event.Item)
		case listwatch.Deleted:
			delete(c.state, event.Item.Key)
		}
		if !initial || event.InitialEventsEnd {
			initial, c.newest = false, event.Item.Version
		}
	}
	if initial {
		return errOdd
	}
	return nil
}

func number(version string) int {
	n, err := strconv.Atoi(version)
	if err != nil {
		return 0
	}
	return n
}
