// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/reflect"
)

// clip bounds what is shown of a text that others have made.
func clip(text string) string {
	const most = 2000
	if len(text) <= most {
		return text
	}
	end := most
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// failureText returns the text of a failure of the source, which is of requests
// and not of objects. There is one exception: of an answer that does not say what
// kind of object it is, the API machinery quotes all.
func failureText(err error) string {
	text := err.Error()
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if runtime.IsMissingKind(inner) || runtime.IsMissingVersion(inner) {
			text = strings.ReplaceAll(text, inner.Error(), "the answer does not say of which kind it is")
		}
	}
	return clip(text)
}

// quoting returns the text of an error that may quote an object: what a function of
// the program, or a decoder, has said of it. Without values that is the type of the
// error, which often says it as well.
func quoting(err error, values bool) string {
	if values {
		return clip(err.Error())
	}
	var function *index.FuncError
	if errors.As(err, &function) {
		return fmt.Sprintf("the function of index %q panicked: %T", function.Index, function.Err)
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

// recentText returns what is shown of an error that was reported.
func recentText(err error, values bool) string {
	var failure *reflect.Failure
	var behind *BacklogError
	switch {
	case errors.As(err, &failure):
		return failureText(err)
	case errors.As(err, &behind):
		return clip(err.Error())
	}
	return quoting(err, values)
}
