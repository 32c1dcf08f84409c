package uplink

import (
	"errors"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// stubborn is how often a batch is refused as unreadable before it is made smaller, and in the end left out.
const stubborn = 3

// copyRest is how long a receiver waits that wants all entries of the logbook once more.
const copyRest = 24 * time.Hour

// settle notes what came of a delivery.
func (s *Sender) settle(t Target, sent *appliance.Sent, answer message.Answer, failure error) error {
	p, told := errors.AsType[*message.Problem](failure)
	again := false // at once
	progress := false
	revoked := told && p.Code == message.CodeKeyRevoked
	err := s.Update(func(tx Tx) error {
		st, err := s.state(tx, t)
		if err != nil {
			return err
		}
		now := s.Now()
		st.Tried = now
		was := st.Acked
		if failure == nil {
			failure, err = s.taken(tx, &st, t, answer, sent.Live)
		}
		progress = failure == nil && st.Acked > was
		if failure != nil {
			sent.Code, sent.Why = "unreachable", failure.Error()
			if told {
				sent.Code, sent.Why = string(p.Code), p.Detail
				again, err = s.told(tx, &st, t, p, sent.Live)
			}
			st.Code, st.Why = sent.Code, sent.Why
			if !again {
				st.Failed++
			}
		}
		if err != nil {
			return err
		}
		return errors.Join(tx.PutSent(sent), tx.PutUplinkState(st))
	})
	switch {
	case err != nil:
		return err
	case failure == nil:
		s.started = true
		if progress { // the present says nothing about whether history can be read
			s.refused, s.twists, s.most = 0, 0, min(message.MaxEvents, 2*s.most)
		}
		if s.Answered != nil {
			s.Answered(answer)
		}
		return nil
	case again:
		return nil
	case revoked && s.Revoked != nil:
		return errors.Join(failure, s.Revoked())
	}
	return failure
}

// taken notes that a batch has arrived.
func (s *Sender) taken(tx Tx, st *appliance.UplinkState, t Target, a message.Answer, live bool) (failure, err error) {
	ours := a.Outbox == st.Outbox
	// A receiver that knows later numbers, or a later name, has known a later life of this store.
	restored := ours && a.Acknowledged > st.Offered || !ours && !live
	switch {
	case restored && s.twist():
		return errors.New("the receiver says that it has events which never left"), nil
	case ours && !live && a.Acknowledged <= st.Acked:
		return errors.New("the receiver has taken a batch and acknowledges nothing of it"), nil
	}
	st.Good, st.Failed, st.Code, st.Why = st.Tried, 0, "", ""
	if a.Cosigned != "" && len(a.Cosigned) < 8<<10 {
		st.Cosigned = a.Cosigned
	}
	// The entries are told again, and no more often than once a day, whoever asks.
	if a.Copy > st.Copy && (st.Copied.IsZero() || st.Tried.Sub(st.Copied) >= copyRest) {
		st.Copy, st.Copied, st.Logbook = a.Copy, st.Tried, 0
	}
	if restored || ours && Acknowledge(st, a.Acknowledged) {
		return nil, Rename(tx, st, t.Site, s.Name(), s.Now())
	}
	return nil, nil
}

// twist counts how often the numbers were not what the other side thinks, without anything taken in between, and says when it is too
// often: then it is tried again like after any failure.
func (s *Sender) twist() (often bool) {
	s.twists++
	return s.twists > stubborn
}

// told does what a refusal asks for. again says that it can be tried at once; a receiver that asks for the same thing twice waits.
func (s *Sender) told(tx Tx, st *appliance.UplinkState, t Target, p *message.Problem, live bool) (again bool, err error) {
	switch p.Code {
	case message.CodeSchema:
		s.dull = s.dull || live
		return live, nil
	case message.CodeGap, message.CodeBehind:
		if p.Expected == 0 || p.Outbox != "" && p.Outbox != st.Outbox {
			return false, nil
		}
		same := p.Expected == st.Acked+1
		if s.twist() {
			return false, nil
		}
		if Expect(st, p.Expected) {
			return true, Rename(tx, st, t.Site, s.Name(), s.Now())
		}
		return !same, nil
	case message.CodeTooLarge, message.CodeInvalid:
		if live {
			s.dull = true
			return true, nil
		}
		s.refused++
		if p.Code == message.CodeInvalid && s.refused < stubborn {
			return false, nil
		}
		if s.most > 1 {
			s.most /= 2
			return true, nil
		}
		s.most, s.refused = message.MaxEvents, 0
		return Drop(tx, st, t.Site, s.Now())
	}
	return false, nil
}

// less makes batches smaller that could not even be packed.
func (s *Sender) less(t Target, events int) error {
	if s.most > 1 && events > 1 {
		s.most = max(1, min(s.most, events)/2)
		return nil
	}
	return s.Update(func(tx Tx) error {
		st, err := s.state(tx, t)
		if err != nil {
			return err
		}
		_, err = Drop(tx, &st, t.Site, s.Now())
		return errors.Join(err, tx.PutUplinkState(st))
	})
}

// backOff is how long to rest after a failure: as long as the receiver asks for, else longer each time.
func (s *Sender) backOff(failure error) time.Duration {
	t, err := s.Target()
	if err != nil {
		return backOffTo
	}
	rest := backOffTo
	err = s.Update(func(tx Tx) error {
		st, err := s.state(tx, t)
		if err != nil {
			return err
		}
		rest = wait(st.Failed)
		if p, ok := errors.AsType[*message.Problem](failure); ok && p.After > 0 {
			rest = max(rest, min(time.Duration(p.After)*time.Second, time.Hour))
		}
		st.Next = s.Now().Add(rest)
		return tx.PutUplinkState(st)
	})
	if err != nil {
		s.Log.Error("how far the reports to the provider are could not be noted", "err", err)
	}
	s.Log.Warn("the provider could not be reported to", "url", t.URL, "again", rest.Round(time.Second), "err", failure)
	return rest
}
