// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// What the state directory has beside the data of etcd.
const (
	tokenFile       = "tokens.csv"
	certificateDir  = "pki"
	certificateFile = "apiserver.crt" // the name that kube-apiserver gives it
)

// readToken returns the token of the administrator. It is made the first time
// and kept, so that clients survive a restart of the server.
func readToken(dir string) (string, error) {
	path := filepath.Join(dir, tokenFile)
	line, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		line = []byte(rand.Text() + ",admin,admin,system:masters\n")
		err = os.WriteFile(path, line, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("the token of the administrator: %w", err)
	}
	token, _, _ := strings.Cut(string(line), ",")
	return token, nil
}

// access returns how to reach the server as its administrator. Until the server
// has written its certificate, the error is fs.ErrNotExist.
func access(dir string, port int, token string) (*rest.Config, error) {
	certificate, err := os.ReadFile(filepath.Join(dir, certificateDir, certificateFile))
	if err != nil {
		return nil, fmt.Errorf("the certificate of the server: %w", err)
	}
	return &rest.Config{
		Host:            fmt.Sprintf("https://127.0.0.1:%d", port),
		BearerToken:     token,
		TLSClientConfig: rest.TLSClientConfig{CAData: certificate},
	}, nil
}

// writeKubeconfig writes what kubectl and others read. It depends on no other
// file, so that it can be taken elsewhere.
func writeKubeconfig(path string, config *rest.Config) error {
	const name = "kubeapi"
	kubeconfig := api.NewConfig()
	kubeconfig.Clusters[name] = &api.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	kubeconfig.AuthInfos[name] = &api.AuthInfo{Token: config.BearerToken}
	kubeconfig.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	kubeconfig.CurrentContext = name
	if err := clientcmd.WriteToFile(*kubeconfig, path); err != nil {
		return fmt.Errorf("write the kubeconfig %s: %w", path, err)
	}
	return nil
}
