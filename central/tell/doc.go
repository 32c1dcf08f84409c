// Package tell hands notices on to other systems: web hooks of ticket and billing systems, signed as Standard Webhooks says, and
// mailboxes. Each hook has a queue of its own, so that one that does not answer holds up nobody else, and is told in the order in
// which things happened, at least once. Of several processes one tells, whoever has the lease.
package tell
