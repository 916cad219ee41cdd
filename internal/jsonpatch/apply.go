// SPDX-License-Identifier: Apache-2.0

package jsonpatch

import (
	"errors"
	"fmt"
	"slices"
)

const (
	// MaxOperations is the most operations that a patch may have; it is the
	// limit of the Kubernetes API server.
	MaxOperations = 10_000
	// MaxCopied is how many bytes, roughly, the copy operations of one patch
	// may add to the document; else a short patch could double it again and
	// again. So a result is not larger than document, patch and MaxCopied.
	MaxCopied = 4 << 20
)

// ErrTooLarge says that a patch exceeds [MaxOperations] or [MaxCopied]. Test for
// it with [errors.Is].
var ErrTooLarge = errors.New("jsonpatch: the patch is too large")

// OperationError says which operation of a JSON patch could not be done, and
// why. The document is as it was: a patch is applied as a whole or not at all.
type OperationError struct {
	Index     int    // in the patch; the first is 0
	Operation string // its name
	Path      string // where
	Err       error
}

func (e *OperationError) Error() string {
	return fmt.Sprintf("jsonpatch: operation %d (%s %q): %v", e.Index, e.Operation, e.Path, e.Err)
}

// Unwrap returns Err.
func (e *OperationError) Unwrap() error { return e.Err }

// Apply applies a JSON patch: its operations, one after the other, to what the
// one before has left. The error wraps [ErrMalformed] if patch is no array of
// objects, [ErrTooLarge] if it is beyond the limits, and is an
// [*OperationError] if an operation is none or cannot be done.
func Apply(document, patch []byte) ([]byte, error) {
	root, err := decode(document)
	if err != nil {
		return nil, fmt.Errorf("jsonpatch: read the document: %w", err)
	}
	operations, err := parse(patch)
	if err != nil {
		return nil, err
	}
	p := patcher{root: root, budget: MaxCopied}
	for i, operation := range operations {
		if err := p.do(operation); err != nil {
			return nil, &OperationError{Index: i, Operation: operation.name, Path: operation.path, Err: err}
		}
	}
	return encode(p.root)
}

// operation is one operation as it is written. The paths are not parsed yet, so
// that an error can name them.
type operation struct {
	name, path, from string
	value            value
	hasValue         bool // which may be null
	flaw             error
}

func parse(patch []byte) ([]operation, error) {
	content, err := decode(patch)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	elements, ok := content.([]value)
	if !ok {
		return nil, fmt.Errorf("%w: want an array of operations", ErrMalformed)
	}
	if len(elements) > MaxOperations {
		return nil, fmt.Errorf("%w: it has %d operations, the most are %d", ErrTooLarge, len(elements), MaxOperations)
	}
	operations := make([]operation, len(elements))
	for i, element := range elements {
		members, ok := element.(map[string]value)
		if !ok {
			return nil, fmt.Errorf("%w: operation %d is no object", ErrMalformed, i)
		}
		operations[i] = parseOperation(members)
	}
	return operations, nil
}

func parseOperation(members map[string]value) operation {
	var o operation
	o.value, o.hasValue = members["value"]
	text := func(name string) string {
		text, ok := members[name].(string)
		if !ok && o.flaw == nil {
			o.flaw = fmt.Errorf("it has no %q that is a string", name)
		}
		return text
	}
	o.name, o.path = text("op"), text("path")
	if o.name == "move" || o.name == "copy" {
		o.from = text("from")
	}
	return o
}

// patcher is a document while it is being changed.
type patcher struct {
	root   value
	budget int // what copies may still cost
}

func (p *patcher) do(o operation) error {
	if o.flaw != nil {
		return o.flaw
	}
	path, err := parsePointer(o.path)
	if err != nil {
		return err
	}
	switch o.name {
	case "add", "replace", "test":
		if !o.hasValue {
			return errors.New(`it has no "value"`)
		}
	}
	switch o.name {
	case "add":
		return p.add(path, o.value)
	case "remove":
		_, err := p.remove(path)
		return err
	case "replace":
		return p.replace(path, o.value)
	case "move", "copy":
		from, err := parsePointer(o.from)
		if err != nil {
			return fmt.Errorf("from %q: %w", o.from, err)
		}
		found, err := p.get(from)
		if err != nil {
			return fmt.Errorf("from %q: %w", o.from, err)
		}
		if o.name == "move" {
			return p.move(from, path)
		}
		return p.copy(found, path)
	case "test":
		return p.test(path, o.value)
	}
	return errors.New("there is no such operation; want add, remove, replace, move, copy or test")
}

