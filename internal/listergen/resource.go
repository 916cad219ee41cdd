// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// resource is a kind that gets an informer.
type resource struct {
	Kind       string // Deployment
	Resource   string // deployments
	Plural     string // Deployments
	Namespaced bool
	deprecated string
	indexes    []*fieldIndex
	version    *version
	named      *types.Named
	where      token.Position
}

// fieldIndex is an index by a field.
type fieldIndex struct {
	path     *fieldPath
	text     string // the path as it was asked for
	name     string // NodeName, of ByNodeName
	argument string // nodeName
}

// traits is what the markers of a type say.
type traits struct {
	client, root  bool // +genclient, +kubebuilder:object:root=true
	clusterScoped bool
	hidden        bool // a client without list or watch
	plural        string
	indexes       []indexSpec
}

// readTraits reads the markers of a type. Markers that are others' business are
// passed over.
func (b *builder) readTraits(markers []marker) (t traits) {
	for _, m := range markers {
		where := b.fset.Position(m.pos)
		switch {
		case m.name == "genclient":
			t.client = m.value != "false"
		case m.name == "kubebuilder:object:root":
			t.root = m.value == "true"
		case m.name == "genclient:nonNamespaced":
			t.clusterScoped = true
		case m.name == "genclient:noVerbs":
			t.hidden = true
		case m.name == "genclient:onlyVerbs":
			t.hidden = !hasVerb(m.value, "list") || !hasVerb(m.value, "watch")
		case m.name == "genclient:skipVerbs":
			t.hidden = hasVerb(m.value, "list") || hasVerb(m.value, "watch")
		case m.name == "resourceName":
			b.setPlural(&t, m.value, where)
		case strings.HasPrefix(m.name, "kubebuilder:resource:"):
			b.readResource(&t, strings.TrimPrefix(m.name, "kubebuilder:resource:")+"="+m.value, where)
		case m.name == "informer:index":
			b.readIndex(&t, m.value, where)
		case strings.HasPrefix(m.name, "informer:") || m.name == "informer":
			b.add(where, "there is no marker +%s: write +informer:index=path or +informer:index=path,name=Name", m.name)
		}
	}
	return t
}

func hasVerb(verbs, verb string) bool {
	return slices.ContainsFunc(strings.Split(verbs, ","), func(one string) bool { return strings.TrimSpace(one) == verb })
}

// readResource reads the arguments of +kubebuilder:resource.
func (b *builder) readResource(t *traits, text string, where token.Position) {
	arguments, err := parseArguments(text)
	if err != nil {
		b.add(where, "+kubebuilder:resource: %v", err)
	}
	for _, argument := range arguments {
		switch argument.name {
		case "path":
			b.setPlural(t, argument.value, where)
		case "scope":
			if argument.value != "Cluster" && argument.value != "Namespaced" {
				b.add(where, "+kubebuilder:resource: the scope is Cluster or Namespaced, not %q", argument.value)
			}
			t.clusterScoped = argument.value == "Cluster"
		}
	}
}

func (b *builder) setPlural(t *traits, plural string, where token.Position) {
	if !resourceName.MatchString(plural) {
		b.add(where, "%q is no name of a resource: small letters, digits and hyphens, such as gadgets", plural)
		return
	}
	if t.plural != "" && t.plural != plural {
		b.add(where, "the resource is called %s by one marker and %s by another", t.plural, plural)
	}
	t.plural = plural
}

func (b *builder) readIndex(t *traits, text string, where token.Position) {
	spec, err := parseIndex(text)
	if err != nil {
		b.add(where, "+informer:index: %v", err)
		return
	}
	spec.where = where
	t.indexes = append(t.indexes, spec)
}

