package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
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

// directories are those that something is mounted to or written in. A new volume
// takes over owner and mode.
func directories() []file {
	return []file{
		{name: "etc/", mode: 0o755},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "models/", mode: 0o755},
		{name: "state/", mode: 0o755, owner: user},
		{name: "tmp/", mode: 0o1777},
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
