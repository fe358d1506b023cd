package ui_test

import (
	"testing"

	"parley/ui"
)

func TestRussianKeyboardWorksAndWritesRussian(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		s.Type("о") // j
		s.Sees("Jamal · Facebook")
		s.Type("л") // k
		s.Sees("Maya · Instagram")
		s.Type("к") // r
		s.Type("йцукен но")
		s.Sees("to Maya", "йцукен но")
		s.Press("esc")
		s.Type("пп") // g g
		s.Type("№")  // nothing
		s.Type(".")  // also nothing: it is no / there
		s.Press("#")
		s.Sees("Forget Maya?")
		s.Type("т") // n
		s.Misses("Forget Maya?")
		s.Press("/")
		s.Type("омаш")
		s.Sees("find: омаш")
	})
}
