// Package topology works out who is connected to whom, from what switches and routers told of their neighbours: announcements (LLDP, CDP)
// first, the forwarding databases of bridges where nobody announces itself. It asks nobody, keeps nothing and needs no clock.
package topology
