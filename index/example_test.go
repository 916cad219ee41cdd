// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"fmt"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// An index function panics on an object that it was not written for. The write
// is refused, and the last good state stays where it is.
func ExampleFuncError() {
	type Job struct {
		Name  string
		Hosts []string
	}
	jobs := store.New(store.WithKey(func(j Job) store.Key { return store.Key{Name: j.Name} }))
	indexer := index.New(jobs, index.Options{})
	byHost, err := index.Add(indexer, "host", func(j Job) (string, bool) {
		return j.Hosts[0], true // a job without hosts is not thought of
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	write := func(job Job) {
		var failure *index.FuncError
		if err := jobs.Update(job); errors.As(err, &failure) {
			fmt.Println("refused:", failure.Key, "for index", failure.Index)
		}
		fmt.Println("on a:", byHost.List("a"), "on b:", byHost.List("b"))
	}
	write(Job{"build", []string{"a"}})
	write(Job{"build", nil})
	write(Job{"build", []string{"b"}})
	// Output:
	// on a: [{build [a]}] on b: []
	// refused: build for index host
	// on a: [{build [a]}] on b: []
	// on a: [] on b: [{build [b]}]
}

// A view answers several questions from one state, whatever is written
// meanwhile.
func ExampleIndexer_View() {
	type Job struct{ Name, Host string }
	jobs := store.New(store.WithKey(func(j Job) store.Key { return store.Key{Name: j.Name} }))
	indexer := index.New(jobs, index.Options{})
	byHost, err := index.Add(indexer, "host", func(j Job) (string, bool) { return j.Host, true })
	if err != nil {
		fmt.Println(err)
		return
	}
	put := func(version string, job Job) {
		jobs.Apply(func(tx store.Tx[Job]) {
			if _, _, err := tx.Put(store.Item[Job]{Key: store.Key{Name: job.Name}, Object: job}); err != nil {
				fmt.Println(err)
			}
			tx.SetVersion(version)
		})
	}
	put("1", Job{"build", "a"})
	view := indexer.View()
	put("2", Job{"build", "b"})

	build, _ := view.Get(store.Key{Name: "build"})
	fmt.Println("then, version", view.Version(), build, "on a:", byHost.In(view).List("a"), "on b:", byHost.In(view).List("b"))
	now := indexer.View()
	build, _ = now.Get(store.Key{Name: "build"})
	fmt.Println("now, version", now.Version(), build, "on a:", byHost.In(now).List("a"), "on b:", byHost.In(now).List("b"))
	// Output:
	// then, version 1 {build a} on a: [{build a}] on b: []
	// now, version 2 {build b} on a: [] on b: [{build b}]
}
