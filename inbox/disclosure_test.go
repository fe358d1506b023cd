package inbox_test

import (
	"testing"

	"parley/inbox"
)

func TestAutomaticAnswersAreToldFromThoseThatHideIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		inbox.AutomationNotice:                                       true,
		"AUTOMATED MESSAGE: we are back at nine.":                    true,
		"This is an auto-reply.":                                     true,
		"This is an autoreply.":                                      true,
		"Hi, I am the shop's bot.":                                   true,
		"Dies ist eine automatische Antwort.":                        true,
		"Automatisierte Nachricht: wir melden uns.":                  true,
		"Hier schreibt unser Chatbot":                                true,
		"Esta es una respuesta automática.":                          true,
		"Esta es una respuesta automatica.":                          true,
		"Mensaje automatizado":                                       true,
		"Esta é uma resposta automática, respondemos às nove.":       true,
		"Sou um robô!":                                               true,
		"Ceci est une réponse automatique.":                          true,
		"Laissez un message sur notre répondeur, nous répondrons.":   false,
		"Seguro contra robo incluido":                                false,
		"Message automatise\u0301 — Réponse automa\u0302tique":       true,
		"Questa è una risposta automatica.":                          true,
		"Messaggio automatizzato, vi risponderemo domani":            true,
		"Mensagem automática":                                        true,
		"Autorespuesta: volvemos a las nueve":                        true,
		"Auto-Antwort: wir melden uns.":                              true,
		"Un collega vi risponderà domani, anche per l'auto.":         false,
		"Un collègue vous répondra demain.":                          false,
		"Vendemos autos, motos y automóviles.":                       false,
		"Um colega responde amanhã.":                                 false,
		"Message automatisé":                                         true,
		"":                                                           false,
		"We are back at nine.":                                       false,
		"Wir sind um neun wieder da.":                                false,
		"We sell parts for automobiles and both bottom robotics.":    false,
		"Der Automat am Eingang gibt Pakete aus.":                    false,
		"Thanks! A colleague will answer you today.":                 false,
		"Gracias, le respondemos mañana.":                            false,
		"Our answering machine, reachable day and night, has moved.": false,
	} {
		if got := inbox.DisclosesAutomation(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
