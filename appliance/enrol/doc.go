// Package enrol is what a site and its provider's central system say to each other before the first report, and whenever keys
// change: who central is, a one-time code against a place in its fleet, a new key, a good-bye. It keeps nothing and knows no
// transport; both sides use it, so that what one signs is what the other checks.
//
// Every message is sealed: the exact bytes of a JSON value with an Ed25519 signature over the purpose and those bytes, so that no
// message can be taken for one of another purpose. The site's private key is made on the site and never sent.
package enrol
