// Package neighbours reads what a device knows of the network around it over SNMP: LLDP and CDP neighbours, the forwarding database of
// its bridge, and its table of IP and hardware addresses. Walks are bounded, columns are read side by side, and everything that is read is
// taken for hostile: an index or a value that makes no sense is left out. It keeps nothing.
package neighbours
