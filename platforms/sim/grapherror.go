package sim

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// This file has how the Graph API refuses: one envelope, a code and a subcode
// that mean something, a text in the account's language, and an HTTP status that
// says little.

// languages is how many an account can have here: by the seed.
const languages = 3

// graphProblem is a refusal.
type graphProblem struct {
	status    int // 0: 400
	code      int // 0: not told
	subcode   int // 0: not told
	transient bool
	about     string // what it names: a field, an id
	instagram bool   // of the type IGApiException
}

// The refusals that more than one place knows.
var (
	windowProblem   = graphProblem{status: http.StatusForbidden, code: 10, subcode: 2534022, instagram: true}
	agentProblem    = graphProblem{status: http.StatusForbidden, code: 10, about: "Human Agent", instagram: true}
	controlProblem  = graphProblem{code: 100, subcode: 2534037}
	strangerProblem = graphProblem{code: 100, subcode: 2534014}
	contentProblem  = graphProblem{code: 100, subcode: 2534015}
	mixedProblem    = graphProblem{code: 100, subcode: 2018014}
	kindProblem     = graphProblem{code: 100, subcode: 2018047}
	fetchProblem    = graphProblem{code: 100, subcode: 2018008}
	sizeProblem     = graphProblem{code: 100, subcode: 2018109}
	severalProblem  = graphProblem{code: 100, subcode: 2534068}
	linkProblem     = graphProblem{code: 508, subcode: 2534122, transient: true}
	consentProblem  = graphProblem{code: 230}
	tooMuchProblem  = graphProblem{status: http.StatusInternalServerError, code: 1}
	goneProblem     = graphProblem{code: 9000001}
	expiredProblem  = graphProblem{status: http.StatusUnauthorized, code: 190, subcode: 463}
	revokedProblem  = graphProblem{code: 190, subcode: 460}
	noTokenProblem  = graphProblem{status: http.StatusUnauthorized, code: 190, instagram: true}
	paceProblem     = graphProblem{status: http.StatusInternalServerError, code: 613}
)

// invalid is the refusal of a parameter, without a subcode.
func invalid(about string) graphProblem { return graphProblem{code: 100, about: about} }

// missing is the refusal of an id that does not exist, or is somebody else's.
func missing(id string) graphProblem {
	return graphProblem{code: 100, subcode: 33, about: id, instagram: true}
}

// graphTexts say a refusal in English, Portuguese and Russian. %s is what it
// names. They are ours: nobody is to read them by machine.
var graphTexts = map[string][languages]string{
	"10":          {"To use '%s', this endpoint has to be reviewed and approved first.", "Para usar '%s', este endpoint precisa ser analisado e aprovado antes.", "Чтобы использовать «%s», этот метод должен сначала пройти проверку."},
	"10/2534022":  {"The message is outside of the allowed window.", "A mensagem está fora da janela permitida.", "Сообщение вне разрешённого окна."},
	"100":         {"Invalid parameter: %s", "Parâmetro inválido: %s", "Недопустимый параметр: %s"},
	"100/33":      {"Unsupported request. The object '%s' does not exist or cannot be loaded.", "Solicitação não suportada. O objeto '%s' não existe ou não pode ser carregado.", "Запрос не поддерживается. Объект «%s» не существует или недоступен."},
	"100/2534014": {"The requested user cannot be found.", "O usuário solicitado não foi encontrado.", "Не удалось найти запрошенного пользователя."},
	"100/2534015": {"The message data is not valid.", "Os dados da mensagem não são válidos.", "Недопустимые данные сообщения."},
	"100/2534037": {"Another app is controlling this thread now.", "Outro aplicativo está controlando esta conversa agora.", "Этой перепиской сейчас управляет другое приложение."},
	"100/2534068": {"Several images are not available for this account yet.", "Várias imagens ainda não estão disponíveis para esta conta.", "Несколько изображений пока недоступны для этого аккаунта."},
	"100/2018008": {"The attachment could not be fetched from its address.", "Não foi possível obter o anexo do endereço.", "Не удалось загрузить вложение по адресу."},
	"100/2018014": {"A message and a sender action cannot be sent together.", "Mensagem e ação do remetente não podem ser enviadas juntas.", "Нельзя отправить сообщение и действие вместе."},
	"100/2018047": {"The attachment is not of the type that was said.", "O anexo não é do tipo informado.", "Тип вложения не совпадает с указанным."},
	"100/2018109": {"The attachment is larger than allowed.", "O anexo é maior do que o permitido.", "Вложение больше допустимого размера."},
	"1":           {"Please reduce the amount of data you're asking for, then retry your request", "Reduza a quantidade de dados solicitados e tente novamente", "Уменьшите объём запрашиваемых данных и повторите запрос"},
	"1/99":        {"An unknown error has occurred.", "Ocorreu um erro desconhecido.", "Произошла неизвестная ошибка."},
	"2":           {"The service is not available for the moment.", "O serviço não está disponível no momento.", "Сервис временно недоступен."},
	"4":           {"The limit of requests of the app has been reached.", "O limite de solicitações do aplicativo foi atingido.", "Достигнут предел запросов приложения."},
	"190":         {"The access token cannot be parsed.", "Não foi possível ler o token de acesso.", "Не удалось разобрать маркер доступа."},
	"190/460":     {"The session is not valid: the password was changed.", "A sessão não é válida: a senha foi alterada.", "Сеанс недействителен: пароль был изменён."},
	"190/463":     {"The session has expired.", "A sessão expirou.", "Срок действия сеанса истёк."},
	"230":         {"The user's consent is needed to read the profile.", "É necessário o consentimento do usuário para ler o perfil.", "Для доступа к профилю нужно согласие пользователя."},
	"508/2534122": {"Links cannot be shared at the moment.", "Não é possível compartilhar links no momento.", "Сейчас нельзя делиться ссылками."},
	"613":         {"Calls to this API have exceeded the rate limit.", "As chamadas para esta API excederam o limite.", "Превышен предел частоты вызовов."},
	"2500":        {"Unknown path components: %s", "Componentes de caminho desconhecidos: %s", "Неизвестные компоненты пути: %s"},
	"80002":       {"There have been too many calls to this account. Wait a bit.", "Houve chamadas demais para esta conta. Aguarde um pouco.", "Слишком много вызовов для этого аккаунта. Подождите."},
	"9000001":     {"The message is not available any more.", "A mensagem não está mais disponível.", "Сообщение больше недоступно."},
	"":            {"The request was refused (%s).", "A solicitação foi recusada (%s).", "Запрос отклонён (%s)."},
}

