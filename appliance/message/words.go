package message

import (
	"encoding/json"

	"siteward/appliance"
)

// Words are a sentence without a language: a key of Siteward's texts and what is put in. The English sentence stands beside them for
// everybody who does not know the key.
type Words struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Bounds of words.
const (
	maxWordsKey  = 100
	maxWordsArgs = 4 << 10 // bytes
)

// WordsOf are those of a message, nil when it has none or too many.
func WordsOf(m appliance.Message) *Words {
	w := Words{m.Key, m.Args}
	if !w.good() {
		return nil
	}
	return &w
}

func (w *Words) good() bool {
	if w.Key == "" || len(w.Key) > maxWordsKey {
		return false
	}
	b, err := json.Marshal(w.Args)
	return err == nil && len(b) <= maxWordsArgs
}

// Message is the sentence to be said in a language, or in English when that language does not know it.
func (w *Words) Message(english string) appliance.Message {
	if w == nil || !w.good() {
		return appliance.Message{English: english}
	}
	return appliance.Message{Key: w.Key, Args: w.Args, English: english}
}
