// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
)

// run serves until ctx ends, or the command of -run does, and returns the exit
// status. First the command ends, then the API server, then etcd.
func run(ctx context.Context, o options, api *apiServer) (status int, err error) {
	stderr := os.Stderr
	if o.log != "" {
		file, err := os.Create(o.log)
		if err != nil {
			return 0, fmt.Errorf("-log: %w", err)
		}
		defer file.Close()
		os.Stderr = file // the libraries of the server log there, and can be told of no other place
		defer func() { os.Stderr = stderr }()
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "kubeapi-"); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if err := o.complete(); err != nil {
		return 0, err
	}
	token, err := readToken(o.dir)
	if err != nil {
		return 0, err
	}
	etcd, address, err := startEtcd(ctx, filepath.Join(o.dir, "etcd"))
	if err != nil {
		return 0, err
	}
	defer etcd.Close()

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return api.serve(apiServerFlags(o.dir, o.port, address, o.apiserver)) })
	group.Go(func() (err error) {
		defer api.stop()
		access := func() (*rest.Config, error) { return access(o.dir, o.port, token) }
		status, err = use(ctx, o, access, os.Stdout, stderr)
		return err
	})
	err = group.Wait()
	return status, err
}

// complete fills in what was left to kubeapi.
func (o *options) complete() (err error) {
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return fmt.Errorf("-dir: %w", err)
	}
	if err = os.MkdirAll(o.dir, 0o700); err != nil {
		return fmt.Errorf("-dir: %w", err)
	}
	if o.kubeconfig == "" {
		o.kubeconfig = filepath.Join(o.dir, "kubeconfig")
	}
	if o.kubeconfig, err = filepath.Abs(o.kubeconfig); err != nil {
		return fmt.Errorf("-kubeconfig: %w", err)
	}
	if o.port == 0 {
		o.port, err = freePort()
	}
	return err
}

// use waits until the server is ready, and then for what it was started for: the
// command, or somebody who reads the path of the kubeconfig from stdout.
func use(ctx context.Context, o options, access func() (*rest.Config, error), stdout, stderr io.Writer) (status int, err error) {
	config, err := awaitReady(ctx, access)
	switch {
	case ctx.Err() != nil: // not wanted any more, or the server has failed and says why
		return 0, nil
	case err != nil:
		return 0, err
	}
	if err := writeKubeconfig(o.kubeconfig, config); err != nil {
		return 0, err
	}
	if o.command != "" {
		return runCommand(ctx, o.command, o.kubeconfig, stdout, stderr)
	}
	if _, err := fmt.Fprintln(stdout, o.kubeconfig); err != nil {
		return 0, fmt.Errorf("print the path of the kubeconfig: %w", err)
	}
	<-ctx.Done()
	return 0, nil
}
