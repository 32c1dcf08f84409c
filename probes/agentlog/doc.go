// Package agentlog reads messages that agents send as JSON over HTTP: NXLog, Fluent Bit, Vector, Logstash (and Winlogbeat behind it), GELF,
// what PowerShell makes of Get-WinEvent, and the journal of systemd. The body is one object, an array, or objects one a line; what is no
// JSON is a line of syslog. It keeps nothing and refuses no message: what is not understood is its own text.
package agentlog
