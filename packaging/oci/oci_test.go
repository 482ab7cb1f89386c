package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// packed runs the program with two made-up builds and gives its archives by name.
func packed(t *testing.T) map[string][]byte {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1760000000")
	dir := t.TempDir()
	args := []string{"-version", "1.2.3", "-o", dir}
	for _, a := range []string{"arm64", "amd64"} {
		program := filepath.Join(t.TempDir(), a)
		for suffix, content := range map[string]string{"": "llamad", ".NOTICE": "licences", ".cdx.json": "parts"} {
			if err := os.WriteFile(program+suffix, []byte(content+" for "+a), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, a+"="+program)
	}
	if err := run(args); err != nil {
		t.Fatal(err)
	}
	archives := map[string][]byte{}
	for _, name := range []string{"llamad_1.2.3_arm64_oci.tar", "llamad_1.2.3_amd64_oci.tar", "llamad_1.2.3_oci.tar"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		archives[name] = content
	}
	return archives
}

// open gives the files of an archive.
func open(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, f := range untar(t, bytes.NewReader(archive)) {
		files[name] = f.content
	}
	return files
}

func untar(t *testing.T, r io.Reader) map[string]file {
	t.Helper()
	files := map[string]file{}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != 1760000000 {
			t.Errorf("%s is of %v", h.Name, h.ModTime)
		}
		files[h.Name] = file{name: h.Name, mode: h.Mode, owner: h.Uid, content: content}
	}
}

func decode[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// blob is the file that a digest names, and has it.
func blob(t *testing.T, files map[string][]byte, digest v1.Hash) []byte {
	t.Helper()
	content := files["blobs/sha256/"+digest.Hex]
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != digest.Hex {
		t.Fatalf("%s is missing or another", digest)
	}
	return content
}

// The image holds the program, certificates and places to write, and nobody's
// privileges.
func TestImage(t *testing.T) {
	files := open(t, packed(t)["llamad_1.2.3_arm64_oci.tar"])
	index := decode[v1.IndexManifest](t, files["index.json"])
	if len(index.Manifests) != 1 || index.Manifests[0].Annotations["io.containerd.image.name"] != name {
		t.Fatalf("index: %+v", index)
	}
	manifest := decode[v1.Manifest](t, blob(t, files, index.Manifests[0].Digest))
	c := decode[v1.ConfigFile](t, blob(t, files, manifest.Config.Digest))
	if c.Architecture != "arm64" || c.OS != "linux" || c.Config.User != "65532:65532" || len(c.RootFS.DiffIDs) != 2 ||
		!slices.Equal(append(c.Config.Entrypoint, c.Config.Cmd...), []string{"/llamad", "serve"}) || c.Config.Labels["org.opencontainers.image.version"] != "1.2.3" {
		t.Errorf("config: %+v", c)
	}
	root := map[string]file{}
	for _, l := range manifest.Layers {
		zip, err := gzip.NewReader(bytes.NewReader(blob(t, files, l.Digest)))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(root, untar(t, zip))
	}
	want := "etc/ etc/ssl/ etc/ssl/certs/ etc/ssl/certs/ca-certificates.crt llamad models/ state/ tmp/ " +
		"usr/ usr/share/ usr/share/doc/ usr/share/doc/llamad/ usr/share/doc/llamad/NOTICE usr/share/doc/llamad/llamad.cdx.json"
	if got := strings.Join(slices.Sorted(maps.Keys(root)), " "); got != want {
		t.Errorf("the image holds %s, want %s", got, want)
	}
	for name, f := range root {
		if f.mode&0o022 != 0 && name != "tmp/" || f.mode&0o6000 != 0 || f.owner != 0 && name != "state/" {
			t.Errorf("%s has mode %o and owner %d", name, f.mode, f.owner)
		}
	}
	if p := root["llamad"]; p.mode != 0o755 || string(p.content) != "llamad for arm64" {
		t.Errorf("llamad: mode %o, %q", p.mode, p.content)
	}
	notice, parts := root[documents+"NOTICE"], root[documents+"llamad.cdx.json"]
	if text := string(notice.content); notice.mode != 0o644 || !strings.HasPrefix(text, "licences for arm64\n====") || !strings.Contains(text, "ca-certificates.crt") {
		t.Errorf("NOTICE: mode %o, %s", notice.mode, notice.content)
	}
	if parts.mode != 0o644 || string(parts.content) != "parts for arm64" {
		t.Errorf("llamad.cdx.json: mode %o, %s", parts.mode, parts.content)
	}
	if root["state/"].owner != user {
		t.Errorf("state belongs to %d", root["state/"].owner)
	}
	trusted := root["etc/ssl/certs/ca-certificates.crt"].content
	if n := bytes.Count(trusted, []byte("BEGIN CERTIFICATE")); n < 50 || !x509.NewCertPool().AppendCertsFromPEM(trusted) {
		t.Errorf("there are %d certificates", n)
	}

	// What docker load reads where it does not read the rest.
	old := decode[[]struct {
		Config   string
		RepoTags []string
		Layers   []string
	}](t, files["manifest.json"])
	if len(old) != 1 || old[0].Config != "blobs/sha256/"+manifest.Config.Digest.Hex || !slices.Equal(old[0].RepoTags, []string{name}) ||
		len(old[0].Layers) != 2 || old[0].Layers[1] != "blobs/sha256/"+manifest.Layers[1].Digest.Hex {
		t.Errorf("manifest.json: %+v", old)
	}
}

// An archive of several architectures is one image to an engine, which finds its own.
func TestIndex(t *testing.T) {
	files := open(t, packed(t)["llamad_1.2.3_oci.tar"])
	top := decode[v1.IndexManifest](t, files["index.json"])
	if len(top.Manifests) != 1 || files["manifest.json"] != nil {
		t.Fatalf("index: %+v", top)
	}
	var found []string
	for _, d := range decode[v1.IndexManifest](t, blob(t, files, top.Manifests[0].Digest)).Manifests {
		manifest := decode[v1.Manifest](t, blob(t, files, d.Digest))
		c := decode[v1.ConfigFile](t, blob(t, files, manifest.Config.Digest))
		found = append(found, d.Platform.Architecture+" "+c.Architecture)
	}
	if !slices.Equal(found, []string{"arm64 arm64", "amd64 amd64"}) {
		t.Errorf("found %v", found)
	}
}

func TestSameProgramsMakeTheSameBytes(t *testing.T) {
	second := packed(t)
	for name, first := range packed(t) {
		if !bytes.Equal(first, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestWrongCommandLines(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "")
	if err := run([]string{"-version", "1", "-o", t.TempDir(), "arm64=x"}); err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
		t.Errorf("without a date: %v", err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1")
	if err := run([]string{"-version", "1", "-o", t.TempDir()}); err == nil || !strings.Contains(err.Error(), "usage") {
		t.Errorf("without programs: %v", err)
	}
	if err := run([]string{"-version", "1", "-o", t.TempDir(), "arm64=/nonexistent"}); err == nil || !strings.Contains(err.Error(), "arm64=/nonexistent") {
		t.Errorf("without a program: %v", err)
	}
}
