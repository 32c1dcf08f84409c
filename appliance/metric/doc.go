// Package metric gives numbers the names that Prometheus wants, and writes them as its remote-write protocol does, version 1.0. It is pure.
package metric
