// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// RequestError says that a request of a [REST] source failed: what was asked of
// whom, what came back, and what may help.
type RequestError struct {
	// Verb is "list" or "watch".
	Verb     string
	Resource schema.GroupVersionResource
	// URL is what was asked for, without parameters.
	URL string
	// Status is the HTTP status of the answer, and Body how it begins; zero and
	// empty if there was none. Body is empty too for what could be read.
	Status int
	Body   string
	// Err is what failed. For an answer of the API it is an API status, which the
	// functions of k8s.io/apimachinery/pkg/api/errors know.
	Err error
}

func (e *RequestError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "listwatch: %s %s at %s: ", e.Verb, e.Resource.GroupResource(), e.URL)
	if e.Status != 0 && e.Status != http.StatusOK {
		fmt.Fprintf(&text, "%d %s: ", e.Status, http.StatusText(e.Status))
	}
	text.WriteString(e.cause())
	if e.Body != "" && !e.ofAPI() {
		fmt.Fprintf(&text, "; the answer begins with %s", frames.Printable([]byte(strings.TrimSpace(e.Body))))
	}
	if advice := e.advice(); advice != "" {
		text.WriteString("; " + advice)
	}
	return text.String()
}

// Unwrap returns Err.
func (e *RequestError) Unwrap() error { return e.Err }

// cause is the text of Err. That of the HTTP client begins with the URL, which
// has been said.
func (e *RequestError) cause() string {
	var failed *url.Error
	if errors.As(e.Err, &failed) {
		return failed.Err.Error()
	}
	return e.Err.Error()
}

// ofAPI reports whether the error was sent by an API server, which says what is
// to be said.
func (e *RequestError) ofAPI() bool {
	var status apierrors.APIStatus
	if !errors.As(e.Err, &status) {
		return false
	}
	details := status.Status().Details
	return details == nil || !slices.ContainsFunc(details.Causes, func(cause metav1.StatusCause) bool {
		return cause.Type == metav1.CauseTypeUnexpectedServerResponse
	})
}

// advice is the likely way out.
func (e *RequestError) advice() string {
	if advice := connectionAdvice(e.Err); advice != "" {
		return advice
	}
	switch {
	case e.foreign():
		return "this is not an API server, but a proxy or a web page in its place: look at Host in the config, and at the proxy settings"
	case e.Status == http.StatusUnauthorized:
		return "the token or client certificate in the config is missing, wrong or expired"
	case e.Status == http.StatusForbidden:
		return fmt.Sprintf("allow the verbs list and watch on %s to this user (kubectl auth can-i %s %s)", e.Resource.GroupResource(), e.Verb, e.Resource.GroupResource())
	case e.Status == http.StatusNotFound:
		return fmt.Sprintf("the server has no %s in %s: look for its version (kubectl api-resources), or install its CustomResourceDefinition", e.Resource.Resource, e.Resource.GroupVersion())
	case e.Status == http.StatusNotAcceptable:
		return "the server has the resource in another format: see RESTOptions.Format"
	}
	return ""
}

// foreign reports whether the answer is none of an API server.
func (e *RequestError) foreign() bool {
	if strings.HasPrefix(e.Body, "404 page not found") {
		return false // an API server says so of a group that it does not have
	}
	var syntax *frames.SyntaxError
	return e.Body != "" && !e.ofAPI() || errors.As(e.Err, &syntax) && syntax.Offset == 0
}

// connectionAdvice is for requests that got no answer.
func connectionAdvice(err error) string {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var lookup *net.DNSError
	var connection *net.OpError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "renew the certificate, or look at the clock of this machine"
	case errors.As(err, &unknown):
		return "the config needs the certificate of the authority that signed the server's (CAFile or CAData)"
	case errors.As(err, &hostname):
		return "the host in the config is not one that the server's certificate is for (see TLSClientConfig.ServerName)"
	case errors.As(err, &lookup):
		return "look at the host in the config"
	case errors.As(err, &connection):
		return "look at host and port in the config, and whether the server runs"
	}
	return ""
}
