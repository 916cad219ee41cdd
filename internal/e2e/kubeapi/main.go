// SPDX-License-Identifier: Apache-2.0

// Kubeapi runs etcd and kube-apiserver in one process, on 127.0.0.1 only: a real
// API server for tests and examples, built from Go modules, with nothing to
// install. There is no kubelet, no scheduler and no controller: objects are what
// clients make of them.
//
//	kubeapi                                   # until Ctrl-C; prints the path of a kubeconfig
//	kubeapi -run 'go test ./...'              # with KUBECONFIG set; its exit status is passed on
//	kubeapi -dir state -port 6443             # the same again is a restart: same data, address, rights
//	kubeapi -- --watch-cache=false            # what follows -- goes to kube-apiserver
//
// RBAC is on. The kubeconfig is that of a member of system:masters, who may do
// everything, act as somebody else included.
//
// go.mod pins the versions. It is a module of its own, because Kubernetes has to
// have all its parts replaced, and what is built against it need not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	status, err := start(os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "kubeapi:", err)
		status = 1
	}
	os.Exit(status)
}

type options struct {
	dir, kubeconfig string
	port            int
	log, command    string
	stdin           bool
	apiserver       []string // flags
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("kubeapi", flag.ContinueOnError)
	flags.StringVar(&o.dir, "dir", "", "`directory` of all state, which is kept; default: a temporary one, removed at the end")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "`file` to write the kubeconfig to; default: kubeconfig in -dir")
	flags.IntVar(&o.port, "port", 0, "`port` of the API on 127.0.0.1; default: a free one")
	flags.StringVar(&o.log, "log", "", "`file` for the log of the server; default: standard error")
	flags.StringVar(&o.command, "run", "", "shell `command` to run with KUBECONFIG set, once the API is ready; kubeapi ends with it")
	flags.BoolVar(&o.stdin, "stdin", false, "end with standard input too, so as not to outlive a parent that dies without a word")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.apiserver = flags.Args()
	if len(o.apiserver) > 0 && !slices.Contains(args, "--") {
		return o, fmt.Errorf("unexpected argument %q; flags for kube-apiserver come after --", flags.Arg(0))
	}
	if o.port < 0 || o.port > 65535 {
		return o, fmt.Errorf("-port %d is no port", o.port)
	}
	return o, nil
}

// start runs kubeapi and returns its exit status.
func start(args []string) (status int, err error) {
	o, err := parse(args)
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// The handler of kube-apiserver is made first and taken off, see newAPIServer.
	api := newAPIServer()
	ctx, ignore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer ignore()
	if o.stdin {
		go func() { // ends with the process: a read cannot be called off
			defer stop()
			_, _ = io.Copy(io.Discard, os.Stdin)
		}()
	}
	return run(ctx, o, api)
}
