package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// name is what engines call the image once it is loaded. There is no registry at
// localhost, so none is asked for it.
const name = "localhost/llamad:latest"

// names are the annotations by which containerd and Podman know it.
var names = map[string]string{
	"io.containerd.image.name":          name,
	"org.opencontainers.image.ref.name": "latest",
}

// write makes the archive: an image, or an index of images for several
// architectures, of which an engine takes its own.
func write(archive string, builds []build, when time.Time) (err error) {
	dir, err := os.MkdirTemp("", "llamad-oci-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	if len(builds) == 1 {
		err = writeOne(path, builds[0])
	} else {
		err = path.AppendIndex(index(builds), layout.WithAnnotations(names))
	}
	if err != nil {
		return err
	}
	files, err := list(dir)
	if err != nil {
		return err
	}
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return pack(out, files, when)
}

func index(builds []build) v1.ImageIndex {
	all := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, b := range builds {
		all = mutate.AppendManifests(all, mutate.IndexAddendum{Add: b.image, Descriptor: v1.Descriptor{Platform: &b.platform}})
	}
	return all
}

// writeOne adds the list by which docker load knows an image where it keeps images
// in the way that it did before containerd. That list has no architectures, so an
// archive of several has none.
func writeOne(path layout.Path, b build) error {
	if err := path.AppendImage(b.image, layout.WithPlatform(b.platform), layout.WithAnnotations(names)); err != nil {
		return err
	}
	manifest, err := b.image.Manifest()
	if err != nil {
		return err
	}
	blob := func(d v1.Descriptor) string { return "blobs/" + d.Digest.Algorithm + "/" + d.Digest.Hex }
	var layers []string
	for _, l := range manifest.Layers {
		layers = append(layers, blob(l))
	}
	text, err := json.Marshal([]any{map[string]any{"Config": blob(manifest.Config), "RepoTags": []string{name}, "Layers": layers}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(string(path), "manifest.json"), text, 0o644)
}

// list reads all files below dir, in the order of their names.
func list(dir string) (files []file, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if d.IsDir() {
			files = append(files, file{name: path + "/", mode: 0o755})
			return nil
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		files = append(files, file{name: path, mode: 0o644, content: content})
		return err
	})
	return files, err
}
