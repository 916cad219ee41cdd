// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"context"
	"path/filepath"
)

// Files returns what Generate would write, by the path below the directory.
func Files(ctx context.Context, options Options) (map[string]string, error) {
	out, err := filepath.Abs(options.Out)
	if err != nil {
		return nil, err
	}
	generated, err := generate(ctx, out, options)
	files := map[string]string{}
	for path, content := range generated {
		below, err := filepath.Rel(out, path)
		if err != nil {
			return nil, err
		}
		files[filepath.ToSlash(below)] = string(content)
	}
	return files, err
}

// ParseMarker and the parsers of what is in markers.
var (
	ParseMarker = parseMarker
	GuessPlural = guessPlural
	GoPlural    = goPlural
	Unexported  = unexported
)

// ParseArguments returns names and values in turn.
func ParseArguments(text string) (flat []string, err error) {
	arguments, err := parseArguments(text)
	for _, one := range arguments {
		flat = append(flat, one.name, one.value)
	}
	return flat, err
}

// ParseIndex returns the path and the name of an index.
func ParseIndex(text string) (path []string, name string, err error) {
	spec, err := parseIndex(text)
	return spec.path, spec.name, err
}
