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
