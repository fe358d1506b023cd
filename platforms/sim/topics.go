package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// This file has the scripts of which histories are made.

// turnsPerTopic is the length of every script. All scripts take turns alike
// (customer, shop, customer, …), so that who wrote message k is known without
// knowing what it is about.
const turnsPerTopic = 8

// topic is a small conversation as shops have it every day.
type topic struct {
	name  string
	about []string // the products that it can be about
	turns [turnsPerTopic]turn
}

// turn is one message of a script, in a few wordings. The first wordings of all
// turns belong together, and so do the second.
type turn struct {
	agent bool
	lines []string
}

func customer(lines ...string) turn { return turn{lines: lines} }
func shop(lines ...string) turn     { return turn{agent: true, lines: lines} }

var topics = []topic{
	{"late parcel", products, [turnsPerTopic]turn{
		customer("Hi, my parcel was due {day} and there's no sign of it", "Where is my order?? It's been more than a week", "hello, the tracking hasn't moved since {day}"),
		shop("So sorry about the wait! Could you send me the order number?", "Oh no. Can you tell me the order number so I can chase it?"),
		customer("it's {order}", "{order}, going to {city}", "Order {order}. It was a present 😕"),
		shop("Thank you. The courier has it at the {city} depot; it should be out for delivery {later}.", "Found it: it was held at the {city} depot and leaves {later}."),
		customer("Okay. What if it doesn't come by then?", "will I get a text before they come?"),
		shop("Then we send a new one straight away, no questions asked.", "You will, with a two-hour slot. And if it goes wrong again we'll send a replacement."),
		customer("Fair enough, thanks for sorting it", "Great, thank you! 🙏"),
		shop("Any time! Let us know when {product} arrives.", "Thank you for your patience 💛"),
	}},
	{"wrong size", clothes, [turnsPerTopic]turn{
		customer("Hi! {product} arrived but it's too small. Can I swap?", "Got my order today, love it, but I need size {size} instead"),
		shop("Of course! Which size would you need, and what's the order number?", "No problem at all. What is your order number?"),
		customer("{size} please. Order {order}", "{order}. One size up, so {size}"),
		shop("We have the {size}. I'm sending you a return label by email now.", "Good news: the last {size} is yours. Label is on its way to your inbox."),
		customer("Do I have to wait until you get mine back?", "Is the return free?"),
		shop("No need, we send the new one today.", "Yes, exchanges are free both ways."),
		customer("Brilliant, thanks so much", "you're the best 😍"),
		shop("Enjoy! It suits you, we're sure.", "Happy to help. Have a lovely {day}!"),
	}},
	{"in stock", clothes, [turnsPerTopic]turn{
		customer("Is {product} coming back in {size}?", "Hey, do you still have {product}? The site says sold out", "Do you restock {product}? I have been waiting for months!"),
		shop("Hello! Which colour are you after?", "Hi there! In which size?"),
		customer("any colour really", "The green one from your story, {size}"),
		shop("We get a small batch {later}. Shall I put one aside for you?", "Three of them arrive {later}. Want me to hold one?"),
		customer("Yes please!! How do I pay?", "That would be amazing. How long can you hold it?"),
		shop("I'll message you a link {later} morning, it's good for 24 hours.", "For two days. I'll write as soon as it is here."),
		customer("perfect, thank you", "Can't wait ✨"),
		shop("Talk {later}!", "You're on the list 💚"),
	}},
	{"broken", products, [turnsPerTopic]turn{
		customer("Hello, {product} arrived damaged :(", "So {product} came with a crack right down the side. Not happy.", "hello, {product} broke on the second day"),
		shop("I'm sorry to hear that. Could you send a photo and your order number?", "Oh no! Could I see a picture of it, please?"),
		customer("Order {order}, photo coming", "Here. Number is {order}"),
		shop("Thank you, that clearly should not have left us. Would you like a new one or your money back?", "Got it, thanks. Replacement or refund, whichever you prefer."),
		customer("A new one please, if it's the same quality as the others", "Refund please, I bought another one already"),
		shop("Done: it ships {later}, no need to send the old one back.", "Done. The money should be with you within 5 working days."),
		customer("That was quick, thanks", "thank you for being decent about it"),
		shop("Of course. Sorry again for the trouble.", "Thank you for telling us, we've checked the rest of that batch."),
	}},
	{"refund", products, [turnsPerTopic]turn{
		customer("I sent {product} back ten days ago and still no refund", "When do I get my money for {order}?", "Hi, returned my order last week, could you confirm you got it?"),
		shop("Let me check. Was it order {order}?", "Hi! Could you give me the return number?"),
		customer("yes that's the one", "the label says R-2207"),
		shop("It reached us {day}; the refund went out this morning.", "I can see it. Refund of the full amount was started {day}."),
		customer("To the same card?", "how long does the bank take?"),
		shop("Yes, to the card you paid with. Banks take 3 to 5 days.", "Usually three working days, five at most."),
		customer("OK thanks, will keep an eye out", "Great, appreciate it"),
		shop("If it isn't there by {later}, write to me and I'll chase it.", "Welcome! Hope to see you again."),
	}},
	{"address", products, [turnsPerTopic]turn{
		customer("Help, I typed the wrong address!! Order {order}", "Can you change the delivery address on {order}? I moved to {city}"),
		shop("It hasn't left yet. What's the right address?", "Just in time, it's still on the packing table. Where should it go?"),
		customer("14 Ferry Lane, {city}. Same name", "Flat 3, 88 Orchard Street, {city}"),
		shop("Changed. You'll get a new confirmation by email.", "All updated, it goes out {later}."),
		customer("phew. does it still arrive {later}?", "Thank you!! Does that cost extra?"),
		shop("It should, yes.", "No extra cost at all."),
		customer("lifesaver 🙌", "Thanks a million"),
		shop("That's what we're here for 😊", "You're welcome!"),
	}},
	{"gift", products, [turnsPerTopic]turn{
		customer("Do you do gift wrapping? It's for my sister's birthday {day}", "Could you put a note in with {product}?"),
		shop("We do! Plain or with a ribbon?", "Gladly. What should it say?"),
		customer("Ribbon please. And a note: \"Happy birthday, you old goat\"", "Just \"from all of us at the allotment\""),
		shop("Love it. Added to order {order}, no charge.", "Done, handwritten and all. It ships {day}."),
		customer("and no invoice in the box?", "Will it get to {city} in time?"),
		shop("No prices in the box, promised.", "If it leaves {day}, yes. I'll make sure it does."),
		customer("You're wonderful", "Ace, cheers 🎁"),
		shop("Give your sister our best!", "🎁 Our pleasure."),
	}},
	{"care", clothes, [turnsPerTopic]turn{
		customer("Quick question: can {product} go in the washing machine?", "How do I get coffee out of {product}? Asking for a friend."),
		shop("Which one is it? The linen or the waxed cotton?", "Ha, is your friend's a light or a dark one?"),
		customer("linen, size {size}", "The light one, of course"),
		shop("30 degrees, inside out, and no tumble dryer.", "Cold water and a little bicarbonate, then air dry. Never the dryer."),
		customer("And ironing?", "what about the leather strap?"),
		shop("Low heat, while it's still damp.", "Take it off first; a little beeswax keeps it soft."),
		customer("Super helpful, ta", "Saved my marriage, thanks"),
		shop("Good luck!", "We won't tell anyone 🤫"),
	}},
	{"delivery abroad", products, [turnsPerTopic]turn{
		customer("Do you ship to {city}?", "Hi from {city}! What does delivery cost for {product}?"),
		shop("We do. It's 9.50 and takes 5 to 8 days.", "Hello {city}! Delivery is 9.50, free above 120."),
		customer("And customs?", "Would {product} in {size} and a candle still be one parcel?"),
		shop("Included in the price you see, nothing to pay at the door.", "Yes, one parcel, one delivery fee."),
		customer("Lovely. Which courier is it?", "ok and can I track it?"),
		shop("Tracked post; you get the number by email.", "Yes, all the way to your door."),
		customer("Ordering now then!", "great, thank you ☺️"),
		shop("Thank you! We pack on weekdays until 3.", "Thank you, say hi to {city} for us."),
	}},
}

