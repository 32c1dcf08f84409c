package appliance

import (
	"context"
	"slices"
)

// Receiver is a way by which others send to the appliance by themselves. Each can be switched off; traps have a switch of their own.
type Receiver string

// The receivers.
const (
	ReceiverSyslogUDP Receiver = "syslog_udp"
	ReceiverSyslogTCP Receiver = "syslog_tcp"
	ReceiverSyslogTLS Receiver = "syslog_tls"
	ReceiverMail      Receiver = "mail"
	ReceiverPush      Receiver = "push" // scripts and agents
)

// Receivers are all of them, in the order they are shown.
var Receivers = []Receiver{ReceiverSyslogUDP, ReceiverSyslogTCP, ReceiverSyslogTLS, ReceiverMail, ReceiverPush}

// ReceiverState is a receiver with its switch.
type ReceiverState struct {
	Name Receiver `json:"name"`
	On   bool     `json:"on"`
	At   []string `json:"at,omitempty"` // addresses it listens at; push has those of the pages, and is not listed
}

// Doors is what the appliance offers about its receivers.
type Doors interface {
	// Receivers lists them with their switches.
	Receivers(ctx context.Context) ([]ReceiverState, error)
	// SwitchReceiver switches one on or off. What is sent to one that is off is not taken; the sender is told where there is a way to.
	SwitchReceiver(ctx context.Context, by Actor, name Receiver, on bool) error
}

// Receives says that a receiver is not switched off.
func (s Site) Receives(r Receiver) bool { return !slices.Contains(s.ReceiversOff, r) }
