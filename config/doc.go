// Package config turns llamad.toml and the environment into a checked [Config].
//
// One table of keys, which stands in pieces beside the struct each piece fills
// (model.go, memory.go, request.go, mqtt.go, ...), drives everything: what the
// file may hold, the names of the environment variables, the example file
// ([Example]) and the documentation ([Sections]). A key that is not in the
// table is refused with its line and the likeliest name.
//
// Later sources win: the built-in default, the file, then the environment
// (LLAMAD_SECTION_KEY). Secrets go the other way round: what systemd hands over
// in $CREDENTIALS_DIRECTORY wins over mqtt.password_file, that over the key
// mqtt.password, and the environment comes last.
//
// # Caveats
//
// A [Config] may be printed or logged: a [Secret] shows as "(set)" with every
// verb. Only Secret.Reveal gives the text.
package config