// coldLines are what the shop writes to somebody who never wrote.
var coldLines = []string{
	"Hello! You left {product} in your basket, can we help?",
	"Hi, a quick note that {product} is back.",
}

// exchange is a topic with the facts that fill its lines.
type exchange struct {
	topic                                         topic
	strand                                        int // which wordings it is told in
	order, product, other, size, city, day, later string
}

// facts are what an exchange of the conversation is about.
func (c *conversation) facts(block int32) exchange {
	d := rand.New(rand.NewPCG(c.seed, 0xfac75<<16|uint64(uint16(block))))
	about := topics[d.IntN(len(topics))]
	if c.mood.language != english {
		about = abroad
	}
	day := d.IntN(len(days))
	product := pick(d, about.about)
	return exchange{
		topic:   about,
		strand:  d.IntN(6),
		order:   fmt.Sprintf("MF-%05d", 10_000+d.IntN(80_000)),
		product: product,
		other:   products[(slices.Index(products, product)+1+d.IntN(len(products)-1))%len(products)],
		size:    pick(d, sizes),
		city:    pick(d, cities),
		day:     days[day],
		later:   days[(day+1+d.IntN(2))%len(days)],
	}
}

// choose is the wording that belongs to the exchange.
func (x exchange) choose(wordings []string) string { return wordings[x.strand%len(wordings)] }

// wordings are the ways to say a turn, in the customer's language.
func (c *conversation) wordings(x exchange, turn int32) []string {
	t := x.topic.turns[turn]
	if book, ok := phraseBooks[c.mood.language]; ok && !t.agent {
		return book.at(turn)
	}
	return t.lines
}

// fill puts the facts into a line.
func (x exchange) fill(line string) string {
	for _, slot := range [...]struct{ name, fact string }{
		{"{order}", x.order}, {"{product}", x.product}, {"{other}", x.other}, {"{size}", x.size}, {"{city}", x.city}, {"{day}", x.day}, {"{later}", x.later},
	} {
		line = strings.ReplaceAll(line, slot.name, slot.fact)
	}
	return line
}

var (
	clothes  = []string{"the linen apron", "the field jacket", "the rain cape", "the canvas tote", "the Wren satchel"}
	products = []string{"the Wren satchel", "the linen apron", "the Heron lamp", "the field jacket", "the moss blanket", "the oak stool", "the Finch mug", "the canvas tote", "the rain cape", "the brass hooks"}
	sizes    = []string{"S", "M", "L", "XL", "38", "42"}
	cities   = []string{"Leeds", "Porto", "Gdańsk", "Lyon", "Utrecht", "Cork", "Malmö", "Kraków", "Ghent", "Bristol"}
	days     = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
)

var reactionEmoji = []string{"❤️", "👍", "😆", "😮", "🙏", "🔥", "👏🏽"}
