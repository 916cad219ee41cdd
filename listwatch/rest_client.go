// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	metainternalversionscheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/features"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/flowcontrol"
)

// restClient makes the requests of a REST source. It is not changed once made.
type restClient struct {
	client    *rest.RESTClient
	resource  schema.GroupVersionResource
	namespace string
	request   request
	accept    accepted
	shard     string // the selector that is asked for; empty for none
}

func newRESTClient(config *rest.Config, resource schema.GroupVersionResource, options RESTOptions, accept accepted, shard shardRange) (*restClient, error) {
	request, err := newRequest([]Options{{
		LabelSelector: options.LabelSelector, FieldSelector: options.FieldSelector, Tweak: options.Tweak,
	}})
	if err != nil {
		return nil, err
	}
	request.shard = shard.selector
	client, err := dial(config, resource.GroupVersion())
	if err != nil {
		return nil, fmt.Errorf("make a client of the config: %w", err)
	}
	return &restClient{client, resource, options.Namespace, request, accept, shard.selector}, nil
}

// dial makes a client for a group and version. What it decodes are errors only.
func dial(config *rest.Config, version schema.GroupVersion) (*rest.RESTClient, error) {
	config = rest.CopyConfig(config)
	config.GroupVersion = &version
	config.APIPath = "/apis"
	if version.Group == "" {
		config.APIPath = "/api"
	}
	config.NegotiatedSerializer = metainternalversionscheme.Codecs.WithoutConversion()
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeJSON, ""
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	shared, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	client := *shared // which may be the default client of the process
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = noting{client.Transport}
	return rest.RESTClientForConfigAndClient(config, &client)
}

// list asks for a page.
func (c *restClient) list(ctx context.Context, options ListOptions) (*answer, error) {
	wanted := c.request.list(options)
	return c.ask(ctx, verbList, c.get(&wanted, c.accept.list))
}

// watch asks for a watch. As in client-go, watches are not subject to the limit
// on the rate of requests: there are few, and each lasts.
func (c *restClient) watch(ctx context.Context, options WatchOptions) (*answer, error) {
	wanted := c.request.watch(options)
	answer, err := c.ask(ctx, verbWatch, c.get(&wanted, c.accept.watch).Throttle(flowcontrol.NewFakeAlwaysRateLimiter()))
	if err != nil && options.InitialEvents && refuses(err) {
		return nil, fmt.Errorf("%w: %w", ErrNoInitialEvents, err)
	}
	return answer, err
}

func (c *restClient) get(options *metav1.ListOptions, accept string) *rest.Request {
	return c.client.Get().
		NamespaceIfScoped(c.namespace, c.namespace != "").
		Resource(c.resource.Resource).
		SpecificallyVersionedParams(options, metav1.ParameterCodec, metav1.SchemeGroupVersion).
		SetHeader("Accept", accept)
}

// ask makes a request, and returns its answer if that is a success.
func (c *restClient) ask(ctx context.Context, verb string, request *rest.Request) (*answer, error) {
	a := &answer{verb: verb, resource: c.resource, url: request.URL()}
	a.url.RawQuery, a.url.User = "", nil
	body, err := request.Stream(withNote(ctx, &a.note))
	if err != nil {
		return nil, a.failed(err)
	}
	a.ReadCloser = body
	return a, nil
}

const (
	verbList  = "list"
	verbWatch = "watch"
)

// accepted is what is asked for in the headers of requests.
type accepted struct{ list, watch string }

// accept returns the encodings that are asked for, the best one first.
func accept(shape shape, options RESTOptions) accepted {
	var types []string
	if shape.protobuf && options.Format != FormatJSON {
		types = append(types, runtime.ContentTypeProtobuf)
	}
	if shape.typed && options.Format == FormatAny && features.FeatureGates().Enabled(features.ClientsAllowCBOR) {
		types = append(types, runtime.ContentTypeCBOR)
	}
	types = append(types, runtime.ContentTypeJSON)
	var list, watch []string
	for _, encoding := range types {
		if shape.metadata {
			list = append(list, encoding+";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
			watch = append(watch, encoding+";as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
		}
	}
	if !options.KeepManagedFields {
		// A parameter that a server does not know may make it pass over the type,
		// so the same without it follows.
		for i, encoding := range types {
			types[i] = encoding + ";drop=metadata.managedFields," + encoding
		}
	}
	return accepted{strings.Join(append(list, types...), ","), strings.Join(append(watch, types...), ",")}
}
