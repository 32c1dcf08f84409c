// Package server is a running central: it opens nothing but the listener, puts the rooms behind one address (ingest, the REST API,
// and whatever else is handed in), watches over silent sites, tells other systems, removes what is old, and stops within seconds.
// Any number of them may stand behind a load balancer when the store is shared.
package server
