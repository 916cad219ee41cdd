// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"

	"github.com/typedinformer/typedinformer/store"
)

// A list names three hosts, and the state of one of them cannot be read. It is
// kept, not deleted: what is known of it is better than nothing.
func ExampleBatch_Keep() {
	type Host struct {
		Name  string
		Cores int
	}
	hosts := store.New(store.WithKey(func(h Host) store.Key { return store.Key{Name: h.Name} }))
	for _, host := range []Host{{"a", 8}, {"b", 8}, {"gone", 8}} {
		if err := hosts.Add(host); err != nil {
			fmt.Println(err)
		}
	}

	var list store.Batch[Host]
	list.Append(store.Item[Host]{Key: store.Key{Name: "a"}, Object: Host{"a", 16}})
	list.Keep(store.Key{Name: "b"})
	list.Append(store.Item[Host]{Key: store.Key{Name: "c"}, Object: Host{"c", 4}})
	hosts.Apply(func(tx store.Tx[Host]) { tx.Replace(&list, nil) })

	for _, name := range []string{"a", "b", "c", "gone"} {
		fmt.Println(hosts.Get(store.Key{Name: name}))
	}
	// Output:
	// {a 16} true
	// {b 8} true
	// {c 4} true
	// { 0} false
}
