// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// The page is for people; a program asks for the same as JSON.
func ExampleDebugHandler() {
	server := fake.NewSource[*Widget](fake.Options{})
	if _, err := server.Create(widget("shop/lamp", 1)); err != nil {
		fmt.Println(err)
	}
	group := informer.NewGroup(informer.GroupOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- group.Run(ctx) }()
	inShop := only(server).Acquire(group, informer.Scope{Namespace: "shop"})
	defer inShop.Release()
	if err := inShop.WaitForSync(ctx); err != nil {
		fmt.Println(err)
	}

	mux := http.NewServeMux() // which a program serves where its profiles are
	mux.Handle("/debug/informers/", informer.DebugHandler(group, informer.DebugOptions{}))

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/debug/informers/?format=json", nil))
	var overview struct {
		Informers []struct {
			Resource, Level string
			Objects         int
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&overview); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%+v\n", overview.Informers)
	cancel()
	fmt.Println(<-ended)
	// Output:
	// [{Resource:widgets.test.io in shop Level:ok Objects:1}]
	// <nil>
}
