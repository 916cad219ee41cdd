// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/typedinformer/typedinformer/internal/listergen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code := run(ctx, os.Args[1:], nil, os.Stderr)
	stop()
	os.Exit(code)
}

const (
	succeeded = 0
	failed    = 1
	misused   = 2
)

const usage = `Usage: listergen [flags] package...

Listergen writes typed informers and listers for the types of Go API packages.
A package is a directory (./api/v1) or an import path (k8s.io/api/apps/v1).

`

// run is the command: it returns the exit code.
// run is the command. imported is for those who call it several times.
func run(ctx context.Context, args []string, imported *listergen.Imported, stderr io.Writer) int {
	options, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return succeeded
	case err != nil:
		return misused // parse has said why
	}
	options.Imported = imported
	err = listergen.Generate(ctx, options)
	var wrong listergen.Errors
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, wrong) // each line says where it is
		return failed
	case err != nil:
		fmt.Fprintln(stderr, "listergen:", err)
		return failed
	}
	return succeeded
}

// parse reads the command line. It prints what is wrong with it, and how it is
// to be used.
func parse(args []string, stderr io.Writer) (options listergen.Options, err error) {
	flags := flag.NewFlagSet("listergen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
		fmt.Fprint(stderr, "\nThe manual: go doc github.com/typedinformer/typedinformer/informer/listergen\n")
	}
	flags.StringVar(&options.Out, "o", "informers", "write to this `directory`, whose last element is the name of the package")
	flags.StringVar(&options.Header, "header", "", "begin every file with the comments of this `file`, such as a license")
	flags.Func("index", "add an index, as in core/v1.Pod=spec.nodeName; `[group/version.]Kind=path[,name=Name]`, may be given several times", func(text string) error {
		index, err := listergen.ParseIndexFlag(text)
		options.Indexes = append(options.Indexes, index)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return options, err
	}
	options.Packages = flags.Args()
	if len(options.Packages) == 0 {
		err = errors.New("listergen: no package is given")
		fmt.Fprintln(stderr, err)
		flags.Usage()
	}
	return options, err
}
