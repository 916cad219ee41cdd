// SPDX-License-Identifier: Apache-2.0

package jsonpatch_test

import (
	"fmt"

	"github.com/typedinformer/typedinformer/internal/jsonpatch"
)

func ExampleMerge() {
	result, err := jsonpatch.Merge([]byte(`{"size":90,"color":"red","legs":[1,2]}`), []byte(`{"color":null,"legs":[3]}`))
	fmt.Println(string(result), err)
	// Output:
	// {"legs":[3],"size":90} <nil>
}

func ExampleApply() {
	chair := []byte(`{"size":90,"legs":[1,2]}`)
	result, err := jsonpatch.Apply(chair, []byte(`[{"op":"test","path":"/size","value":90},{"op":"add","path":"/legs/-","value":3}]`))
	fmt.Println(string(result), err)
	_, err = jsonpatch.Apply(chair, []byte(`[{"op":"replace","path":"/color","value":"red"}]`))
	fmt.Println(err)
	// Output:
	// {"legs":[1,2,3],"size":90} <nil>
	// jsonpatch: operation 0 (replace "/color"): there is no member "color"
}
