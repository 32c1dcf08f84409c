// Package syslog reads messages of syslog as devices really send them: RFC 5424, what goes by the name of RFC 3164, and the forms of
// Cisco IOS and ASA, ESXi, Meraki, MikroTik and Synology. Parse never fails: what cannot be told apart stays in the text, and the raw
// message is kept. Listeners take UDP, TCP (octet counting and lines, RFC 6587) and TLS (RFC 5425). It keeps and judges nothing.
package syslog