// resource makes a resource of a declared type, or returns nil if it is none.
func (b *builder) resource(v *version, api *apiPackage, declared declaredType) *resource {
	t := b.readTraits(declared.markers)
	name, where := declared.spec.Name.Name, b.fset.Position(declared.spec.Pos())
	named, structure := namedStruct(api.types, name)
	isObject := structure != nil && embeds(structure, "ObjectMeta")
	// Kinds of configuration files are roots too, and so are lists.
	if !t.client && (!t.root || !isObject) || t.hidden {
		for _, spec := range t.indexes {
			b.add(spec.where, "%s gets no index: it is no type with +genclient or +kubebuilder:object:root=true that can be listed and watched", name)
		}
		return nil
	}
	if !isObject {
		b.add(where, "%s has +genclient and is no struct with a metav1.ObjectMeta embedded", name)
		return nil
	}
	if !isListOf(api.types, named) {
		b.add(where, "there is no %sList with a metav1.ListMeta and Items of %s, to read lists with", name, name)
		return nil
	}
	r := &resource{
		Kind: name, Resource: t.plural, Namespaced: !t.clusterScoped, deprecated: declared.deprecated,
		version: v, named: named, where: where,
	}
	if r.Resource == "" {
		r.Resource = guessPlural(name)
	}
	r.Plural = goPlural(name, r.Resource)
	for _, spec := range t.indexes {
		b.addIndex(r, spec)
	}
	return r
}

// addIndex adds an index to a resource, or says why it cannot.
func (b *builder) addIndex(r *resource, spec indexSpec) {
	path, err := resolve(r.named, spec.path)
	if err != nil {
		b.add(spec.where, "index %v of %s: %v", spec, r.Kind, err)
		return
	}
	added := &fieldIndex{path: path, text: spec.String(), name: spec.name, argument: unexported(spec.name)}
	if spec.name == "" {
		added.name, added.argument = path.last.Name(), spec.path[len(spec.path)-1]
	}
	for _, other := range r.indexes {
		if other.name == added.name {
			b.add(spec.where, "index %v of %s: there is a By%s already; give one of them a name, with %v,name=…", spec, r.Kind, added.name, spec)
			return
		}
	}
	r.indexes = append(r.indexes, added)
}

// namedStruct returns a type of a package, and what it is made of; nil for what
// is no struct, or has type parameters.
func namedStruct(p *types.Package, name string) (*types.Named, *types.Struct) {
	object, ok := p.Scope().Lookup(name).(*types.TypeName)
	if !ok || !object.Exported() {
		return nil, nil
	}
	named, ok := object.Type().(*types.Named)
	if !ok || named.TypeParams().Len() > 0 {
		return nil, nil
	}
	structure, _ := named.Underlying().(*types.Struct)
	return named, structure
}

// embeds says whether a struct embeds a type of the API machinery.
func embeds(structure *types.Struct, name string) bool {
	for i := range structure.NumFields() {
		field := structure.Field(i)
		if field.Embedded() && field.Name() == name && isMeta(field.Type()) {
			return true
		}
	}
	return false
}

func isMeta(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && strings.HasSuffix(named.Obj().Pkg().Path(), "k8s.io/apimachinery/pkg/apis/meta/v1")
}

// isListOf says whether there is a list type of a kind.
func isListOf(p *types.Package, kind *types.Named) bool {
	_, list := namedStruct(p, kind.Obj().Name()+"List")
	if list == nil || !embeds(list, "ListMeta") {
		return false
	}
	for i := range list.NumFields() {
		if items, ok := list.Field(i).Type().(*types.Slice); ok && list.Field(i).Name() == "Items" {
			return types.Identical(pointed(items.Elem()), kind)
		}
	}
	return false
}

// hasProtobuf says whether a type can be read from protobuf.
func hasProtobuf(named *types.Named) bool {
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, named.Obj().Pkg(), "Unmarshal")
	_, ok := method.(*types.Func)
	return ok
}

func (r *resource) String() string { return fmt.Sprintf("%s of %s", r.Kind, r.version.label()) }
