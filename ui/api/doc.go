// Package api is the REST API under /api/v1 with its OpenAPI 3.1 document, the Prometheus metrics, and the two answers
// to "are you alive" and "are you ready".
//
// It sees the appliance through appliance.App, asks an access.Gate about each operation, and keeps nothing. What it
// sends is its own contract: the structs of this package, described in docs/api.md, change only with the version in the path.
package api
