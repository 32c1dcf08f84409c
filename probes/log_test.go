package probes

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func TestLogKeepsTimesAndBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := NewLog(time.Now())
		log.Printf("asking %s", "192.0.2.1")
		time.Sleep(2 * time.Second)
		for range maxLogLines + 5 {
			log.Printf("%s", strings.Repeat("ü", maxLogText))
		}
		lines := log.Lines()
		if len(lines) != maxLogLines+1 {
			t.Fatalf("got %d lines, want %d and one that counts the rest", len(lines), maxLogLines)
		}
		if lines[0].Text != "asking 192.0.2.1" || lines[0].After != 0 {
			t.Errorf("first line = %+v", lines[0])
		}
		if lines[1].After != 2*time.Second {
			t.Errorf("second line after %v, want 2s", lines[1].After)
		}
		if n := len(lines[1].Text); n > maxLogText+len("…") || !utf8.ValidString(lines[1].Text) {
			t.Errorf("long line is %d bytes or broken UTF-8", n)
		}
		if got := lines[maxLogLines].Text; got != "6 more lines left out" {
			t.Errorf("last line = %q", got)
		}
	})
}

func TestLogCleansHostileText(t *testing.T) {
	log := NewLog(time.Now())
	log.Printf("answer %s", "a\x1b[31m\r\nb\xff\u202e")
	if got := log.Lines()[0].Text; got != "answer a [31m  b  " {
		t.Errorf("got %q", got)
	}
}

func TestNilLog(t *testing.T) {
	var log *Log
	log.Printf("nothing")
	if log.Lines() != nil || log.Elapsed() != 0 || !log.Began().IsZero() {
		t.Error("a nil log must stay silent")
	}
}
