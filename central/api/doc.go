// Package api is central's REST API under /api/v1: sites, what they reported, alarms, hooks and tokens, for the provider's own
// programs. /api/openapi.json describes it. The command line uses it too, through a socket in the data folder.
package api
