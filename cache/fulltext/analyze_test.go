package fulltext

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/inbox"
)

func TestFold(t *testing.T) {
	for from, want := range map[string]string{
		"Order": "order", "ÉTÉ": "ete", "été": "ete", "e\u0301te\u0301": "ete", "Straße": "strasse", "STRASSE": "strasse", "STRAẞE": "strasse",
		"Cœur": "coeur", "smørrebrød": "smorrebrod", "Łódź": "lodz", "İstanbul": "istanbul", "ışık": "isik", "ﬁn": "fin", "ＡＢＣ１": "abc1",
		"ёлка": "елка", "мой": "мой", "Йод": "йод", "ΣΊΣΥΦΟΣ": "σισυφοσ", "σίσυφος": "σισυφοσ",
		"مُحَمَّد": "محمد", "٤٢": "42", "שָׁלוֹם": "שלום", "हिन्दी": "हिन्दी", "ไทย": "ไทย", "ガ": "ガ", "ｶﾞ": "ガ", "한국": "한국", "\u1112\u1161\u11ab": "한",
		"soft\u00adhyphen": "softhyphen", "": "",
	} {
		if got := fold(from); got != want {
			t.Errorf("%q gives %q, want %q", from, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Where is order #A-1234?":     "where is order a 1234",
		"@anna.b_92 wrote":            "anna b 92 wrote",
		"mail me: anna-b@example.com": "mail me anna b example com",
		"https://shop.example/p?id=7": "https shop example p id 7",
		"don’t":                       "don t",
		"日本語":                         "日本 本語 語",
		"東京で3個":                       "東京 京で で 3 個",
		"カー":                          "カー ー",
		"한국어 좋아":                      "한국 국어 어 좋아 아",
		"สวัสดี":                      "สวั วัส สดี ดี",
		"I ❤️ it":                     "i ❤ it",
		"I ❤ it":                      "i ❤ it",
		"👩‍💻👍🏽":                       "👩 💻 👍 🏽",
		"🇩🇪🇫🇷":                        "🇩🇪 🇫🇷",
		"1️⃣ and 50€":                 "1 and 50 €",
		"a + b = c, $5":               "a b c 5",
		"می\u200cخواهم":               "میخواهم",
		"  \t\n.,;":                   "",
		"x\xffy\xfe":                  "x y",
	} {
		var got []string
		for _, w := range words(text) {
			got = append(got, w.term)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// TestWhatIsFound looks for a query in a text, by what marks it.
func TestWhatIsFound(t *testing.T) {
	type asked = inbox.TextTerm
	for _, c := range []struct {
		text string
		q    asked
		want []string // nil: not found
	}{
		{"Where is my Order?", asked{Text: "order"}, []string{"Order"}},
		{"Where is my Order?", asked{Text: "ord"}, nil},
		{"Where is my Order?", asked{Text: "ord", Prefix: true}, []string{"Order"}},
		{"Where is my Order?", asked{Text: "order ", Prefix: true}, []string{"Order"}},
		{"All orders", asked{Text: "order ", Prefix: true}, nil},
		{"order, Order, ORDER", asked{Text: "order"}, []string{"order", "Order", "ORDER"}},
		{"the refund policy", asked{Text: "refund policy", Phrase: true}, []string{"refund policy"}},
		{"the policy, refund", asked{Text: "refund policy", Phrase: true}, nil},
		{"refund of policy", asked{Text: "refund policy", Phrase: true}, nil},
		{"refund-policy", asked{Text: "refund policy", Phrase: true}, []string{"refund-policy"}},
		{"the refund policy", asked{Text: "refund pol", Phrase: true}, nil},
		{"the refund policy", asked{Text: "refund pol", Prefix: true}, []string{"refund policy"}},
		{"It is #A-1234.", asked{Text: "#A-1234"}, []string{"A-1234"}},
		{"It is #A-1234.", asked{Text: "1234"}, []string{"1234"}},
		{"It is #A-1234.", asked{Text: "a-12", Prefix: true}, []string{"A-1234"}},
		{"It is #A-1234.", asked{Text: "a-12"}, nil},
		{"ask @anna.b_92", asked{Text: "@anna.b_92"}, []string{"anna.b_92"}},
		{"ask @anna.b_92", asked{Text: "anna b"}, []string{"anna.b"}},
		{"see https://shop.example/x", asked{Text: "shop.example"}, []string{"shop.example"}},
		{"Café crème", asked{Text: "cafe creme"}, []string{"Café crème"}},
		{"Cafe creme", asked{Text: "Café"}, []string{"Cafe"}},
		{"Große Straße", asked{Text: "STRASSE"}, []string{"Straße"}},
		{"日本語です", asked{Text: "日本"}, []string{"日本"}},
		{"日本語です", asked{Text: "本語"}, []string{"本語"}},
		{"日本語です", asked{Text: "日本語"}, []string{"日本語"}},
		{"日本語です", asked{Text: "日本語で", Phrase: true}, []string{"日本語で"}},
		{"日本語です", asked{Text: "語"}, []string{"語"}},
		{"日本語です", asked{Text: "す"}, []string{"す"}},
		{"日本語です", asked{Text: "日"}, []string{"日"}},
		{"日本語です", asked{Text: "日語"}, nil},
		{"日本abc", asked{Text: "日本abc"}, []string{"日本abc"}},
		{"日本語abc", asked{Text: "日本abc"}, nil},
		{"한국어를 배워요", asked{Text: "한국어"}, []string{"한국어"}},
		{"I ❤️ it", asked{Text: "❤"}, []string{"❤️"}},
		{"I ❤ it", asked{Text: "❤️"}, []string{"❤"}},
		{"our 👩‍💻 says", asked{Text: "👩‍💻"}, []string{"👩‍💻"}},
		{"our 👩‍💻 says", asked{Text: "💻"}, []string{"👩‍💻"}},
		{"👍🏽", asked{Text: "👍"}, []string{"👍🏽"}},
		{"👍", asked{Text: "👍🏽"}, nil},
		{"🇩🇪🇫🇷", asked{Text: "🇩🇪"}, []string{"🇩🇪"}},
		{"🇩🇪🇫🇷", asked{Text: "🇪🇫"}, nil},
	} {
		q := termOf(c.q)
		if len(q.words) == 0 {
			t.Errorf("%+v asks for nothing", c.q)
			continue
		}
		text := words(c.text)
		if got := cut(c.text, q.find(text)); !slices.Equal(got, c.want) {
			t.Errorf("%+v in %q finds %q, want %q", c.q, c.text, got, c.want)
		}
		if q.occurs(text) != (c.want != nil) {
			t.Errorf("%+v in %q: it occurs: %v", c.q, c.text, q.occurs(text))
		}
	}
}

func TestWhatAsksForNothing(t *testing.T) {
	for _, text := range []string{"", "?!", " \n", "\u200d", "\ufe0f", "\xff"} {
		if q := termOf(inbox.TextTerm{Text: text, Prefix: true}); len(q.words) != 0 {
			t.Errorf("%q asks for %q", text, q.words)
		}
	}
}

func TestALongWordIsFoundByItsBeginning(t *testing.T) {
	token := strings.Repeat("Zażółć", 100)
	text := words("see " + token)
	if len(text) != 2 || len(text[1].term) > longestTerm || !utf8.ValidString(text[1].term) {
		t.Fatalf("%+v", text)
	}
	for _, q := range []term{termOf(inbox.TextTerm{Text: token}), termOf(inbox.TextTerm{Text: "zazolcz", Prefix: true})} {
		if !q.occurs(text) {
			t.Errorf("%q is not found", q.words)
		}
	}
}

// FuzzWords holds what marking and searching rely on, whatever a customer
// writes.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"Where is #A-1234?", "日本語abc", "👩‍💻👍🏽🇩🇪", "e\u0301", "\xff\xfe", "한국", "สวัสดี", "ｶﾞ", "\u200dx\u200c", "ﷺ", "\u0e33\u0e33", "ᄀ", "\ufe0f1\u20e3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := words(text)
		for i, w := range found {
			if w.term == "" || len(w.term) > longestTerm || w.at < 0 || w.at >= w.end || w.end > len(text) || w.first <= w.at || w.first > w.end {
				t.Fatalf("word %d of %q: %+v", i, text, w)
			}
			if i > 0 && w.at < found[i-1].at {
				t.Fatalf("%q: %+v stands before %+v", text, w, found[i-1])
			}
		}
		for _, asked := range []inbox.TextTerm{{Text: text}, {Text: text, Phrase: true}, {Text: text, Prefix: true}} {
			q := termOf(asked)
			if len(q.words) == 0 {
				if len(found) > 0 {
					t.Fatalf("%q has words but asks for nothing", text)
				}
				continue
			}
			if !q.occurs(found) || len(cut(text, q.find(found))) == 0 {
				t.Fatalf("%q does not find itself: %q in %+v", text, q.words, found)
			}
		}
	})
}
