// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"cmp"
	"go/token"
	"slices"
	"strings"
)

// builder makes the model of what is generated.
type builder struct {
	*problems
	fset *token.FileSet
}

// build makes group versions of packages, in order, and adds the indexes of
// flags. What cannot be is added to the problems.
func (b *builder) build(packages []*apiPackage, flags []*IndexFlag) (versions []*version) {
	for _, api := range packages {
		versions = append(versions, b.version(api))
	}
	// The core group is sorted by its name in Go, as it is written.
	slices.SortFunc(versions, func(a, c *version) int {
		return cmp.Or(cmp.Compare(a.goGroup, c.goGroup), cmp.Compare(a.version, c.version), cmp.Compare(a.path, c.path))
	})
	for _, v := range versions {
		slices.SortFunc(v.resources, func(a, c *resource) int { return cmp.Compare(a.Kind, c.Kind) })
	}
	for _, flag := range flags {
		b.apply(flag, versions)
	}
	b.checkNames(versions)
	return versions
}

// apply adds the index of a flag to the one kind that it names.
func (b *builder) apply(flag *IndexFlag, versions []*version) {
	var named []*resource
	var kinds []string
	for _, v := range versions {
		for _, r := range v.resources {
			kinds = append(kinds, r.Kind)
			if flag.names(r) {
				named = append(named, r)
			}
		}
	}
	switch len(named) {
	case 0:
		b.add(flag.spec.where, "no package that is generated for has this kind; there are %s", strings.Join(kinds, ", "))
	case 1:
		b.addIndex(named[0], flag.spec)
	default:
		b.add(flag.spec.where, "it may be %v or %v: write the end of the import path before the kind, such as %s.%s",
			named[0], named[1], named[0].version.label(), flag.kind)
	}
}

// checkNames looks for what would be declared twice.
func (b *builder) checkNames(versions []*version) {
	groups, packages := map[string]string{"Informers": "the accessor itself", "New": "the constructor"}, map[string]*version{}
	for _, v := range versions {
		if other, ok := groups[v.goGroup]; ok && other != "group "+v.group {
			b.add(v.where, "group %q would be called %s, which %s is: write // +groupGoName=… above a package clause", v.group, v.goGroup, other)
		}
		groups[v.goGroup] = "group " + v.group
		if other, ok := packages[v.pkg()]; ok {
			b.add(v.where, "%s is the group version of %s too: generate for them into two directories", v.label(), other.path)
		}
		packages[v.pkg()] = v
		b.checkResources(v)
	}
}

func (b *builder) checkResources(v *version) {
	plurals, files := map[string]*resource{}, map[string]string{"informers": "file of the package itself", "client": "file of the package itself"}
	for _, r := range v.resources {
		if other, ok := plurals[r.Plural]; ok {
			b.add(r.where, "the resource of %s would be called %s, as that of %s is: write // +resourceName=… above one of them", r.Kind, r.Plural, other.Kind)
		}
		plurals[r.Plural] = r
		file := strings.ToLower(r.Kind)
		if other, ok := files[file]; ok {
			b.add(r.where, "%s would be written to %s.go, which is the %s", r.Kind, file, other)
		}
		files[file] = "file of " + r.Kind
	}
}
