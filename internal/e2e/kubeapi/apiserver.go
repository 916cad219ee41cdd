// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	genericapiserver "k8s.io/apiserver/pkg/server"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // metrics that the original program has too
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// apiServer is the command of kube-apiserver. A process can have one.
type apiServer struct {
	command *cobra.Command
}

// newAPIServer makes the command. That takes over SIGINT and SIGTERM; they are
// given back, because a command under -run has to end before its server does.
func newAPIServer() *apiServer {
	command := app.NewAPIServerCommand()
	command.SilenceErrors = true // main tells them
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	return &apiServer{command}
}

// serve runs the server until stop is called, or until it fails.
func (s *apiServer) serve(flags []string) error {
	s.command.SetArgs(flags)
	if err := s.command.Execute(); err != nil {
		return fmt.Errorf("kube-apiserver: %w", err)
	}
	return nil
}

// stop makes serve return, in its own time. It may be called before serve.
func (s *apiServer) stop() { genericapiserver.RequestShutdown() }

// apiServerFlags are those of a server on loopback that keeps all it has in dir.
func apiServerFlags(dir string, port int, etcd string, extra []string) []string {
	// A server without a certificate writes one, and the key of that will do for
	// service accounts too: both flags are required.
	certificates := filepath.Join(dir, certificateDir)
	key := filepath.Join(certificates, "apiserver.key")
	return append([]string{
		"--etcd-servers=" + etcd,
		"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(port),
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--cert-dir=" + certificates,
		"--token-auth-file=" + filepath.Join(dir, tokenFile),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + key, "--service-account-signing-key-file=" + key,
		// Nobody makes service accounts here, and pods would wait for theirs.
		"--disable-admission-plugins=ServiceAccount",
		// Without it the end of the server waits a minute for watches to end,
		// which they do not do by themselves.
		"--shutdown-watch-termination-grace-period=1s",
	}, extra...)
}

// freePort returns a port that nobody listens on. Somebody may by the time it is
// used; kube-apiserver does not take port 0 itself.
func freePort() (int, error) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return strconv.Atoi(port)
}
