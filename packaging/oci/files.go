package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// file is a file of the image, or a directory when its name ends in a slash.
type file struct {
	name    string
	mode    int64
	owner   int
	content []byte
}

// documents is where Debian's package has them too.
const documents = "usr/share/doc/llamad/"

// directories are those that something is in, mounted to or written to. A new volume
// takes over owner and mode.
func directories() []file {
	return []file{
		{name: "etc/", mode: 0o755},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "models/", mode: 0o755},
		{name: "state/", mode: 0o755, owner: user},
		{name: "tmp/", mode: 0o1777},
		{name: "usr/", mode: 0o755},
		{name: "usr/share/", mode: 0o755},
		{name: "usr/share/doc/", mode: 0o755},
		{name: documents, mode: 0o755},
	}
}

// certificates are Mozilla's, as Go keeps them, for brokers at mqtts://. Those that
// are trusted under conditions only, which this format cannot tell, are left out.
func certificates() file {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a Buffer takes all
		}
	}
	return file{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, content: text.Bytes()}
}

// roots is said of the certificates where the licences are.
const roots = `
==============================================================================
etc/ssl/certs/ca-certificates.crt

Certificates of Mozilla's root program, out of golang.org/x/crypto/x509roots, which
is under the licence of Go above. Mozilla's list, certdata.txt of
https://hg.mozilla.org/projects/nss, is subject to the terms of the Mozilla Public
License, v. 2.0, of which a copy is at https://mozilla.org/MPL/2.0/.
`

// programFiles are llamad, its licences and the list of its parts, which lie beside
// it under its name (make notices).
func programFiles(program string) (files []file, err error) {
	for _, f := range []struct {
		suffix, name string
		mode         int64
		more         string
	}{
		{"", "llamad", 0o755, ""},
		{".NOTICE", documents + "NOTICE", 0o644, roots},
		{".cdx.json", documents + "llamad.cdx.json", 0o644, ""},
	} {
		content, err := os.ReadFile(program + f.suffix)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: f.name, mode: f.mode, content: append(content, f.more...)})
	}
	return files, nil
}

// layer packs files with nothing of this machine in it.
func layer(files []file, when time.Time) (v1.Layer, error) {
	var packed bytes.Buffer
	if err := pack(&packed, files, when); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
		tarball.WithCompressionLevel(gzip.BestCompression), tarball.WithCompressedCaching, tarball.WithMediaType(types.OCILayer))
}

// pack writes files as a tar.
func pack(w io.Writer, files []file, when time.Time) error {
	out := tar.NewWriter(w)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: f.mode, Uid: f.owner, Gid: f.owner, Size: int64(len(f.content)), ModTime: when, Typeflag: tar.TypeReg}
		if f.name[len(f.name)-1] == '/' {
			header.Typeflag = tar.TypeDir
		}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := out.Write(f.content); err != nil {
			return err
		}
	}
	return out.Close()
}
