// Package hub fetches model files from a hub that speaks Hugging Face's protocol
// into its cache layout, or into a directory. Any HTTPS address and any disk will
// do as well.
//
// What has its final name is whole, read back from the disk, of the right sha256
// where one is known, and was accepted by whoever asked for it; that holds after a
// loss of power too. Until then the bytes lie in a file that ends in .incomplete,
// with a note beside it that says what they belong to, and the next attempt goes
// on where the last one was certain: it asks for at most 8 MiB again.
//
// Nothing that a hub sends is believed before it is checked: names, digests, sizes,
// headers, redirects and bodies all have limits, and the user's token goes to the
// hub's own address alone.
package hub
