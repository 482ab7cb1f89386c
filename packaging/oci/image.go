package main

import (
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is who the daemon is in a container: nobody that exists outside.
const user = 65532

// config is how an engine runs the image. Everything else is said in variables or
// in a file put at /etc/llamad/llamad.toml.
func config(version string) v1.Config {
	return v1.Config{
		Entrypoint: []string{"/llamad"},
		Cmd:        []string{"serve"},
		User:       "65532:65532",
		Env:        []string{"LLAMAD_MODEL_DIRECTORY=/models", "STATE_DIRECTORY=/state"},
		Volumes:    map[string]struct{}{"/models": {}, "/state": {}},
		Labels: map[string]string{
			"org.opencontainers.image.title":       "llamad",
			"org.opencontainers.image.description": "A language model that answers MQTT prompts",
			"org.opencontainers.image.version":     version,
			"org.opencontainers.image.licenses":    "Apache-2.0",
		},
	}
}

// build is the image for one architecture.
type build struct {
	platform v1.Platform
	image    v1.Image
}

func newBuild(architecture, program, version string, when time.Time) (build, error) {
	files, err := programFiles(program)
	if err != nil {
		return build{}, err
	}
	// What changes seldom lies below what changes with every version.
	base, err := layer(append(directories(), certificates()), when)
	if err != nil {
		return build{}, err
	}
	top, err := layer(files, when)
	if err != nil {
		return build{}, err
	}
	platform := v1.Platform{OS: "linux", Architecture: architecture}
	scratch, err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), &v1.ConfigFile{
		OS:           platform.OS,
		Architecture: platform.Architecture,
		Created:      v1.Time{Time: when},
		Config:       config(version),
		RootFS:       v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return build{}, err
	}
	image, err := mutate.Append(scratch,
		mutate.Addendum{Layer: base, History: v1.History{Created: v1.Time{Time: when}, CreatedBy: "directories and certificates"}},
		mutate.Addendum{Layer: top, History: v1.History{Created: v1.Time{Time: when}, CreatedBy: "llamad " + version}},
	)
	return build{platform, image}, err
}
