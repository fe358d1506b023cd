package sim

// This file has what customers say who do not write English.

// language is what a customer writes. The shop answers in English, as small
// shops do, and people get by.
type language string

const (
	english  language = ""
	spanish  language = "es"
	french   language = "fr"
	german   language = "de"
	russian  language = "ru"
	arabic   language = "ar"
	hebrew   language = "he"
	hindi    language = "hi"
	thai     language = "th"
	chinese  language = "zh"
	japanese language = "ja"
	korean   language = "ko"
)

// phrases are a customer's lines in a language, by what they do.
type phrases struct {
	open   []string // the first message: whether something is there, or where an order is
	detail []string // says which order it is about
	follow []string // asks on
	thanks []string
	chase  []string // nobody has answered yet
}

// at are the lines of a turn.
func (p phrases) at(turn int32) []string {
	switch turn {
	case turnOpen:
		return p.open
	case turnDetail:
		return p.detail
	case turnFollow:
		return p.follow
	}
	return p.thanks
}

// abroad is the shop's side of all these conversations. Its lines fit whatever
// a phrase book has.
var abroad = topic{"abroad", products, [turnsPerTopic]turn{
	customer(),
	shop("Hello! Let me look. Which size is it, and is there an order number?", "Hello! I'm on it. Which order is it, and in which size?"),
	customer(),
	shop("Thank you. There is one left in {size}, and it can leave {later}.", "Thank you, found it: the courier has it, it should be with you {later}."),
	customer(),
	shop("Delivery takes 5 to 8 days, and a change of size costs nothing.", "About a week from door to door. Changing the size is free, both ways."),
	customer(),
	shop("You're welcome! 😊", "Any time. Greetings to {city}!"),
}}