func (p *patcher) add(path []string, v value) error {
	if len(path) == 0 {
		p.root = v
		return nil
	}
	return p.edit(path, func(parent value, token string) (value, error) {
		switch parent := parent.(type) {
		case map[string]value:
			parent[token] = v
			return parent, nil
		case []value:
			index, err := parseIndex(token, len(parent), true)
			if err != nil {
				return nil, err
			}
			return slices.Insert(parent, index, v), nil
		}
		return nil, errNoContainer(token)
	})
}

func (p *patcher) remove(path []string) (removed value, err error) {
	if len(path) == 0 {
		return nil, errors.New("the whole document cannot be removed")
	}
	err = p.edit(path, func(parent value, token string) (value, error) {
		if removed, err = child(parent, token); err != nil {
			return nil, err
		}
		switch parent := parent.(type) {
		case map[string]value:
			delete(parent, token)
		case []value:
			index, err := parseIndex(token, len(parent), false)
			return slices.Delete(parent, index, index+1), err
		}
		return parent, nil
	})
	return removed, err
}

func (p *patcher) replace(path []string, v value) error {
	if len(path) == 0 {
		p.root = v
		return nil
	}
	return p.edit(path, func(parent value, token string) (value, error) {
		if _, err := child(parent, token); err != nil {
			return nil, err
		}
		switch parent := parent.(type) {
		case map[string]value:
			parent[token] = v
		case []value:
			index, err := parseIndex(token, len(parent), false)
			if err != nil {
				return nil, err
			}
			parent[index] = v
		}
		return parent, nil
	})
}

// move is for a from where there is something.
func (p *patcher) move(from, path []string) error {
	if len(from) < len(path) && slices.Equal(from, path[:len(from)]) {
		return errors.New("a value cannot be moved into itself")
	}
	if slices.Equal(from, path) {
		return nil
	}
	moved, err := p.remove(from)
	if err != nil {
		return err
	}
	return p.add(path, moved)
}

func (p *patcher) copy(found value, path []string) error {
	copied, err := copyWithin(found, &p.budget)
	if err != nil {
		return fmt.Errorf("%w: its copies add more than %d bytes", err, MaxCopied)
	}
	return p.add(path, copied)
}

func (p *patcher) test(path []string, want value) error {
	found, err := p.get(path)
	if err != nil {
		return err
	}
	if !equal(found, want) {
		return errors.New("the value is not the one that the test wants")
	}
	return nil
}

// get returns the value at path.
func (p *patcher) get(path []string) (value, error) {
	found := p.root
	for _, token := range path {
		next, err := child(found, token)
		if err != nil {
			return nil, err
		}
		found = next
	}
	return found, nil
}

// edit lets change have what contains the value at path, and puts what it
// returns in its place: an array that grows or shrinks is another one.
func (p *patcher) edit(path []string, change func(parent value, token string) (value, error)) error {
	last := len(path) - 1
	parent, err := p.get(path[:last])
	if err != nil {
		return err
	}
	changed, err := change(parent, path[last])
	if err != nil {
		return err
	}
	if _, array := changed.([]value); array {
		return p.replace(path[:last], changed)
	}
	return nil // an object is changed in its place
}

// child returns the member or element that token names.
func child(parent value, token string) (value, error) {
	switch parent := parent.(type) {
	case map[string]value:
		member, ok := parent[token]
		if !ok {
			return nil, fmt.Errorf("there is no member %q", token)
		}
		return member, nil
	case []value:
		index, err := parseIndex(token, len(parent), false)
		if err != nil {
			return nil, err
		}
		return parent[index], nil
	}
	return nil, errNoContainer(token)
}

func errNoContainer(token string) error {
	return fmt.Errorf("%q is looked for in a value that is neither an object nor an array", token)
}
