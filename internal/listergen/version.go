// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// version is a group version, which is an API package.
type version struct {
	group, version string
	goGroup        string // Apps
	path, name     string // of the API package
	resources      []*resource
	where          token.Position // of the package clause
}

// label is what the group version is called in text.
func (v *version) label() string {
	if v.group == "" {
		return "core/" + v.version
	}
	return v.group + "/" + v.version
}

// pkg is the name of the package that is generated, and the name under which
// programs import the API package.
func (v *version) pkg() string { return strings.ToLower(v.goGroup) + v.version }

// protobuf says whether the types can be read from protobuf.
func (v *version) protobuf() bool {
	for _, r := range v.resources {
		if !hasProtobuf(r.named) {
			return false
		}
	}
	return true
}

// indexed says whether a resource has an index.
func (v *version) indexed() bool {
	for _, r := range v.resources {
		if len(r.indexes) > 0 {
			return true
		}
	}
	return false
}

// version makes a group version of a package, or says what it lacks.
func (b *builder) version(api *apiPackage) *version {
	v := &version{path: api.path, name: api.types.Name(), version: api.types.Name(), where: b.fset.Position(api.files[0].Package)}
	hasGroup, before := b.readPackageMarkers(v, api), len(b.found)
	for _, file := range api.files {
		for _, declared := range declaredTypes(b.fset, file) {
			if r := b.resource(v, api, declared); r != nil {
				v.resources = append(v.resources, r)
			}
		}
	}
	switch {
	case len(b.found) > before: // it may have been meant to be a type with an informer
	case len(v.resources) == 0:
		b.add(v.where, "package %s has no type with +genclient or +kubebuilder:object:root=true that can be listed and watched", v.name)
	case !hasGroup:
		b.add(v.where, "package %s has no group: write // +groupName=shop.example.com above a package clause", v.name)
	case api.types.Scope().Lookup("AddToScheme") == nil:
		b.add(v.where, "package %s has no AddToScheme, which registers its types with a scheme", v.name)
	}
	if !isVersion.MatchString(v.version) {
		b.add(v.where, "%s is no version such as v1alpha1: rename the package, or write // +versionName=v1alpha1 above its clause", v.version)
	}
	return v
}

// readPackageMarkers reads what is said above package clauses. A package without
// a marker for its group may have the constant that k8s.io/api has.
func (b *builder) readPackageMarkers(v *version, api *apiPackage) (hasGroup bool) {
	for _, file := range api.files {
		for _, m := range packageMarkers(file) {
			switch m.name {
			case "groupName":
				if hasGroup && v.group != m.value {
					b.add(b.fset.Position(m.pos), "package %s is of group %q by one marker and %q by another", v.name, v.group, m.value)
				}
				v.group, hasGroup = m.value, true
			case "groupGoName":
				v.goGroup = exported(m.value)
			case "versionName":
				v.version = m.value
			}
		}
	}
	if name, ok := api.types.Scope().Lookup("GroupName").(*types.Const); ok && !hasGroup && name.Val().Kind() == constant.String {
		v.group, hasGroup = constant.StringVal(name.Val()), true
	}
	if v.goGroup == "" {
		v.goGroup = groupGoName(v.group)
	}
	if !token.IsIdentifier(v.goGroup) || !token.IsExported(v.goGroup) {
		b.add(v.where, "group %q makes no Go name: write // +groupGoName=Shop above a package clause", v.group)
	}
	return hasGroup
}
