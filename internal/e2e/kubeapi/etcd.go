// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/url"

	"go.etcd.io/etcd/server/v3/embed"
)

// startEtcd starts an etcd with its data in dir and returns it with its address,
// which nobody but the API server needs to know.
func startEtcd(ctx context.Context, dir string) (etcd *embed.Etcd, address string, err error) {
	anyPort := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config := embed.NewConfig()
	config.Dir = dir
	config.ListenClientUrls, config.AdvertiseClientUrls = anyPort, anyPort
	config.ListenPeerUrls, config.AdvertisePeerUrls = anyPort, anyPort // it has no peers, but insists
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.EnableGRPCGateway = false // it would dial the address above, and there is nothing at port 0
	config.UnsafeNoFsync = true      // what is stored survives the process, not the machine
	config.LogLevel = "fatal"        // it logs its own end as errors
	etcd, err = embed.StartEtcd(config)
	if err != nil {
		return nil, "", fmt.Errorf("start etcd in %s: %w", dir, err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, "http://" + etcd.Clients[0].Addr().String(), nil
	case err = <-etcd.Err():
	case <-ctx.Done():
		err = ctx.Err()
	}
	etcd.Close()
	return nil, "", fmt.Errorf("start etcd in %s: %w", dir, err)
}
