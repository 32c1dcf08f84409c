package appliance

import (
	"context"
	"time"
)

// ConsumerKind is what a consumer is told.
type ConsumerKind string

// The kinds of consumers.
const (
	// ConsumerReports gets the batches that the provider gets, signed as Standard Webhooks says.
	ConsumerReports ConsumerKind = "reports"
	// ConsumerSamples gets the numbers of all checks by Prometheus' remote-write protocol.
	ConsumerSamples ConsumerKind = "samples"
)

// ConsumerKinds are the kinds in the order of a form.
var ConsumerKinds = []ConsumerKind{ConsumerReports, ConsumerSamples}

// Consumer is somebody besides the provider who is told: any HTTPS address. One of reports is signed with a secret that both sides know; it
// has numbers and a position of its own, and the same list decides what leaves. One of samples is an engine that keeps numbers for long.
type Consumer struct {
	ID      ID           `json:"id"`
	Kind    ConsumerKind `json:"kind"`
	Name    string       `json:"name"`           // unique
	URL     string       `json:"url"`            // the whole address
	Site    string       `json:"site"`           // what this site is called there: letters, digits and dashes
	User    string       `json:"user,omitempty"` // of samples: with it the secret is a password, without it a bearer token
	Secret  Secret       `json:"secret,omitzero"`
	Off     bool         `json:"off,omitempty"`
	Owner   string       `json:"owner,omitempty"`
	Outbox  string       `json:"outbox"` // names the numbering
	Since   time.Time    `json:"since"`
	Version uint64       `json:"version"`
}

// SampleState is how far the samples for a consumer are.
type SampleState struct {
	// Slots are the slots that come next, by the seconds between two: everything before has been told.
	Slots map[int64]int64 `json:"slots,omitempty"`
	Sent  uint64          `json:"sent"`           // samples that were taken
	Until time.Time       `json:"until,omitzero"` // everything before was told
	// GivenUp is set when the consumer was away for longer than samples are kept for it: those before were not told.
	GivenUp time.Time `json:"given_up,omitzero"`
}

// ConsumerView is a consumer and how far it is. Of samples, State.Lost are those that the other side refused.
type ConsumerView struct {
	Consumer

	State UplinkState `json:"state"`
}

// ConsumerTest is what came of trying a consumer.
type ConsumerTest struct {
	OK     bool   `json:"ok"`
	Status int    `json:"status,omitempty"` // of HTTP
	Code   string `json:"code,omitempty"`   // as UplinkState.Code
	Why    string `json:"why,omitempty"`    // in the words of who refused
	Bytes  int    `json:"bytes"`            // that were sent
}

// Consumers is the part of App about who is told besides the provider.
type Consumers interface {
	// Consumers lists them without their secrets.
	Consumers(ctx context.Context) ([]ConsumerView, error)
	// SaveConsumer makes or changes one; an empty secret keeps the old one.
	SaveConsumer(ctx context.Context, by Actor, r *Consumer) error
	DeleteConsumer(ctx context.Context, by Actor, id ID) error
	// TestConsumer sends one the state of now, or one number, and says what came of it. It changes nothing about how far the consumer is.
	TestConsumer(ctx context.Context, by Actor, id ID) (ConsumerTest, error)
}
