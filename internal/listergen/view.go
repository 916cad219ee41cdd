// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"go/types"
	"path"
	"strings"
)

// view is what a template sees.
type view interface {
	prepare() // is called when nothing is added to the imports any more
}

// fileView is what the view of every file has.
type fileView struct {
	Package          string
	Standard, Others []importSpec
	imports          imports
}

func newFileView(name string, paths ...string) fileView {
	view := fileView{Package: name}
	for _, p := range paths {
		view.imports.add(p, path.Base(p))
	}
	return view
}

func (v *fileView) prepare() { v.Standard, v.Others = v.imports.split() }

type rootView struct {
	fileView
	Labels   string
	Groups   []*groupView
	Versions []versionName
	Example  exampleView
}

// groupView is a group with its versions.
type groupView struct {
	Name, Text string
	Versions   []versionName
}

// versionName is what the accessors need to know of a group version.
type versionName struct{ Field, Package, Version, Label string }

// exampleView is the resource that the package comment has.
type exampleView struct{ Argument, Group, Version, Plural string }

func newRootView(name string, versions []*version) *rootView {
	view := &rootView{fileView: newFileView(name, informerPath, restPath)}
	var labels []string
	for _, v := range versions {
		names := versionName{unexported(v.goGroup) + exported(v.version), v.pkg(), exported(v.version), v.label()}
		view.Versions = append(view.Versions, names)
		labels = append(labels, v.label())
		last := len(view.Groups) - 1
		if last < 0 || view.Groups[last].Name != v.goGroup {
			text := "the core group"
			if v.group != "" {
				text = "the group " + v.group
			}
			view.Groups = append(view.Groups, &groupView{Name: v.goGroup, Text: text})
			last++
		}
		view.Groups[last].Versions = append(view.Groups[last].Versions, names)
	}
	view.Labels = enumerate(labels)
	first := versions[0].resources[0]
	view.Example = exampleView{variable(unexported(first.Plural), "objects", "all", "err"), versions[0].goGroup, exported(versions[0].version), first.Plural}
	return view
}

// enumerate returns words as a sentence has them.
func enumerate(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

type versionView struct {
	fileView
	Label, Group, Version string
	API                   string // how the file calls the API package
	Protobuf, Indexed     bool
	Resources             []resourceNames
}

func newVersionView(v *version, paths ...string) *versionView {
	view := &versionView{
		fileView: newFileView(v.pkg(), paths...),
		Label:    v.label(), Group: v.group, Version: v.version,
		Protobuf: v.protobuf(), Indexed: v.indexed(),
	}
	for _, r := range v.resources {
		view.Resources = append(view.Resources, namesOf(r))
	}
	return view
}

// resourceNames are the names of a resource in generated code. Field is that of
// a field of Informers.
type resourceNames struct{ Kind, Resource, Plural, Field string }

func namesOf(r *resource) resourceNames {
	field := variable(unexported(r.Plural), unexported(r.Kind)+"Objects", "group", "client")
	return resourceNames{r.Kind, r.Resource, r.Plural, field}
}

type resourceView struct {
	fileView
	resourceNames
	Label, API string
	Variable   string // what an object is called
	Namespaced bool
	Deprecated string // what the API package says of that
	Indexes    []indexView
}

// indexView is an index of a resource.
type indexView struct {
	Name, Argument, Path string
	Index                string // what it is added under
	Type, Code           string
	Many, Loops          bool
}

func newResourceView(r *resource) *resourceView {
	view := &resourceView{
		fileView:      newFileView(r.version.pkg(), informerPath, ours+"index"),
		resourceNames: namesOf(r),
		Label:         r.version.label(),
		Variable:      variable(unexported(r.Kind), "object", "values", "i", "j", "k"),
		Namespaced:    r.Namespaced,
		Deprecated:    r.deprecated,
	}
	if len(r.indexes) > 0 {
		view.imports.add("iter", "iter")
	}
	view.API = view.imports.addAs(r.version.path, r.version.pkg())
	for _, index := range r.indexes {
		valueType := types.TypeString(index.path.value, view.imports.qualify)
		code := index.path.code(view.Variable, valueType)
		view.Indexes = append(view.Indexes, indexView{
			Name: index.name, Argument: variable(index.argument, "value", "l"), Path: index.text,
			// Others name their indexes by a path too, and may mean something else.
			Index: "field:" + index.text,
			Type:  valueType, Code: code,
			Many: index.path.many(), Loops: strings.Contains(code, "values"),
		})
	}
	return view
}
