// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"slices"
	"strings"
)

// typedDocuments are what decoders are known not to agree on.
var typedDocuments = map[string][]string{
	"whole": {
		``, ` `, `null`, ` {} `, `{}{}`, `{} x`, `{}]`, `[]`, `"x"`, `7`, `true`, "\ufeff{}", `{`, `{"text"`, `{"text":`, `{"text":"a"`, `{"text":"a",}`, `{,}`, `{'text':1}`,
		`{"text":"a"}` + "\n\x00", `{"text":01}`, `{"x":01}`, `{"x":1.}`, `{"x":.5}`, `{"x":+1}`, `{"x":1e}`, `{"x":NaN}`, `{"x":tru}`, `{"x":/**/1}`, `{"x":[1,]}`, `{x:1}`,
		`{"kind":"typed","apiVersion":"example.com/v1","metadata":{"name":"n"}}`,
	},
	"unknown": {`{"unknown":{"a":[1,{"b":"\u00e9"}]},"text":"a"}`, `{"unknown":1e999,"text":"a"}`, `{"unknown":"\ud800"}`},
	"case":    {`{"Text":"a","TEXT":"b","tExt":"c"}`, `{"text":"a","Text":"b"}`, `{"untagged":"a"}`, `{"Untagged":"a"}`, `{"UNTAGGED":"a"}`, `{"nested":{"A":1,"B":"b"}}`, `{"Metadata":{"name":"n"}}`, `{"omitted":"a","Omitted":"b"}`, `{"-":"a"}`, `{"with space":"a"}`, `{"with_space":"a"}`},
	"text":    members("text", `""`, `"é😀\u00e9\ud83d\ude00"`, `"\ud800"`, `"\udc00x"`, `"\ud800\ud800"`, `"\ud83d\u0041"`, "\"\xff\"", "\"\xc3(\"", "\"\xed\xa0\x80\"", "\"\x7f\"", `"\"\\\/\b\f\n\r\t"`, "\"\n\"", "\"\x00\"", `"\x"`, `"\u12"`, `"\u0000"`, `"<>&\u2028"`, `1`, `true`, `{}`, `[]`, `null`, `"`+strings.Repeat("a", 5000)+`"`),
	"names":   {`{"te\u0078t":"a"}`, "{\"\xff\":1,\"text\":\"a\"}", `{"map":{"\u0061":"b","\ud800":"c","":"d"}}`, "{\"map\":{\"\xff\":\"a\",\"\ufffd\":\"b\"}}", "{\"map\":{\"\xff\":\"a\",\"\xfe\":\"b\"}}", `{"\u0000":1}`, `{"":1}`},
	"integers": slices.Concat(
		members("int", `0`, `-0`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`, `1e3`, `1.0`, `1.5`, `1E0`, `"1"`, `true`, `null`, `[1]`, `99999999999999999999999999999`),
		members("int32", `2147483647`, `2147483648`, `-2147483649`), members("int64", `null`, `9007199254740993`, `-9223372036854775808`, `1e2`),
		members("uint8", `255`, `256`, `-1`, `-0`, `1.0`), members("uint64", `18446744073709551615`, `18446744073709551616`, `-1`),
		members("ints", `[1,2]`, `[1,"a",3]`, `[1,null,3]`, `[1e2]`, `{}`, `"a"`, `null`, `[]`)),
	"floats": slices.Concat(members("float64", `1`, `-0`, `-0.0`, `1e308`, `1e309`, `-1e999`, `1e-400`, `0.1`, `"1"`, `"NaN"`, `null`, `12345678901234567890`, `5e-324`), members("float32", `3.4e38`, `3.5e38`, `1e-50`, `0.1`, `16777217`)),
	"bools":  members("bool", `true`, `false`, `null`, `1`, `"true"`, `[]`),
	"null": ofEach(`null`, "text", "named", "bool", "int", "int32", "int64", "uint8", "uint64", "float32", "float64", "bytes", "array", "byteRow", "ints", "pointers", "nested", "pointer", "twice", "list", "lists", "map",
		"byName", "byRef", "byLists", "byNumber", "byText", "empty", "quantity", "resources", "limit", "time", "deadline", "micro", "duration", "port", "surge", "template", "templates", "fields", "selector", "goSpan", "addr",
		"raw", "Untagged", "lower", "deep", "inner", "held", "metadata", "kind", "unknown"),
	"null within":        {`{"list":[null,{"a":1},null]}`, `{"pointers":[null,{"a":null}]}`, `{"map":{"a":null}}`, `{"byName":{"a":null}}`, `{"byRef":{"a":null}}`, `{"resources":{"a":null}}`, `{"templates":[null]}`, `{"lists":[null,[null]]}`, `{"metadata":{"creationTimestamp":null,"labels":null,"managedFields":[null],"ownerReferences":null}}`, `{"array":[null,1]}`},
	"null after a value": {`{"text":"a","text":null}`, `{"int":1,"int":null}`, `{"nested":{"a":1},"nested":null}`, `{"pointer":{"a":1},"pointer":null}`, `{"list":[{"a":1}],"list":null}`, `{"map":{"a":"b"},"map":null}`, `{"time":"2026-03-01T12:00:07Z","time":null}`, `{"quantity":"1","quantity":null}`, `{"port":1,"port":null}`, `{"template":{"a":1},"template":null}`, `{"raw":1,"raw":null}`, `{"bytes":"AQI=","bytes":null}`, `{"array":[1],"array":null}`, `{"duration":"1s","duration":null}`, `{"deadline":"2026-03-01T12:00:07Z","deadline":null}`, `{"addr":"10.0.0.1","addr":null}`, `{"deep":{"a":1},"deep":null}`, `{"twice":{"a":1},"twice":null}`, `{"fields":{"a":1},"fields":null}`},
	"twice": {
		`{"text":"a","text":"b"}`, `{"nested":{"a":1,"list":[1,2,3]},"nested":{"b":"x","list":[4]}}`, `{"pointer":{"a":1},"pointer":{"b":"x"}}`, `{"twice":{"a":1},"twice":{"b":"x"}}`,
		`{"list":[{"a":1,"list":[1]},{"a":2},{"a":3}],"list":[{"b":"x"},{"b":"y"}]}`, `{"list":[{"a":1},{"a":2}],"list":[{}],"list":[{},{},{}]}`, `{"list":[{"a":1}],"list":[]}`, `{"ints":[1,2,3],"ints":[null,5]}`, `{"pointers":[{"a":1}],"pointers":[{"b":"x"},null]}`,
		`{"map":{"a":"1","b":"2"},"map":{"b":"3"}}`, `{"byName":{"n":{"a":1,"list":[1]}},"byName":{"n":{"b":"x"}}}`, `{"byName":{"n":{"a":1},"n":{"b":"x"}}}`, `{"byRef":{"n":{"a":1}},"byRef":{"n":{"b":"x"}}}`, `{"byLists":{"n":[{"a":1},{"a":2}],"n":[{"b":"x"}]}}`, `{"byNumber":{"1":"a","01":"b"}}`,
		`{"array":[1,2,3],"array":[4]}`, `{"byteRow":[1,2,3],"byteRow":[4]}`, `{"bytes":"AQID","bytes":"BA=="}`, `{"bytes":"AQID","bytes":[9]}`, `{"lists":[["a","b"]],"lists":[["c"],["d"]]}`,
		`{"deep":{"a":1},"deep":{"b":"x"}}`, `{"metadata":{"name":"a","labels":{"a":"1"}},"metadata":{"namespace":"b","labels":{"b":"2"}}}`, `{"quantity":"1","quantity":"2Gi"}`, `{"resources":{"cpu":"1","cpu":"2"}}`, `{"time":"2026-03-01T12:00:07Z","time":"2027-03-01T12:00:07Z"}`, `{"port":1,"port":"a"}`, `{"template":{"a":1},"template":{"b":2}}`, `{"raw":{"a":1},"raw":[2]}`, `{"selector":{"matchLabels":{"a":"1"},"matchExpressions":[{"key":"a","values":["x","y"]}]},"selector":{"matchLabels":{"b":"2"},"matchExpressions":[{"operator":"In","values":["z"]}]}}`,
		`{"text":"a","te\u0078t":"b"}`, `{"text":"a","text":1}`, `{"text":1,"text":"a"}`, `{"inner":"a","inner":"b"}`,
	},
	"bytes":    slices.Concat(members("bytes", `"AQI="`, `"AQI"`, `""`, `"A Q I ="`, `"AQ\nI="`, `"AQ\rI="`, `"-_-_"`, `"++//"`, `"AQIDBA=="`, `"AQJ="`, `[1,2,255]`, `[1,256]`, `[]`, `{}`, `1`, `"\u0041QI="`), members("byteRow", `[1,2,3]`, `[1,2,3,4]`, `[1]`, `"AQID"`, `[]`)),
	"arrays":   members("array", `[]`, `[1]`, `[1,2,3]`, `[1,2,3,4]`, `[1,2,3,"a"]`, `[1,"a",3]`, `{}`, `1`, `"a"`),
	"objects":  slices.Concat(members("nested", `{}`, `[]`, `""`, `1`, `true`, `{"a":{}}`, `{"b":1}`, `{"next":{"next":{"a":1}}}`, `{"next":[]}`), members("empty", `{}`, `{"a":1}`, `[]`, `1`)),
	"lists":    slices.Concat(members("list", `[]`, `[{}]`, `[1]`, `[[]]`, `{}`, `"a"`, `[{"a":"x"},{"a":1}]`), members("lists", `[[],["a"],null]`, `["a"]`)),
	"maps":     slices.Concat(members("map", `{}`, `{"a":1}`, `[]`, `{"a":{}}`), members("byNumber", `{"1":"a","-128":"b"}`, `{"128":"a"}`, `{"x":"a"}`, `{"1.0":"a"}`, `{"+1":"a"}`, `{" 1":"a"}`, `{"":"a"}`, `{"1e0":"a"}`), members("byText", `{"10.0.0.1":"a"}`, `{"x":"a"}`, `{"":"a"}`, `{"\u0031.1.1.1":"a"}`), members("byLists", `{"a":[{"a":1}],"b":[]}`)),
	"embedded": {`{"lower":"a","deep":{"a":1},"inner":"i","held":{"value":"v"}}`, `{"clash":1}`, `{"embedded":{"lower":"a"},"Pointed":{"deep":{"a":1}},"Inlined":{"inner":"i"}}`, `{"low":"a"}`, `{"low":null}`, `{"lower":{"low":"a"}}`, `{"deep":null}`, `{"value":"v"}`, `{"held":1}`, `{"Held":{"value":"v"}}`, `{"kind":"typed","name":"n","unexported":"u"}`, `{"name":"n"}`},
	"quantities": slices.Concat(
		members("quantity", `"1"`, `"100m"`, `"1.5Gi"`, `"1e3"`, `1`, `1.5`, `-1`, `1e3`, `""`, `"x"`, `"1Qi"`, `true`, `{}`, `[]`, `" 1"`, `"1 "`, `"0.0000000001"`, `99999999999999999999`, `"\u0031"`, `"+1"`, `"1."`),
		members("resources", `{"cpu":"100m","memory":"1Gi"}`, `{"cpu":1,"memory":null}`, `{"cpu":"x"}`), members("limit", `"1"`, `"x"`)),
	"times": slices.Concat(
		members("time", `"2026-03-01T12:00:07Z"`, `"2026-03-01T12:00:07.123456789Z"`, `"2026-03-01T12:00:07+02:00"`, `"2026-03-01T12:00:07.5-07:00"`, `"2026-03-01"`, `""`, `"x"`, `1`, `{}`, `true`, `"2026-03-01t12:00:07z"`, `"2026-03-01T12:00:07,5Z"`, `"2026-03-01T2:00:07Z"`, `"2026-02-30T12:00:07Z"`, `"2026-03-01T12:00:07\u005a"`, `"0001-01-01T00:00:00Z"`),
		members("deadline", `"2026-03-01T12:00:07Z"`, `"x"`, `{}`),
		members("micro", `"2026-03-01T12:00:07.123456Z"`, `"2026-03-01T12:00:07Z"`, `"2026-03-01T12:00:07.123Z"`, `"2026-03-01T12:00:07.123456789Z"`, `""`, `1`),
		members("duration", `"1m30s"`, `"1"`, `""`, `1`, `{}`), members("goSpan", `1000`, `1.5`, `"1s"`, `1e3`)),
	"int or string":  slices.Concat(members("port", `8080`, `"http"`, `"8080"`, `""`, `2147483648`, `1.5`, `true`, `{}`, `[1]`, `-1`, `"\u0041"`, `1e3`), members("surge", `"25%"`, `1`, `true`)),
	"raw extensions": slices.Concat(members("template", `{"kind":"K", "spec" : {"a":[1, 2]}}`, `"x"`, `1`, `[]`, "{\n}", `{"a":"\u0041<>"}`, "{\"a\":\"\xff\"}", `{"a":1,"a":2}`), members("templates", `[{"a":1},"x",2, null , [ ] ]`, `{}`)),
	"raw":            slices.Concat(members("raw", ` { "a" : 1 , "a" : 2 } `, `"\u0041"`, "\"\xff\"", `1.0`, `[ ]`, ` null `), members("fields", `{"f:metadata":{"f:labels":{".":{}, "f:a":{}}}}`, `{}`, `1`, `"x"`)),
	"managed fields": {`{"metadata":{"managedFields":[{"manager":"m","operation":"Update","apiVersion":"v1","time":"2026-03-01T12:00:07Z","fieldsType":"FieldsV1","fieldsV1":{"f:a":{ "k:{\"a\":1}":{}}}}]}}`},
	"metadata":       {`{"metadata":{"name":"n","generateName":"g","generation":9007199254740993,"deletionTimestamp":"2026-03-01T12:00:07Z","deletionGracePeriodSeconds":30,"ownerReferences":[{"uid":"u","controller":true}],"finalizers":["a"]}}`, `{"metadata":{"name":1}}`, `{"metadata":[]}`, `{"metadata":{"labels":{"a":1}}}`, `{"metadata":{"generation":1.5}}`, `{"metadata":{"creationTimestamp":"x"}}`},
	"text methods":   members("addr", `"10.0.0.1"`, `"::1"`, `""`, `"x"`, `1`, `{}`, `[]`, `true`, `"10.0.0.\u0031"`),
	"errors within":  {`{"text":1,"nested":{"a":"x"},"int":7}`, `{"list":[{"a":"x"},{"a":1}],"time":"x"}`, `{"quantity":"x","text":"a"}`, `{"byRef":{"a":{"a":"x"}}}`},
	"depth": {
		`{"unknown":` + nesting("[]", 9999) + `}`, `{"unknown":` + nesting("[]", 10000) + `}`, `{"raw":` + nesting("[]", 9999) + `}`, `{"raw":` + nesting("[]", 10000) + `}`,
		`{"template":` + strings.Repeat(`{"a":`, 9999) + `1` + strings.Repeat(`}`, 9999) + `}`, `{"template":` + strings.Repeat(`{"a":`, 10000) + `1` + strings.Repeat(`}`, 10000) + `}`,
		`{"nested":` + strings.Repeat(`{"next":`, 9998) + `{}` + strings.Repeat(`}`, 9998) + `}`, `{"nested":` + strings.Repeat(`{"next":`, 9999) + `{}` + strings.Repeat(`}`, 9999) + `}`,
		nesting("[]", 10001),
	},
	"everything": {everything},
}

// everything has a member for each field.
const everything = `{"kind":"typed","apiVersion":"example.com/v1","metadata":{"name":"n","namespace":"s","labels":{"a":"b"},"creationTimestamp":"2026-03-01T12:00:07Z"},
	"text":"t","named":"n","bool":true,"int":-1,"int32":2,"int64":3,"uint8":4,"uint64":5,"float32":0.5,"float64":1e3,"bytes":"AQI=","array":[1,2,3],"byteRow":[1,2,3],"ints":[1,2],
	"pointers":[{"a":1}],"nested":{"a":1,"b":"b","list":[1],"map":{"a":"b"},"next":{"a":2}},"pointer":{"a":1},"twice":{"a":1},"list":[{"a":1},{"b":"c"}],"lists":[["a"],[]],"map":{"a":"b"},
	"byName":{"a":{"a":1}},"byRef":{"a":{"a":1}},"byLists":{"a":[{"a":1}]},"byNumber":{"1":"a"},"byText":{"10.0.0.1":"a"},"empty":{},"quantity":"100m","resources":{"cpu":"1"},"limit":"1Gi",
	"time":"2026-03-01T12:00:07Z","deadline":"2026-03-01T12:00:07+01:00","micro":"2026-03-01T12:00:07.123456Z","duration":"1m","port":"http","surge":1,"template":{"a":1},"templates":[{"a":1}],
	"fields":{"f:a":{}},"selector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]},"goSpan":1,
	"addr":"::1","raw":{"a": 1},"Untagged":"u","-":"d","with space":"s","lower":"l","deep":{"a":1},"inner":"i","held":{"value":"v"}}`

// openDocuments are for fields that leave open what they hold.
var openDocuments = map[string][]string{
	"any": slices.Concat(
		members("any", `1`, `-0`, `0`, `1.0`, `1e3`, `1E+2`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`, `12345678901234567890123`, `1e308`, `1e309`, `-1e999`, `1e-400`, `0.1`, `-0.0`, `-0e0`, `null`, `true`, `false`, `""`, `"\u00e9\ud800"`, "\"\xff\"", `{}`, `[]`, `[1,[2.5,{"a":1e2}]]`, `{"a":1,"a":{"b":2},"a":{"c":3}}`, "{\"\xff\":1,\"\xfe\":2}", nesting("[]", 9999), nesting("[]", 10000)),
		[]string{`{"any":{"a":1},"any":{"b":2}}`, `{"any":[1,2],"any":[3]}`, `{"any":1,"any":null}`, `{"Any":1}`}),
	"any within": {`{"map":{"a":1,"b":2.0,"c":null,"d":[1]},"slice":[1,"a",null,{"a":1}],"nested":{"Any":1,"any":2}}`, `{"map":{"a":{"x":1}},"map":{"a":{"y":2},"b":1}}`, `{"slice":[{"x":1},2],"slice":[{"y":1}]}`, `{"slice":[1e999,1]}`, `{"map":[]}`, `{"slice":{}}`, `{"named":1}`, `{"named":{"a":[1]}}`, `{"map":null,"slice":null,"named":null}`},
	"interfaces": members("stringer", `null`, `1`, `"a"`, `{}`, `[]`, `true`),
	"tags": {
		`{"NotInlined":{"a":1}}`, `{"a":1,"b":"c"}`, `{"Unknown":{"a":"b"}}`, `{"other":"b"}`, `{"ANYCASE":"a"}`, `{"anyCase":"a"}`, `{"formatted":"AQI="}`, `{"formatted":"0102"}`, `{"Mistaken":"a"}`, `{"mistaken":"a"}`, `{"'mistaken'":"a"}`,
	},
	"numbers": members("number", `1`, `1.50`, `1e999`, `"2"`, `"x"`, `""`, `null`, `true`, `{}`, `" 1"`),
	"quoted": slices.Concat(
		members("quoted", `"7"`, `7`, `""`, `"x"`, `" 7"`, `"7.0"`, `"null"`, `"\u0037"`, `"true"`, `{}`, `[]`, `"-0"`, `"07"`, `"+7"`, `"7 "`, `"nil"`, `"\"7\""`),
		members("quotedText", `"\"a\""`, `"a"`, `""`, `"null"`, `"\"\\u0041\""`, `"\"a\" "`, `1`, `"\"\\ud800\""`, `"\""`, `"1"`),
		members("quotedBool", `"true"`, `"false"`, `"tru"`, `true`, `"null"`, `"1"`), members("quotedNested", `{"a":1}`, `"{}"`), members("quotedInts", `[1]`, `["1"]`, `"[1]"`)),
	"Go's times": slices.Concat(
		members("goTime", `"2026-03-01T12:00:07Z"`, `"2026-03-01T12:00:07.5+02:00"`, `"2026-03-01T12:00:07,5Z"`, `"2026-03-01T2:00:07Z"`, `"2026-03-01T12:00:07+24:00"`, `"x"`, `""`, `1`, `{}`, `"2026-03-01T12:00:07\u005a"`),
		members("goTimes", `"2026-03-01T12:00:07Z"`, `1`),
	),
	"null":                   ofEach(`null`, "goTime", "goTimes", "number", "quoted", "quotedText", "quotedBool", "quotedNested", "quotedInts"),
	"null after a value":     {`{"goTime":"2026-03-01T12:00:07Z","goTime":null}`, `{"number":1,"number":null}`, `{"quoted":"1","quoted":null}`},
	"what cannot be decoded": {`{"func":1}`, `{"func":null}`, `{"func":"a"}`},
}
