package i18n

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// A misspelt key in a word list would silently be no words at all.
func TestWords_filesHaveNoUnknownKeys(t *testing.T) {
	t.Parallel()
	for _, lang := range WordLanguages {
		data, err := os.ReadFile("words/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		var w WordList
		if err := d.Decode(&w); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
		if len(w.Weekdays) != 7 || len(w.WeekdaysShort) != 7 || len(w.Months) != 12 || len(w.MonthsShort) != 12 {
			t.Errorf("%s: days and months are not complete", lang)
		}
		if first := Words(lang); first == nil || first != Words(lang) {
			t.Errorf("Words(%q) is not one shared list", lang)
		}
	}
	if Words("xx") != nil {
		t.Error(`Words("xx") is not nil`)
	}
	if Felt()[":)"] != 1 || Felt()["💔"] != -2 {
		t.Errorf("Felt: %v", Felt())
	}
}