// text is the message in the account's language.
func (p graphProblem) text(language int) string {
	key, about := strconv.Itoa(p.code), p.about
	if p.subcode != 0 {
		key += "/" + strconv.Itoa(p.subcode)
	}
	texts, ok := graphTexts[key]
	if !ok {
		texts, about = graphTexts[""], key
	}
	if strings.Contains(texts[language], "%s") {
		return fmt.Sprintf(texts[language], about)
	}
	return texts[language]
}

// refuse writes the problem in the API's envelope.
func (f *graphFace) refuse(p graphProblem) reply {
	inside := map[string]any{
		"message":    p.text(f.language),
		"type":       "OAuthException",
		"fbtrace_id": f.traceID(),
	}
	if p.instagram {
		inside["type"] = "IGApiException"
	}
	if p.code != 0 {
		inside["code"] = p.code
	}
	if p.subcode != 0 {
		inside["error_subcode"] = p.subcode
		inside["error_user_msg"] = p.text(f.language)
	}
	if p.transient {
		inside["is_transient"] = true
	}
	status := p.status
	setDefault(&status, http.StatusBadRequest)
	return jsonReply(status, map[string]any{"error": inside})
}

func (f *graphFace) traceID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], mix(f.opts.Seed, f.trace.Add(1)))
	binary.BigEndian.PutUint64(b[8:], mix(f.opts.Seed, f.trace.Load()|1<<32))
	return "A" + base64.RawURLEncoding.EncodeToString(b[:])
}

// How planned faults look here. A wait is told in whole minutes, in a header.

func (f *graphFace) tooMany(wait time.Duration) reply {
	if wait == 0 {
		return f.refuse(graphProblem{code: 4})
	}
	rep := f.refuse(graphProblem{code: 80002})
	rep.header = http.Header{businessUsageHeader: {f.businessUsage(100, wait)}}
	return rep
}

func (f *graphFace) expiredKey() reply { return f.refuse(expiredProblem) }
func (f *graphFace) suspended() reply  { return f.refuse(revokedProblem) }

// statusError is how this API says that something went wrong inside: it has no
// errors under HTTP 200.
func (f *graphFace) statusError() reply {
	return f.refuse(graphProblem{status: http.StatusInternalServerError, code: 1, subcode: 99})
}

func (f *graphFace) gateway(status int) reply {
	return f.refuse(graphProblem{status: status, code: 2, transient: true})
}

func (f *graphFace) coded(status, code, subcode int) reply {
	return f.refuse(graphProblem{status: status, code: code, subcode: subcode, about: "planned"})
}
