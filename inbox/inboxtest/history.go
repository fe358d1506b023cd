package inboxtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// A history is what searches are measured in: as many messages as an inbox has
// after some years, in words that are as unequal as those of a language. The
// same number gives the same messages, everywhere.

// The words of a history whose number is known.
const (
	HistoryCommon = "order"      // in three of ten messages
	HistoryRare   = "kryptonite" // in one of a hundred thousand, and in the first
	HistoryPhrase = "our order"  // in one of ten
)

// Each conversation of a history has so many messages.
const historyEach = 10

// The rest of a history: how long it is, and how many words it is written in.
const (
	historyDays       = 2 * 365
	historyVocabulary = 60_000
	historyAtOnce     = 300 // conversations in one transaction
)

// HistoryEnd is when the last message of a history was written, at the latest.
var HistoryEnd = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// FillHistory puts a history of so many messages into a store.
func FillHistory(ctx context.Context, store inbox.Store, messages int) error {
	conversations := (messages + historyEach - 1) / historyEach
	for from := 0; from < conversations; from += historyAtOnce {
		err := store.Update(ctx, func(w inbox.Writer) error {
			for i := from; i < min(from+historyAtOnce, conversations); i++ {
				if err := putHistory(w, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func putHistory(w inbox.Writer, i int) error {
	c, all := historyOf(i)
	for _, m := range all {
		arrival, err := w.NextArrival()
		if err != nil {
			return err
		}
		m.Arrival = arrival
		if err := w.PutMessage(m); err != nil {
			return err
		}
	}
	return w.PutConversation(c, inbox.WindowEnds{})
}

// historyOf is the conversation of that number with its messages.
func historyOf(i int) (inbox.Conversation, []inbox.Message) {
	talk := newTalker(i)
	who := strconv.Itoa(i)
	c := inbox.Conversation{
		ID:          inbox.NewConversationID("acme", inbox.Platforms[i%len(inbox.Platforms)], "t_"+who),
		Participant: inbox.Participant{ID: who, Name: strings.ToUpper(talk.word()[:1]) + talk.word() + " " + talk.word(), Username: talk.word() + "." + who},
		Messages:    historyEach, Revision: 1,
	}
	at := HistoryEnd.Add(-time.Duration(talk.random.Int64N(int64(historyDays * 24 * time.Hour))))
	var all []inbox.Message
	for j := range historyEach {
		m := inbox.Message{
			Conversation: c.ID, ID: inbox.MessageID(fmt.Sprintf("m_%08d_%02d", i, j)), Direction: inbox.Received,
			SenderID: who, Text: talk.text(i*historyEach + j), CreatedAt: at, ArrivedAt: at,
		}
		if j%3 == 0 && j > 0 {
			m.Direction, m.SenderID = inbox.Sent, "us"
		}
		all = append(all, m)
		at = at.Add(-time.Duration(talk.random.Int64N(int64(6 * time.Hour))))
	}
	c.Last = inbox.Summary{ID: all[0].ID, At: all[0].CreatedAt, Direction: inbox.Received, Text: all[0].Text}
	c.LastReceivedAt = c.Last.At
	return c, all
}

// talker writes the messages of one conversation.
type talker struct {
	random *rand.Rand
	usual  *rand.Zipf
}

func newTalker(i int) talker {
	random := rand.New(rand.NewPCG(uint64(i), 4))
	return talker{random, rand.NewZipf(random, 1.1, 2, historyVocabulary-1)}
}

// text is message n of all: a few words, and now and then what is not a word.
func (t talker) text(n int) string {
	words := make([]string, 3+t.random.IntN(20))
	for i := range words {
		words[i] = t.word()
	}
	switch n % 10 {
	case 0:
		words = append(words, HistoryPhrase)
	case 3, 6:
		words[0] = HistoryCommon
	case 7:
		words = append(words, fmt.Sprintf("#A-%07d", n))
	case 8:
		words = append(words, "ありがとう 👍")
	}
	if n%100_000 == 0 {
		words = append(words, HistoryRare)
	}
	return strings.Join(words, " ")
}

// word is one that is the more likely the lower its number is. The numbers are
// spread over the letters: a frequent word may begin with any.
func (t talker) word() string {
	n := (t.usual.Uint64()*7919 + 31) % historyVocabulary
	const consonants, vowels = "bcdfghjklmnpqrstvwxz", "aeiou"
	var b strings.Builder
	for range 3 {
		b.WriteByte(consonants[n%20])
		b.WriteByte(vowels[n/20%5])
		n /= 100
	}
	return strings.TrimSuffix(b.String(), "ba")
}
