// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

// Clients outlive a restart of the server: the token stays the same.
func TestTokenIsKept(t *testing.T) {
	dir := t.TempDir()
	first, err := readToken(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := readToken(dir)
	if first == "" || again != first || err != nil {
		t.Errorf("the token is %q, then %q, %v", first, again, err)
	}
	if other, _ := readToken(t.TempDir()); other == first {
		t.Error("two servers have the same token")
	}
}

func TestKubeconfigIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := access(dir, 6443, "secret"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a certificate: %v", err)
	}
	certificates := filepath.Join(dir, certificateDir)
	if err := os.Mkdir(certificates, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(certificates, certificateFile), []byte("certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	written, err := access(dir, 6443, "secret")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "kubeconfig")
	if err := writeKubeconfig(path, written); err != nil {
		t.Fatal(err)
	}
	read, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	if read.Host != "https://127.0.0.1:6443" || read.BearerToken != "secret" || !bytes.Equal(read.CAData, []byte("certificate")) {
		t.Errorf("read as %v", read)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the token: %v, %v", info.Mode(), err)
	}
}
