// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/token"
	"regexp"
	"strings"
	"unicode"
)

// guessPlural returns the resource of a kind as the API machinery guesses it
// (k8s.io/apimachinery/pkg/api/meta.UnsafeGuessKindToResource), which is not
// always English: a kind for which it is wrong says so with a marker.
func guessPlural(kind string) string {
	singular := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(singular, "endpoints"):
		return singular
	case strings.HasSuffix(singular, "s"):
		return singular + "es"
	case strings.HasSuffix(singular, "y"):
		return strings.TrimSuffix(singular, "y") + "ies"
	}
	return singular + "s"
}

// goPlural returns the name of a resource as an exported Go name, with the
// capitals of the kind as far as the two have the same letters: NetworkPolicy
// and networkpolicies give NetworkPolicies.
func goPlural(kind, resource string) string {
	lower, same := strings.ToLower(kind), 0
	for same < len(lower) && same < len(resource) && lower[same] == resource[same] {
		same++
	}
	if same == 0 {
		return exported(resource)
	}
	return kind[:same] + camel(resource[same:])
}

// resourceName is what the name of a resource looks like: a DNS label.
var resourceName = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

// groupGoName returns what a group is called in Go: its first word, such as
// Shop for shop.example.com, and Core for the group without a name.
func groupGoName(group string) string {
	if group == "" {
		return "Core"
	}
	first, _, _ := strings.Cut(group, ".")
	return exported(first)
}

// exported returns words with hyphens in between as an exported name.
func exported(words string) string { return camel("-" + words) }

// camel drops hyphens and makes what follows a capital letter.
func camel(words string) string {
	var name strings.Builder
	upper := false
	for _, r := range words {
		switch {
		case r == '-' || r == '_':
			upper = true
			continue
		case upper:
			r = unicode.ToUpper(r)
		}
		upper = false
		name.WriteRune(r)
	}
	return name.String()
}

// unexported returns a name that begins with a small letter, and with a small
// word if it begins with an abbreviation: HTTPRoute gives httpRoute.
func unexported(name string) string {
	runes := []rune(name)
	for i := range runes {
		next := i + 1
		if !unicode.IsUpper(runes[i]) || i > 0 && next < len(runes) && unicode.IsLower(runes[next]) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// variable returns a name for a variable, or another one if that is taken by
// the language or by one of the names in use.
func variable(name, other string, inUse ...string) string {
	if !token.IsIdentifier(name) {
		return other
	}
	for _, taken := range inUse {
		if name == taken {
			return other
		}
	}
	return name
}
