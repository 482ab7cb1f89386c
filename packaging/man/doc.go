// Package man writes the manual: llamad(8) from the tree of commands, and
// llamad.toml(5) from the table of keys, so that neither says anything other than
// --help and the example of a configuration do. What tree and table do not know
// stands in the two .md files beside it.
//
// Pages are Markdown, of which go-md2man makes roff when a package is built
// (make man). The program that is installed carries none of it.
package man
