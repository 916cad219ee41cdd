// SPDX-License-Identifier: Apache-2.0

package jsonpatch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/typedinformer/typedinformer/internal/jsonpatch"
)

// Whatever is given, there is an error that has a name, or a document of
// bounded size.
func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"foo":["bar",1]}`), []byte(`[{"op":"add","path":"/foo/-","value":{}},{"op":"copy","from":"/foo","path":"/foo/0"}]`))
	f.Add([]byte(`{"a/b":{"~":1e9}}`), []byte(`[{"op":"test","path":"/a~1b/~0","value":10e8},{"op":"move","from":"/a~1b/~0","path":"/x"}]`))
	f.Add([]byte(`[1,2]`), []byte(`[{"op":"replace","path":"/0","value":[]},{"op":"remove","path":"/1"}]`))
	f.Fuzz(func(t *testing.T, document, patch []byte) {
		given := bytes.Clone(document)
		got, err := jsonpatch.Apply(document, patch)
		if !bytes.Equal(given, document) {
			t.Errorf("the document was changed to %s", document)
		}
		var failed *jsonpatch.OperationError
		switch {
		case err == nil && !json.Valid(got):
			t.Errorf("not JSON: %s", got)
		// An escape, or a byte that is no text, may take six bytes where it took one.
		case len(got) > 6*(len(document)+len(patch)+jsonpatch.MaxCopied):
			t.Errorf("%d bytes of %d and %d", len(got), len(document), len(patch))
		case err != nil && json.Valid(document) && !errors.As(err, &failed) &&
			!errors.Is(err, jsonpatch.ErrMalformed) && !errors.Is(err, jsonpatch.ErrTooLarge):
			t.Errorf("an error without a name: %v", err)
		}
	})
}

// A merge patch that is applied again changes nothing more.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(`{"a":{"b":1,"c":[1]}}`), []byte(`{"a":{"b":null,"d":{"e":null}}}`))
	f.Add([]byte(`[]`), []byte(`{"a":1.50}`))
	f.Fuzz(func(t *testing.T, document, patch []byte) {
		once, err := jsonpatch.Merge(document, patch)
		if err != nil {
			return
		}
		twice, err := jsonpatch.Merge(once, patch)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("once %s, twice %s, error %v", once, twice, err)
		}
	})
}
