// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// listedPackage is what the go command says about a package.
type listedPackage struct {
	ImportPath, Name, Dir string
	GoFiles, CgoFiles     []string
	ImportMap             map[string]string
	DepOnly, Standard     bool
	Module                *struct{ Main bool } // nil for those of Go
	Error                 *listError
}

// listError is what the go command has against a package.
type listError struct{ Pos, Err string }

// list asks the go command for packages and for all that they import, those
// first that others need. What is wrong with a package is in its Error.
func list(ctx context.Context, patterns []string) ([]*listedPackage, error) {
	const fields = "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,ImportMap,DepOnly,Standard,Module,Error"
	out, err := goCommand(ctx, ".", append([]string{"list", "-e", "-deps", fields, "--"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	return decodeAll[listedPackage](out)
}

// position returns where a package is wrong: the place that the go command
// names, which is "file:line:column", or else the package itself.
func (l *listedPackage) position() token.Position {
	if parts := strings.Split(l.Error.Pos, ":"); len(parts) >= 2 {
		if line, err := strconv.Atoi(parts[1]); err == nil {
			return token.Position{Filename: parts[0], Line: line}
		}
	}
	return token.Position{Filename: l.ImportPath}
}

// module is a module that the go command works in.
type module struct{ Path, Dir string }

// importPath returns the import path of a directory, which need not exist yet:
// that of the module it is in, and the way from there.
func importPath(ctx context.Context, dir string) (string, error) {
	at, err := existing(dir)
	if err != nil {
		return "", err
	}
	out, err := goCommand(ctx, at, "list", "-m", "-json=Path,Dir")
	if err != nil {
		return "", fmt.Errorf("find the module of %s: %w", dir, err)
	}
	modules, err := decodeAll[module](out)
	if err != nil {
		return "", err
	}
	path, longest := "", -1 // a workspace has several modules, one within the other too
	for _, candidate := range modules {
		below, inside := within(candidate.Dir, at)
		if inside && len(candidate.Dir) > longest {
			rest, _ := filepath.Rel(at, dir)
			path, longest = strings.TrimSuffix(candidate.Path+"/"+filepath.ToSlash(filepath.Join(below, rest)), "/."), len(candidate.Dir)
		}
	}
	if longest < 0 {
		return "", fmt.Errorf("%s is in no module: run go mod init, or choose another directory with -o", dir)
	}
	return path, nil
}

// existing returns the directory itself or the closest one above it that
// exists.
func existing(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if resolved, err := filepath.EvalSymlinks(at); err == nil {
			return resolved, nil
		} else if at == filepath.Dir(at) {
			return "", err
		}
	}
}

// within returns the way from a directory to one inside it.
func within(outer, inner string) (string, bool) {
	if resolved, err := filepath.EvalSymlinks(outer); err == nil {
		outer = resolved
	}
	way, err := filepath.Rel(outer, inner)
	return way, err == nil && filepath.IsLocal(way)
}

func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir, command.Stderr = dir, &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// decodeAll reads JSON objects that stand one after the other.
func decodeAll[T any](data []byte) (all []*T, err error) {
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		one := new(T)
		if err := decoder.Decode(one); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what the go command says: %w", err)
		}
		all = append(all, one)
	}
}