var phraseBooks = map[language]phrases{
	spanish: {
		open:   []string{"Hola, buenas tardes. ¿Todavía tienen {product}?", "¡Hola! Mi pedido {order} no ha llegado 😕"},
		detail: []string{"Es el pedido {order}, lo pedí el {day}.", "Sí claro: {order}, talla {size}."},
		follow: []string{"¿Y cuánto tarda el envío a {city}?", "¿Puedo cambiarlo por otra talla?"},
		thanks: []string{"¡Mil gracias, son un amor! 💛", "Perfecto, muchas gracias."},
		chase:  []string{"¿Hola? ¿Hay alguien?", "Perdón que insista…"},
	},
	french: {
		open:   []string{"Bonjour ! {product}, c'est disponible en {size} ?", "Bonjour, je n'ai toujours pas reçu ma commande {order}…"},
		detail: []string{"C'est la commande {order}, livrée à {city}.", "Taille {size}, numéro {order}. Merci d'avance !"},
		follow: []string{"D'accord. Et les frais de retour sont à ma charge ?", "Et ça arriverait quand, à peu près ?"},
		thanks: []string{"Super, merci beaucoup 🙏", "Parfait, bonne journée à vous."},
		chase:  []string{"Vous êtes là ?", "Je me permets de relancer."},
	},
	german: {
		open:   []string{"Guten Tag, ist {product} noch lieferbar?", "Hallo, meine Bestellung {order} ist noch nicht angekommen."},
		detail: []string{"Bestellung {order} vom {day}, Größe {size}.", "Die Nummer ist {order}. Versand ging nach {city}."},
		follow: []string{"Wie lange dauert der Umtausch ungefähr?", "Muss ich den Rückversand selbst bezahlen?"},
		thanks: []string{"Herzlichen Dank für die schnelle Hilfe!", "Alles klar, danke schön 👍"},
		chase:  []string{"Hallo? Ich warte noch auf eine Antwort.", "Gibt es schon etwas Neues?"},
	},
	russian: {
		open:   []string{"Здравствуйте! Подскажите, {product} ещё есть в наличии?", "Добрый день, где мой заказ {order}?"},
		detail: []string{"Номер {order}, доставка в {city}.", "Размер {size}, заказ {order}."},
		follow: []string{"А сколько идёт доставка?", "А обменять на другой размер можно?"},
		thanks: []string{"Спасибо большое! ❤️", "Отлично, буду ждать."},
		chase:  []string{"Ответьте, пожалуйста.", "Есть новости по заказу?"},
	},
	arabic: {
		open:   []string{"مرحبا، هل {product} متوفر حاليا؟", "السلام عليكم، لم يصلني الطلب رقم {order} بعد"},
		detail: []string{"رقم الطلب {order} والمقاس {size}", "الطلب {order} إلى {city}"},
		follow: []string{"كم يستغرق التوصيل؟", "هل يمكن تبديل المقاس؟"},
		thanks: []string{"شكرا جزيلا لكم 🌹", "تمام، شكرا"},
		chase:  []string{"هل من أحد هنا؟", "ما زلت أنتظر الرد"},
	},
	hebrew: {
		open:   []string{"היי, {product} עדיין במלאי?", "שלום, ההזמנה שלי {order} לא הגיעה"},
		detail: []string{"מספר ההזמנה {order}, מידה {size}", "זה {order}, משלוח ל-{city}"},
		follow: []string{"כמה זמן לוקח המשלוח?", "אפשר להחליף מידה?"},
		thanks: []string{"תודה רבה! 🙏", "מעולה, תודה"},
		chase:  []string{"מישהו שם?", "עדיין מחכה לתשובה"},
	},
	hindi: {
		open:   []string{"नमस्ते, क्या {product} अभी उपलब्ध है?", "मेरा ऑर्डर {order} अब तक नहीं आया 😟"},
		detail: []string{"ऑर्डर नंबर {order}, साइज़ {size}", "{order}, {city} भेजना था"},
		follow: []string{"डिलीवरी में कितने दिन लगेंगे?", "क्या साइज़ बदल सकते हैं?"},
		thanks: []string{"बहुत-बहुत धन्यवाद 🙏🏽", "ठीक है, शुक्रिया"},
		chase:  []string{"कोई है?", "कृपया उत्तर दें"},
	},
	thai: {
		open:   []string{"สวัสดีค่ะ {product} ยังมีของไหมคะ", "ยังไม่ได้รับของเลยครับ ออเดอร์ {order}"},
		detail: []string{"ออเดอร์ {order} ไซซ์ {size} ค่ะ", "หมายเลข {order} ส่งไป {city} ครับ"},
		follow: []string{"ส่งกี่วันถึงคะ", "เปลี่ยนไซซ์ได้ไหมครับ"},
		thanks: []string{"ขอบคุณมากค่ะ 🙏", "โอเคครับ ขอบคุณครับ"},
		chase:  []string{"มีใครอยู่ไหมคะ", "รอคำตอบอยู่นะครับ"},
	},
	chinese: {
		open:   []string{"你好,请问{product}还有货吗?", "我的订单{order}还没有收到"},
		detail: []string{"订单号是{order},尺码{size}", "{order},寄到{city}的"},
		follow: []string{"大概要几天能到?", "可以换尺码吗?"},
		thanks: []string{"太好了,谢谢!😊", "好的,麻烦你们了"},
		chase:  []string{"在吗?", "请问有消息了吗?"},
	},
	japanese: {
		open:   []string{"こんにちは。{product}の在庫はありますか?", "注文{order}がまだ届いていないのですが…"},
		detail: []string{"注文番号は{order}、サイズは{size}です。", "{order}です。{city}宛てです。"},
		follow: []string{"届くまで何日くらいかかりますか?", "サイズ交換は可能でしょうか?"},
		thanks: []string{"ありがとうございます!助かりました🙇‍♀️", "了解です、よろしくお願いします。"},
		chase:  []string{"お返事お待ちしております。", "すみません、その後いかがでしょうか?"},
	},
	korean: {
		open:   []string{"안녕하세요, {product} 재고 있나요?", "주문 {order} 아직 안 왔어요 ㅠㅠ"},
		detail: []string{"주문번호 {order}, 사이즈 {size}입니다.", "{order}이고 {city}로 보내주셨어요."},
		follow: []string{"배송은 며칠 걸리나요?", "사이즈 교환 가능할까요?"},
		thanks: []string{"감사합니다! 😊", "네, 알겠습니다~"},
		chase:  []string{"혹시 확인하셨나요?", "답변 기다리고 있어요"},
	},
}
