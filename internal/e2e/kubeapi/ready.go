// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

const (
	readyWithin = 2 * time.Minute // it takes seconds; a machine may be busy
	readyEvery  = 50 * time.Millisecond
)

// awaitReady asks the server whether it is ready until it says so. It has no
// other way to tell.
func awaitReady(ctx context.Context, access func() (*rest.Config, error)) (*rest.Config, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readyWithin, fmt.Errorf("it took longer than %v", readyWithin))
	defer cancel()
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	for {
		config, err := access()
		if err == nil {
			err = ready(ctx, config)
		}
		if err == nil {
			return config, nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait until the server is ready: %w; the last answer was: %w", context.Cause(ctx), err)
		}
	}
}

func ready(ctx context.Context, config *rest.Config) error {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.Host+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET /readyz: %s", response.Status)
	}
	return nil
}
